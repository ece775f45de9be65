//! PostgreSQL: connections of each thread's own, and transactions that never outlive their caller.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use diesel::{ConnectionError, ConnectionResult, result::QueryResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection, pooled_connection::deadpool::Object};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Db, Error, Pg, thread_connections::ThreadConnections};

/// A pooled connection; given back when dropped.
pub type Pooled = Object<AsyncPgConnection>;
/// A connection and the task that drives it.
pub(super) type Driven = (AsyncPgConnection, tokio::task::JoinHandle<()>);

/// How the connection to PostgreSQL is protected.
#[derive(Clone)]
pub enum Tls {
    /// Plain text: a Unix socket, loopback or a network that protects it.
    Off,
    /// TLS 1.2 or 1.3 with a verified certificate.
    On(Arc<rustls::ClientConfig>),
}

impl Tls {
    /// Trusts exactly the certificate authorities of a PEM file.
    ///
    /// # Errors
    /// When the file holds no certificate.
    pub fn verified(path: &str) -> Result<Self, String> {
        let mut roots = rustls::RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
            roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        }
        if roots.is_empty() {
            return Err("holds no certificate".to_owned());
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self::On(Arc::new(config)))
    }
}

/// A server that does not answer within this time is not there.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// What a statement may cost where it runs. On a shared connection a slow one delays everyone, so it fails early.
pub(super) const SHARED_SETTINGS: &str = "SET statement_timeout = '2s'; SET default_transaction_read_only = on";
pub(super) const POOLED_SETTINGS: &str =
    "SET statement_timeout = '60s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s'";

/// The connections of one process: each thread that asks has its own.
pub struct Postgres {
    number: usize,
    plan: Arc<Plan>,
    /// Holds them; the threads only know where they are, so that all end with the store.
    lanes: Mutex<Vec<Arc<ThreadConnections>>>,
}

/// How to connect, and how many connections each thread may have.
#[derive(Clone)]
pub(super) struct Plan {
    pub url: String,
    pub tls: Tls,
    /// Shared pipelined connections.
    pub shared: usize,
    /// Pooled connections.
    pub pooled: usize,
    /// Longest wait for a pooled connection.
    pub wait: Duration,
}

thread_local! {
    /// Where this thread's connections are, by the number of the store.
    static LANES: RefCell<HashMap<usize, Weak<ThreadConnections>>> = RefCell::default();
}

impl Postgres {
    /// Connects; fails when no connection can be made.
    pub async fn open(plan: Plan) -> ConnectionResult<Self> {
        let first = connect(&plan.url, &plan.tls, SHARED_SETTINGS).await?;
        let this = Self::later(plan);
        let thread_connections =
            ThreadConnections::open(&this.plan, Some(first)).map_err(ConnectionError::BadConnection)?;
        LANES.with_borrow_mut(|lanes| lanes.insert(this.number, Arc::downgrade(&thread_connections)));
        this.lanes.lock().map_err(|error| ConnectionError::BadConnection(error.to_string()))?.push(thread_connections);
        Ok(this)
    }

    /// Pools alone, for threads that only compute reports; connects when the first is asked for.
    pub fn without_shared(plan: Plan) -> Self {
        Self::later(Plan { shared: 0, ..plan })
    }

    fn later(plan: Plan) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { number, plan: Arc::new(plan), lanes: Mutex::default() }
    }

    /// A living shared connection of this thread; `None` while all of them are being established.
    pub fn shared(&self) -> Option<Db> {
        self.thread_connections()?.shared().map(|connection| Db::Pg(Pg::Shared(connection)))
    }

    /// A connection of one's own, within the pool's waiting time.
    pub async fn own(&self) -> Result<Db, Error> {
        let thread_connections = self.thread_connections().ok_or(Error::Busy("no connection"))?;
        match thread_connections.pool.get().await {
            Ok(connection) => Ok(Db::Pg(Pg::Own(Arc::new(connection)))),
            Err(error) => {
                tracing::warn!(error = %error, "no database connection to be had");
                Err(Error::Busy("no connection"))
            }
        }
    }

    /// The connections of this thread, opened when it asks for the first time.
    fn thread_connections(&self) -> Option<Arc<ThreadConnections>> {
        LANES.with_borrow_mut(|known| {
            let mine = known
                .get(&self.number)
                .and_then(Weak::upgrade)
                .filter(|thread_connections| thread_connections.is_driven());
            if mine.is_some() {
                return mine;
            }
            let thread_connections = ThreadConnections::open(&self.plan, None).ok()?;
            known.retain(|_, thread_connections| thread_connections.strong_count() > 0);
            known.insert(self.number, Arc::downgrade(&thread_connections));
            let mut lanes = self.lanes.lock().ok()?;
            lanes.retain(|thread_connections| thread_connections.is_driven());
            lanes.push(Arc::clone(&thread_connections));
            Some(thread_connections)
        })
    }
}

/// Begins a report or an export. Its statements are planned for what is asked: the part of the tree may be a department
/// or the whole, and a plan for either is ten times too slow for the other.
pub const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL application_name = 'tiendo reading'";

/// One connection, its driver running, its session set up.
pub(super) async fn connect(url: &str, tls: &Tls, settings: &str) -> ConnectionResult<Driven> {
    let bad = |error: tokio_postgres::Error| ConnectionError::BadConnection(error.to_string());
    let mut config: tokio_postgres::Config = url.parse().map_err(bad)?;
    config.application_name("tiendo").connect_timeout(CONNECT_TIME);
    let (client, driver) = match tls {
        Tls::Off => {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await.map_err(bad)?;
            (client, tokio::spawn(drive(connection)))
        }
        Tls::On(protection) => {
            let tls = MakeRustlsConnect::new(protection.as_ref().clone());
            // "prefer", the default, would go on in plain text with a server that says it has no TLS.
            config.ssl_mode(SslMode::Require);
            let (client, connection) = config.connect(tls).await.map_err(bad)?;
            (client, tokio::spawn(drive(connection)))
        }
    };
    let mut connection = AsyncPgConnection::try_from(client).await?;
    connection.batch_execute(settings).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok((connection, driver))
}

/// One connection for a job that runs before or beside the service.
pub async fn connect_alone(url: &str, tls: &Tls) -> ConnectionResult<AsyncPgConnection> {
    Ok(connect(url, tls, "SET lock_timeout = '10s'").await?.0)
}

async fn drive(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::warn!(error = %error, "a database connection ended");
    }
}

/// An open transaction. Dropped unfinished, it takes its connection out of the pool and closes it, and the server rolls back.
pub struct Transaction(Option<Db>);

impl Transaction {
    /// Begins with `begin`, which names the isolation level where it matters.
    pub async fn begin(db: Db, begin: &str) -> QueryResult<Self> {
        let transaction = Self(Some(db));
        transaction.sql(begin).await?;
        Ok(transaction)
    }

    /// Begins and runs `body`, whose first statement is sent right behind, without waiting for an answer in between.
    /// What the body came to counts only when the transaction had begun.
    pub async fn begin_with<T>(db: Db, begin: &str, body: impl AsyncFnOnce(&mut Db) -> T) -> (Self, QueryResult<T>) {
        // Before the second hold on the connection: when the caller goes away, that hold must be the first to go.
        let mut transaction = Self(None);
        let connection = match &db {
            Db::Pg(Pg::Own(connection)) => Arc::clone(connection),
            _ => return (Self(Some(db)), Err(diesel::result::Error::NotInTransaction)),
        };
        let db = transaction.0.insert(db);
        let begin = async { (&mut &**connection).batch_execute(begin).await };
        let (opened, outcome) = futures_util::future::join(begin, body(db)).await;
        drop(connection);
        (transaction, opened.map(|()| outcome))
    }

    /// Where the transaction's statements run.
    pub fn db(&mut self) -> Option<&mut Db> {
        self.0.as_mut()
    }

    /// Commits, or rolls back, and gives the connection back.
    pub async fn end(mut self, commit: bool) -> QueryResult<()> {
        // PostgreSQL answers COMMIT in a failed transaction with a silent ROLLBACK; the empty SELECT makes that an error.
        let ended = self.sql(if commit { "SELECT; COMMIT" } else { "ROLLBACK" }).await;
        if ended.is_ok() {
            self.0.take();
        }
        ended
    }

    async fn sql(&self, sql: &str) -> QueryResult<()> {
        match &self.0 {
            Some(Db::Pg(connection)) => (&mut &**connection).batch_execute(sql).await,
            _ => Err(diesel::result::Error::NotInTransaction),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(Db::Pg(Pg::Own(connection))) = self.0.take()
            && let Some(connection) = Arc::into_inner(connection)
        {
            drop(Object::take(connection));
        }
    }
}
