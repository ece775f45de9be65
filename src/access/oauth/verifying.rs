//! Signatures of assertions are verified one at a time, and not on a thread that serves: an RSA key makes it work, and
//! anybody can send an assertion in a client's name.

use std::{sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// Longest wait for one's turn.
const WAIT: Duration = Duration::from_secs(5);

/// The turns.
pub(super) struct Verifying(Arc<Semaphore>);

impl Default for Verifying {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Verifying {
    /// Runs `verify` when its turn comes; the turn is held to its end, whether or not anybody still waits for it.
    ///
    /// # Errors
    /// `unavailable` when the turn does not come.
    pub async fn run<T: Send + 'static>(&self, verify: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let turn = timeout(WAIT, Arc::clone(&self.0).acquire_owned()).await.map_err(|_| busy())?;
        let turn = turn.map_err(Problem::internal)?;
        let verify = move || {
            let _turn = turn;
            verify()
        };
        spawn_blocking(verify).await.map_err(Problem::internal)
    }
}

fn busy() -> Problem {
    let mut problem = Problem::new(
        &kinds::UNAVAILABLE,
        Bilingual::new(
            "Đang có quá nhiều chữ ký chờ kiểm tra; hãy gửi lại sau thời gian ở Retry-After.",
            "Too many signatures wait to be verified; send it again after Retry-After.",
        ),
    );
    problem.retry_after = Some(2);
    problem
}
