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

use super::{Db, Error, postgres::Postgres, sqlite, store, transaction::transact, turns::Turns};
use crate::base::served::{served, serving};

/// How many reports a thread has begun at a time: one waits for the database while the other computes. More would take
/// memory, and processors from short reads, and end no sooner.
const AT_ONCE: usize = 2;
/// How many callers may wait for the turn of a report.
const WAITING: usize = 256;

/// Begins a report on the thread that takes it.
type Report = Box<dyn FnOnce() -> LocalBoxFuture<'static, ()> + Send>;

/// The threads, and the connections that they use.
pub struct ReportWorkers {
    connections: Arc<Postgres>,
    reports: flume::Sender<Report>,
    turns: Turns,
    wait: Duration,
}

impl ReportWorkers {
    /// Starts threads that end with this; a report that has not begun after `wait` is refused.
    pub fn start(connections: Postgres, threads: usize, wait: Duration) -> ConnectionResult<Self> {
        let at_once = threads.max(1) * AT_ONCE;
        // One that has a turn finds a thread; those that are still ending keep it waiting for a moment.
        let (reports, waiting) = flume::bounded(at_once * 2);
        for _ in 0..threads.max(1) {
            let waiting = waiting.clone();
            store::thread("reports", move || take(waiting))?;
        }
        // One client may have all while no other asks: a report ends by itself.
        let turns = Turns::new("reports", at_once, at_once, WAITING);
        Ok(Self { connections: Arc::new(connections), reports, turns, wait })
    }

    /// A transaction on one of the threads; it ends when the caller goes away.
    pub async fn transact<T, E, F>(&self, begin: &'static str, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let turn = self.turns.take(self.wait).await?;
        let (mut done, result) = oneshot::channel();
        let connections = Arc::clone(&self.connections);
        let work = async move || {
            let _turn = turn;
            // Whoever asked may be gone by now: then nothing is begun.
            let outcome = tokio::select! {
                biased;
                () = done.closed() => return,
                outcome = transact(&connections, begin, f) => outcome,
            };
            let _ = done.send(outcome);
        };
        // What is logged there is of this request too, and the client's share of the connections.
        let report: Report = match served() {
            Some(request) => Box::new(move || serving(request, work()).boxed_local()),
            None => Box::new(move || work().boxed_local()),
        };
        self.reports.try_send(report).map_err(|_| Error::Busy("reports"))?;
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
