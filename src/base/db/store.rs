//! The doors to the database: `read`, `snapshot`, `export`, `write`. Nothing else opens a connection.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::result::{ConnectionError, ConnectionResult};

use super::{
    Batches, Db, Error, Tls, Url,
    connection::Session,
    error::RECONNECTING,
    export,
    link::Suspicion,
    postgres::{Plan, Postgres},
    report_workers::ReportWorkers,
    sqlite_threads::SqliteThreads,
    transaction::{SNAPSHOT, transact},
    turns::{Turn, Turns},
};

/// How long a read waits for a lost connection to be back.
const RECONNECT: Duration = Duration::from_secs(1);
/// How many callers may wait for an export, or to push.
const WAITING: usize = 256;
/// How many pushes a SQLite file takes at once: one is written, the other is read meanwhile.
const PUSHES: usize = 2;

/// How many connections and threads, and how long a caller waits for one.
#[derive(Clone)]
pub struct Options {
    /// Pooled PostgreSQL connections of each thread, whether it serves or reports.
    pub pool_size: usize,
    /// Shared pipelined PostgreSQL connections of each thread that serves, or SQLite reader threads of the process.
    pub readers: usize,
    /// Threads that compute reports from PostgreSQL; a SQLite file has two.
    pub reporters: usize,
    /// Exports at once of the process.
    pub exports: usize,
    /// PostgreSQL connections for exports of each thread that serves.
    pub export_connections: usize,
    /// Longest wait for a connection or a place in the writer's queue before 503.
    pub wait: Duration,
    /// Longest time for one statement.
    pub statement: Duration,
    /// Protection of the PostgreSQL connection.
    pub tls: Tls,
}

/// The database, shared by all workers of a process.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    kind: Kind,
    exports: Turns,
    pushes: Turns,
    wait: Duration,
}

enum Kind {
    Postgres { connections: Postgres, reporters: ReportWorkers },
    Sqlite(SqliteThreads),
}

impl Store {
    /// Connects; nothing is created or migrated.
    ///
    /// # Errors
    /// When the server or the file cannot be opened.
    pub async fn open(url: &Url, options: Options) -> ConnectionResult<Self> {
        let wait = options.wait;
        // A quarter for one client: it may read as slowly as it likes.
        let exports = Turns::new("exports", options.exports, options.exports / 4, WAITING);
        // A client may have all while no other asks: a push ends by itself.
        let at_once = if matches!(url, Url::Sqlite(_)) { PUSHES } else { usize::MAX };
        let pushes = Turns::new("pushes", at_once, at_once, WAITING);
        let kind = match url {
            Url::Postgres(url) => open_postgres(url, options).await?,
            Url::Sqlite(path) => Kind::Sqlite(SqliteThreads::start(path, &options)?),
        };
        Ok(Self(Arc::new(Inner { kind, exports, pushes, wait })))
    }

    /// Short single statements. Met by a connection that has just died, it runs again as soon as there is another.
    ///
    /// # Errors
    /// What `f` says, or [`Error::Busy`].
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        E: From<Error> + ConnectionLost,
        F: AsyncFn(&mut Db) -> Result<T, E>,
    {
        let mut lost = None;
        loop {
            let outcome = match self.shared() {
                Ok(mut db) => f(&mut db).await,
                Err(error) => Err(error.into()),
            };
            match outcome {
                Err(error) if error.is_connection_lost() => {
                    if lost.get_or_insert_with(Instant::now).elapsed() > self.patience() {
                        return Err(error);
                    }
                    tokio::time::sleep(RECONNECT / 50).await;
                }
                other => return other,
            }
        }
    }

    /// How long a read without a connection waits for one: what has been there comes back soon, or not.
    fn patience(&self) -> Duration {
        match &self.0.kind {
            Kind::Postgres { connections, .. } if connections.is_beginning() => self.0.wait.max(RECONNECT),
            _ => RECONNECT,
        }
    }

    fn shared(&self) -> Result<Db, Error> {
        match &self.0.kind {
            Kind::Postgres { connections, .. } => connections.shared().ok_or(Error::Busy(RECONNECTING)),
            Kind::Sqlite(threads) => Ok(threads.reader()),
        }
    }

    /// Reports: one read-only snapshot on a connection of its own, so that every figure is of one moment.
    ///
    /// # Errors
    /// What `f` says, or [`Error::Busy`].
    pub async fn snapshot<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        match &self.0.kind {
            Kind::Postgres { reporters, .. } => reporters.transact(SNAPSHOT, f).await,
            Kind::Sqlite(threads) => threads.snapshot(f).await,
        }
    }

    /// An export: `next` is asked for batch after batch until it answers `None`, all in one read-only snapshot on a
    /// connection of its own. A caller that goes away, or does not take a batch for a quarter of a minute, ends it.
    ///
    /// # Errors
    /// [`Error::Busy`]; what goes wrong later is the last batch.
    pub async fn export<T, E, F>(&self, next: F) -> Result<Batches<T, E>, Error>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnMut(&mut Db) -> Result<Option<T>, E> + Send + 'static,
    {
        let turn = self.0.exports.take(self.0.wait).await?;
        match &self.0.kind {
            Kind::Postgres { connections, .. } => export::from_postgres(connections, turn, next).await,
            Kind::Sqlite(threads) => export::from_sqlite(threads.file.clone(), turn, next),
        }
    }

    /// One transaction: committed on `Ok`; rolled back on `Err`, on a panic, and when the caller goes away.
    ///
    /// A body may wait for queries only, and an error of a query condemns the transaction even when it is swallowed.
    ///
    /// # Errors
    /// What `f` says, or [`Error`].
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        match &self.0.kind {
            Kind::Postgres { connections, .. } => transact(connections, "BEGIN", f).await,
            Kind::Sqlite(threads) => threads.write(f).await,
        }
    }

    /// A turn for a write of many rows, to be held until it has ended: on SQLite, where all writes go one after the
    /// other, those of one client do not queue up before another's.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub async fn turn_to_push(&self) -> Result<Turn, Error> {
        self.0.pushes.take(self.0.wait).await
    }
}

/// Says of a caller's error whether the connection was lost, so that [`Store::read`] may try once more.
pub trait ConnectionLost {
    /// True when nothing but the connection failed.
    fn is_connection_lost(&self) -> bool;
}

impl ConnectionLost for Error {
    fn is_connection_lost(&self) -> bool {
        Error::is_connection_lost(self)
    }
}

async fn open_postgres(url: &str, options: Options) -> ConnectionResult<Kind> {
    let plan = Plan {
        url: url.to_owned(),
        shared: options.readers,
        pooled: options.pool_size,
        session: Session::writing(options.statement),
        exports: options.export_connections,
        wait: options.wait,
        statement: options.statement,
        tls: options.tls,
        suspicion: Arc::<Suspicion>::default(),
    };
    let reports = Postgres::for_reports(plan.clone());
    Ok(Kind::Postgres {
        connections: Postgres::open(plan).await?,
        reporters: ReportWorkers::start(reports, options.reporters, options.wait)?,
    })
}

pub(super) fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> ConnectionResult<()> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    spawned.map(drop).map_err(|error| ConnectionError::BadConnection(error.to_string()))
}
