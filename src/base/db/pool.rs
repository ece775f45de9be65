//! How the pool of a thread makes its connections, and when it lets one go.

use std::{sync::Arc, time::Duration};

use deadpool::managed::{Manager, Metrics, Pool, PoolConfig, RecycleError, RecycleResult, Timeouts};
use diesel::ConnectionError;
use futures_util::FutureExt;
use tokio::time::sleep;

use super::{
    connection::{Connection, Session, connect},
    postgres::Plan,
};

/// A connection that was idle for longer has to answer before it is handed out.
const TRUSTED: Duration = Duration::from_secs(5);
/// Between two tries at a server that has no room yet.
const PAUSE: Duration = Duration::from_millis(100);

/// Makes connections for one purpose.
pub struct Dial {
    plan: Arc<Plan>,
    session: Session,
}

impl Dial {
    /// A pool of such connections; they are made when they are needed.
    pub fn pool(plan: &Arc<Plan>, session: Session, size: usize) -> Result<Pool<Self>, String> {
        let timeouts = Timeouts { wait: Some(plan.wait), create: Some(plan.wait), recycle: Some(plan.wait) };
        Pool::builder(Self { plan: Arc::clone(plan), session })
            .config(PoolConfig { max_size: size.max(1), timeouts, ..PoolConfig::default() })
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| error.to_string())
    }
}

impl Manager for Dial {
    type Type = Connection;
    type Error = ConnectionError;

    /// A server that has no room, or has not started yet, is asked again for as long as the caller waits.
    async fn create(&self) -> Result<Connection, ConnectionError> {
        let Plan { url, tls, suspicion, .. } = &*self.plan;
        let mut is_first = true;
        loop {
            // Boxed: seldom run, and large, it would make every future that may need a connection so.
            match connect(url, tls, &self.session, suspicion).boxed().await {
                Ok((connection, _)) => return Ok(connection),
                Err(refusal) if refusal.is_passing => {
                    if std::mem::take(&mut is_first) {
                        tracing::warn!(cause = refusal.cause, "waiting for a database connection");
                    }
                    sleep(PAUSE).await;
                }
                Err(refusal) => return Err(refusal.into()),
            }
        }
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<ConnectionError> {
        let used = metrics.recycled.unwrap_or(metrics.created);
        let is_suspect = self.plan.suspicion.is_newer_than(used);
        if connection.link().is_fit()
            && !is_suspect
            && (metrics.last_used() < TRUSTED || connection.is_answering().boxed().await)
        {
            return Ok(());
        }
        Err(RecycleError::message("the connection is no longer of use"))
    }
}
