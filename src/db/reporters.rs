//! Reports on PostgreSQL are computed on threads of their own: what one of them does between two queries keeps no short
//! read waiting.

use std::sync::Arc;

use diesel::result::ConnectionResult;
use flume::Receiver;
use futures_util::{FutureExt, future::LocalBoxFuture};
use tokio::{sync::oneshot, task::LocalSet};

use super::{Db, Error, postgres::Postgres, sqlite, store};
use crate::telemetry::{served, serving};

/// Begins a report on the thread that takes it.
type Report = Box<dyn FnOnce() -> LocalBoxFuture<'static, ()> + Send>;

/// The threads, and the connections that they use.
pub struct Reporters {
    connections: Arc<Postgres>,
    reports: flume::Sender<Report>,
}

impl Reporters {
    /// Starts threads that end with this.
    pub fn start(connections: Postgres, threads: usize) -> ConnectionResult<Self> {
        let (reports, waiting) = flume::unbounded();
        for _ in 0..threads.max(1) {
            let waiting = waiting.clone();
            store::thread("reports", move || take(waiting))?;
        }
        Ok(Self { connections: Arc::new(connections), reports })
    }

    /// A transaction on one of the threads; it ends when the caller goes away.
    pub async fn transact<T, E, F>(&self, begin: &'static str, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let (mut done, result) = oneshot::channel();
        let connections = Arc::clone(&self.connections);
        let work = async move || {
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
        // No answer: it panicked, and a repetition would too.
        result.await.map_err(|_| Error::Query(sqlite::gone()))?
    }
}

/// Begins every report that comes, beside those that wait for the database.
fn take(waiting: Receiver<Report>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    LocalSet::new().block_on(&runtime, async move {
        while let Ok(report) = waiting.recv_async().await {
            tokio::task::spawn_local(report());
        }
    });
}
