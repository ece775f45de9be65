//! Reports on PostgreSQL are computed on threads of their own: what one of them does between two queries keeps no short
//! read waiting.

use std::{sync::Arc, time::Duration};

use diesel::result::ConnectionResult;
use flume::Receiver;
use futures_util::{FutureExt, future::LocalBoxFuture};
use tokio::{
    sync::{Semaphore, oneshot},
    task::LocalSet,
};

use super::{Db, Error, postgres::Postgres, sqlite, store};
use crate::base::served::{served, serving};

/// How many reports a thread has begun at a time: one waits for the database while the other computes. More would take
/// memory, and processors from short reads, and end no sooner.
const AT_ONCE: usize = 2;

/// Begins a report on the thread that takes it.
type Report = Box<dyn FnOnce() -> LocalBoxFuture<'static, ()> + Send>;

/// The threads, and the connections that they use.
pub struct ReportWorkers {
    connections: Arc<Postgres>,
    reports: flume::Sender<Report>,
    wait: Duration,
}

impl ReportWorkers {
    /// Starts threads that end with this; a report that has not begun after `wait` is refused.
    pub fn start(connections: Postgres, threads: usize, wait: Duration) -> ConnectionResult<Self> {
        let (reports, waiting) = flume::unbounded();
        for _ in 0..threads.max(1) {
            let waiting = waiting.clone();
            store::thread("reports", move || take(waiting))?;
        }
        Ok(Self { connections: Arc::new(connections), reports, wait })
    }

    /// A transaction on one of the threads; it ends when the caller goes away.
    pub async fn transact<T, E, F>(&self, begin: &'static str, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (take_turn, turn_came) = oneshot::channel();
        let (mut done, result) = oneshot::channel();
        let connections = Arc::clone(&self.connections);
        let work = async move || {
            // Whoever asked may be gone by now, or have waited long enough: then nothing is begun.
            if take_turn.send(()).is_err() {
                return;
            }
            let outcome = tokio::select! {
                outcome = store::transact(&connections, begin, f) => outcome,
                () = done.closed() => return,
            };
            let _ = done.send(outcome);
        };
        // What is logged there is of this request too.
        let report: Report = match served() {
            Some(request) => Box::new(move || serving(request, work()).boxed_local()),
            None => Box::new(move || work().boxed_local()),
        };
        self.reports.send(report).map_err(|_| Error::Busy("no thread"))?;
        if tokio::time::timeout(self.wait, turn_came).await.is_err() {
            return Err(Error::Busy("reports").into());
        }
        // No answer: it panicked, and a repetition would too.
        result.await.map_err(|_| Error::Query(sqlite::gone()))?
    }
}

/// Begins the reports that come, few at a time.
fn take(waiting: Receiver<Report>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    LocalSet::new().block_on(&runtime, async move {
        while let Ok(turn) = Arc::clone(&turns).acquire_owned().await
            && let Ok(report) = waiting.recv_async().await
        {
            tokio::task::spawn_local(async move {
                report().await;
                drop(turn);
            });
        }
    });
}
