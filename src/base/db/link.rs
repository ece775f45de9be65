//! The way to the PostgreSQL server that one connection is: whether an answer is awaited on it, for how long, and what
//! follows when none comes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use tokio::{sync::watch, task::AbortHandle};
use tokio_postgres::{CancelToken, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Tls, connection::Session};

/// How long the server may take to hear that a statement is no longer wanted.
const CANCEL_TIME: Duration = Duration::from_secs(2);

/// When a connection of the process was last found silent or unfit. Those that are older have to prove themselves.
pub struct Suspicion(watch::Sender<Option<Instant>>);

impl Default for Suspicion {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Suspicion {
    fn raise(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    /// Whether it was raised after an instant.
    pub fn is_newer_than(&self, instant: Instant) -> bool {
        self.0.borrow().is_some_and(|raised| raised > instant)
    }

    /// Hears of every time that it is raised.
    pub fn heard(&self) -> watch::Receiver<Option<Instant>> {
        self.0.subscribe()
    }
}

/// What is known of the way to the server.
pub struct Link {
    driver: AbortHandle,
    limit: Duration,
    must_write: bool,
    cancel: (CancelToken, Tls),
    suspicion: Arc<Suspicion>,
    awaited: AtomicUsize,
    is_unfit: AtomicBool,
}

impl Link {
    /// A way that `driver` keeps open.
    pub fn new(driver: AbortHandle, session: &Session, cancel: (CancelToken, Tls), suspicion: Arc<Suspicion>) -> Self {
        let Session { limit, must_write, .. } = *session;
        let (awaited, is_unfit) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { driver, limit, must_write, cancel, suspicion, awaited, is_unfit }
    }

    /// Longest wait for the answer to one statement.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// A statement is on its way. One that is left in the middle stays so: its answer is still to come.
    pub fn asked(&self) {
        self.awaited.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer to a statement is there.
    pub fn answered(&self) {
        self.awaited.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether an answer is still to come.
    pub fn is_awaiting(&self) -> bool {
        self.awaited.load(Ordering::Relaxed) > 0
    }

    /// Whether another transaction may begin on it.
    pub fn is_fit(&self) -> bool {
        !self.driver.is_finished() && !self.is_awaiting() && !self.is_unfit.load(Ordering::Relaxed)
    }

    /// Learns from an answer: a server that only reads now, after a failover, is left.
    pub fn learn(&self, error: &QueryError) {
        if self.must_write && matches!(error, QueryError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)) {
            self.is_unfit.store(true, Ordering::Relaxed);
            self.suspicion.raise();
        }
    }

    /// No answer came within the limit: this way is given up, and every other one is looked at.
    pub fn gave_up(&self) -> QueryError {
        let cause = format!("the database did not answer within {} ms", self.limit.as_millis());
        tracing::warn!(cause, "a database connection is silent and is closed");
        self.cancel();
        self.close();
        self.suspicion.raise();
        QueryError::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(cause))
    }

    /// Closes the connection at once. What waits for an answer on it learns that it is closed.
    pub fn close(&self) {
        self.driver.abort();
    }

    /// Asks the server, on another connection, to end the statement that it is at: a closed connection alone it notices
    /// only when it has an answer to send.
    pub fn cancel(&self) {
        let (token, tls) = self.cancel.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let asking = async {
                match tls {
                    Tls::Off => token.cancel_query(NoTls).await,
                    Tls::On(config) => token.cancel_query(MakeRustlsConnect::new(config.as_ref().clone())).await,
                }
            };
            if !matches!(tokio::time::timeout(CANCEL_TIME, asking).await, Ok(Ok(()))) {
                tracing::debug!("a statement could not be cancelled");
            }
        });
    }
}
