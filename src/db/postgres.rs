//! PostgreSQL: shared pipelined connections that mend themselves, a pool, and transactions that never outlive their caller.

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use deadpool::managed::Timeouts;
use diesel::{ConnectionError, ConnectionResult, result::QueryResult};
use diesel_async::{
    AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use futures_util::FutureExt;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Db, Error, Pg};

/// A pooled connection; given back when dropped.
pub type Pooled = Object<AsyncPgConnection>;

/// Holds a shared connection; empty while it is being re-established.
type Slot = RwLock<Option<Arc<AsyncPgConnection>>>;

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
const SHARED_SETTINGS: &str = "SET statement_timeout = '2s'; SET default_transaction_read_only = on";
const POOLED_SETTINGS: &str =
    "SET statement_timeout = '60s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '15s'";

/// The connections of one process.
pub struct Postgres {
    pool: Pool<AsyncPgConnection>,
    shared: Arc<Vec<Slot>>,
    next: AtomicUsize,
}

impl Postgres {
    /// Connects; fails when the first shared connection cannot be made.
    pub async fn open(url: &str, tls: Tls, shared: usize, pooled: usize, wait: Duration) -> ConnectionResult<Self> {
        let mut manager = ManagerConfig::<AsyncPgConnection>::default();
        manager.recycling_method = RecyclingMethod::Fast;
        let pool_tls = tls.clone();
        manager.custom_setup = Box::new(move |url| {
            let (url, tls) = (url.to_owned(), pool_tls.clone());
            async move { Ok(connect(&url, &tls, POOLED_SETTINGS).await?.0) }.boxed()
        });
        let pool = Pool::builder(AsyncDieselConnectionManager::new_with_config(url, manager))
            .max_size(pooled)
            .timeouts(Timeouts { wait: Some(wait), create: Some(wait), recycle: Some(wait) })
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
        let slots: Arc<Vec<_>> = Arc::new((0..shared.max(1)).map(|_| RwLock::new(None)).collect());
        for slot in 0..slots.len() {
            keep(url.to_owned(), tls.clone(), Arc::clone(&slots), slot).await?;
        }
        Ok(Self { pool, shared: slots, next: AtomicUsize::new(0) })
    }

    /// The next living shared connection; `None` while all of them are being re-established.
    pub fn shared(&self) -> Option<Db> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        (0..self.shared.len()).find_map(|step| {
            let slot = self.shared.get((start + step) % self.shared.len())?;
            let connection = slot.read().ok()?.clone()?;
            Some(Db::Pg(Pg::Shared(connection)))
        })
    }

    /// A connection of one's own, within the pool's waiting time.
    pub async fn own(&self) -> Result<Db, Error> {
        match self.pool.get().await {
            Ok(connection) => Ok(Db::Pg(Pg::Own(connection))),
            Err(error) => {
                tracing::warn!(error = %error, "no database connection to be had");
                Err(Error::Busy("no connection"))
            }
        }
    }
}

/// One connection, its driver running, its session set up.
async fn connect(
    url: &str,
    tls: &Tls,
    settings: &str,
) -> ConnectionResult<(AsyncPgConnection, tokio::task::JoinHandle<()>)> {
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

/// Fills one slot and refills it whenever its connection's driver ends.
async fn keep(url: String, tls: Tls, slots: Arc<Vec<Slot>>, slot: usize) -> ConnectionResult<()> {
    let put = move |slots: &[Slot], connection| {
        if let Some(Ok(mut place)) = slots.get(slot).map(RwLock::write) {
            *place = connection;
        }
    };
    let (connection, mut driver) = connect(&url, &tls, SHARED_SETTINGS).await?;
    put(&slots, Some(Arc::new(connection)));
    let weak = Arc::downgrade(&slots);
    drop(slots);
    tokio::spawn(async move {
        loop {
            let _ = (&mut driver).await;
            let Some(slots) = weak.upgrade() else { return };
            put(&slots, None);
            match connect(&url, &tls, SHARED_SETTINGS).await {
                Ok((connection, next)) => {
                    put(&slots, Some(Arc::new(connection)));
                    driver = next;
                }
                Err(error) => {
                    tracing::warn!(error = %error, "cannot re-establish a database connection yet");
                    driver = tokio::spawn(tokio::time::sleep(Duration::from_millis(250)));
                }
            }
        }
    });
    Ok(())
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
        if let Some(Db::Pg(Pg::Own(connection))) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}
