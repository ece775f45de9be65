//! The only caller of the system clock and of the id generator; tests inject both.

use std::sync::Arc;

use uuid::Uuid;

use crate::base::db::types::Instant;

/// Tells the time. Cloned freely; all clones tell the same.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the room of the system clock")]
    pub fn system() -> Self {
        Self(Arc::new(|| chrono::Utc::now().into()))
    }

    /// A clock that tells what `f` says.
    pub fn telling(f: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(f))
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// A new id: UUIDv7, ordered by the time of its making.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the room of the id generator")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Bytes that nobody can guess, from the operating system.
///
/// # Errors
/// When the operating system has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
