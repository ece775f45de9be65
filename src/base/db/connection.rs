//! One connection to PostgreSQL: how it is made, what it may be used for, and how it ends.

use std::{error::Error as _, ops::Deref, sync::Arc, time::Duration};

use diesel::{ConnectionError, ConnectionResult, result::QueryResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::{task::JoinHandle, time::timeout};
use tokio_postgres::{
    Config,
    config::{SslMode, TargetSessionAttrs},
    error::SqlState,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    Tls,
    await_guard::guarded,
    link::{Link, Suspicion},
};

/// Within this time there is a connection, set up and ready, or the server is not there.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Of that for one address; the server's name may have several.
const ADDRESS_TIME: Duration = Duration::from_secs(2);
/// How long a connection that answers may take to prove it.
const PROOF_TIME: Duration = Duration::from_millis(500);
/// How long the network may swallow what is sent before the system gives the connection up.
const NETWORK_TIME: Duration = Duration::from_secs(10);
/// A connection on which nothing is sent is tried by the system after this time.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// How much longer than the server a statement is waited for: what the server ends itself leaves the connection whole.
const GRACE: Duration = Duration::from_secs(1);
/// What a statement may cost on a shared connection, where a slow one delays everyone.
const SHARED_STATEMENT: Duration = Duration::from_secs(2);

/// What a connection is for.
#[derive(Clone)]
pub struct Session {
    setup: String,
    /// Longest wait for the answer to one statement.
    pub limit: Duration,
    /// A server that refuses writes will not do.
    pub must_write: bool,
}

impl Session {
    /// Short reads of many callers.
    pub fn shared() -> Self {
        let allowed = SHARED_STATEMENT.as_millis();
        Self {
            setup: format!("SET statement_timeout = {allowed}; SET default_transaction_read_only = on"),
            limit: SHARED_STATEMENT + GRACE,
            must_write: false,
        }
    }

    /// Transactions that read.
    pub fn reading(statement: Duration) -> Self {
        let (allowed, lock) = (statement.as_millis(), statement.as_millis() / 2);
        Self {
            setup: format!(
                "SET statement_timeout = {allowed}; SET lock_timeout = {lock}; \
                 SET idle_in_transaction_session_timeout = '15s'"
            ),
            limit: statement + GRACE,
            must_write: false,
        }
    }

    /// Transactions that write.
    pub fn writing(statement: Duration) -> Self {
        Self { must_write: true, ..Self::reading(statement) }
    }
}

/// Why there is no connection.
#[derive(Debug)]
pub struct Refusal {
    /// What the server, the network or the address said.
    pub cause: String,
    /// The server will have room, or will have started, in a moment.
    pub is_passing: bool,
}

impl From<Refusal> for ConnectionError {
    fn from(refusal: Refusal) -> Self {
        Self::BadConnection(refusal.cause)
    }
}

impl From<tokio_postgres::Error> for Refusal {
    fn from(error: tokio_postgres::Error) -> Self {
        let is_passing = matches!(
            error.code(),
            Some(&SqlState::TOO_MANY_CONNECTIONS | &SqlState::CANNOT_CONNECT_NOW | &SqlState::ADMIN_SHUTDOWN)
        );
        // The driver's own words leave out what the server said.
        let cause = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        Self { cause, is_passing }
    }
}

/// A connection whose every statement is waited for in bounds.
pub struct Connection {
    inner: AsyncPgConnection,
    link: Link,
}

impl Deref for Connection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.inner
    }
}

impl Connection {
    /// What is known of the way to the server.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Runs statements whose answers are of no interest.
    pub async fn batch(&self, sql: &str) -> QueryResult<()> {
        guarded(&self.link, async { (&mut &self.inner).batch_execute(sql).await }).await
    }

    /// Whether the server answers on it. One that does not is closed.
    pub async fn is_answering(&self) -> bool {
        let answered = matches!(timeout(PROOF_TIME, self.batch("")).await, Ok(Ok(())));
        if !answered {
            tracing::warn!("a database connection does not answer and is closed");
            self.link.close();
        }
        answered
    }
}

impl Drop for Connection {
    /// The driver would wait for what is still to be answered, and nobody is left who wants it.
    fn drop(&mut self) {
        if self.link.is_awaiting() {
            self.link.close();
        }
    }
}

/// One connection, its driver running, its session set up.
pub async fn connect(
    url: &str,
    tls: &Tls,
    session: &Session,
    suspicion: &Arc<Suspicion>,
) -> Result<(Connection, JoinHandle<()>), Refusal> {
    let connecting = async {
        let (client, driver) = open(url, tls, session.must_write).await?;
        let token = client.cancel_token();
        let link = Link::new(driver.abort_handle(), session, (token, tls.clone()), Arc::clone(suspicion));
        let ending = EndUnlessSetUp(Some(driver));
        let mut inner = AsyncPgConnection::try_from(client).await.map_err(refusal)?;
        inner.batch_execute(&session.setup).await.map_err(refusal)?;
        Ok::<_, Refusal>((Connection { inner, link }, ending))
    };
    let (connection, ending) = match timeout(CONNECT_TIME, connecting).await {
        Ok(connected) => connected?,
        Err(_) => return Err(refusal(format!("the server did not answer within {} s", CONNECT_TIME.as_secs()))),
    };
    ending.driver().map(|driver| (connection, driver)).ok_or_else(|| refusal("the connection has no driver"))
}

/// One connection for a job that runs before or beside the service, and may take its time.
pub async fn connect_alone(url: &str, tls: &Tls) -> ConnectionResult<AsyncPgConnection> {
    let connecting = async {
        let (client, _) = open(url, tls, true).await?;
        let mut connection = AsyncPgConnection::try_from(client).await.map_err(refusal)?;
        connection.batch_execute("SET lock_timeout = '10s'").await.map_err(refusal)?;
        Ok::<_, Refusal>(connection)
    };
    let connected = timeout(CONNECT_TIME * 2, connecting).await;
    Ok(connected.unwrap_or_else(|_| Err(refusal("the server did not answer")))?)
}

fn refusal(cause: impl std::fmt::Display) -> Refusal {
    Refusal { cause: cause.to_string(), is_passing: false }
}

async fn open(url: &str, tls: &Tls, must_write: bool) -> Result<(tokio_postgres::Client, JoinHandle<()>), Refusal> {
    let mut config: Config = url.parse()?;
    config
        .application_name("tiendo")
        .connect_timeout(ADDRESS_TIME)
        .tcp_user_timeout(NETWORK_TIME)
        .keepalives_idle(KEEP_ALIVE)
        .keepalives_interval(KEEP_ALIVE / 5)
        .keepalives_retries(3);
    if must_write && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    Ok(match tls {
        Tls::Off => {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
            (client, tokio::spawn(drive(connection)))
        }
        Tls::On(protection) => {
            let tls = MakeRustlsConnect::new(protection.as_ref().clone());
            // "prefer", the default, would go on in plain text with a server that says it has no TLS.
            config.ssl_mode(SslMode::Require);
            let (client, connection) = config.connect(tls).await?;
            (client, tokio::spawn(drive(connection)))
        }
    })
}

async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::warn!(error = Refusal::from(error).cause, "a database connection ended");
    }
}

/// Ends a driver whose connection nobody got: it would wait for answers that may never come.
struct EndUnlessSetUp(Option<JoinHandle<()>>);

impl EndUnlessSetUp {
    fn driver(mut self) -> Option<JoinHandle<()>> {
        self.0.take()
    }
}

impl Drop for EndUnlessSetUp {
    fn drop(&mut self) {
        if let Some(driver) = self.0.take() {
            driver.abort();
        }
    }
}
