//! The doors to the database: `read`, `heavy`, `write`. Nothing else opens a connection.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::result::{ConnectionError, ConnectionResult};
use flume::Sender;
use futures_util::FutureExt;
use tokio::sync::{Semaphore, oneshot};

use super::{
    Batches, Db, Error, Url,
    await_guard::only_queries,
    export,
    postgres::{Plan, Postgres, SNAPSHOT, Tls, Transaction},
    report_workers::ReportWorkers,
    sqlite::{self, Answer, Job, Place, Work},
};

/// How many exports of a SQLite file run at once; on PostgreSQL each takes a pooled connection.
const EXPORTS: usize = 16;

/// Whoever exports holds one.
type Turns = Arc<Semaphore>;

/// How long a read waits for a lost connection to be back.
const RECONNECT: Duration = Duration::from_secs(1);

/// How many connections and threads, and how long a caller waits for one.
#[derive(Clone)]
pub struct Options {
    /// Pooled PostgreSQL connections of each thread, whether it serves or reports.
    pub pool_size: usize,
    /// Shared pipelined PostgreSQL connections of each thread that serves, or SQLite reader threads of the process.
    pub readers: usize,
    /// Threads that compute reports from PostgreSQL; a SQLite file has two.
    pub reporters: usize,
    /// Longest wait for a connection or a place in the writer's queue before 503.
    pub wait: Duration,
    /// Protection of the PostgreSQL connection.
    pub tls: Tls,
}

/// The database, shared by all workers of a process.
#[derive(Clone)]
pub struct Store(Arc<Kind>);

enum Kind {
    Postgres {
        connections: Postgres,
        reporters: ReportWorkers,
    },
    Sqlite {
        path: String,
        readers: Sender<Job>,
        snapshot: Sender<Work>,
        writer: Sender<Work>,
        exports: Turns,
        wait: Duration,
    },
}

impl Store {
    /// Connects; nothing is created or migrated.
    ///
    /// # Errors
    /// When the server or the file cannot be opened.
    pub async fn open(url: &Url, options: Options) -> ConnectionResult<Self> {
        let kind = match url {
            Url::Postgres(url) => {
                let Options { pool_size: pooled, readers: shared, reporters, wait, tls } = options;
                let plan = Plan { url: url.clone(), tls, shared, pooled, wait };
                let reports = Postgres::without_shared(plan.clone());
                Kind::Postgres {
                    connections: Postgres::open(plan).await?,
                    reporters: ReportWorkers::start(reports, reporters, wait)?,
                }
            }
            Url::Sqlite(path) => open_sqlite(path, &options)?,
        };
        Ok(Self(Arc::new(kind)))
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
        let began = Instant::now();
        loop {
            let outcome = match self.shared() {
                Ok(mut db) => f(&mut db).await,
                Err(error) => Err(error.into()),
            };
            match outcome {
                Err(error) if error.is_connection_lost() && began.elapsed() < RECONNECT => {
                    tokio::time::sleep(RECONNECT / 50).await;
                }
                other => return other,
            }
        }
    }

    fn shared(&self) -> Result<Db, Error> {
        match &*self.0 {
            Kind::Postgres { connections, .. } => connections.shared().ok_or(Error::Busy("reconnecting")),
            Kind::Sqlite { readers, .. } => Ok(Db::Sqlite(Place::Queue(readers.clone()))),
        }
    }

    /// Reports and exports: one read-only snapshot on a connection of its own, so that every figure is of one moment.
    ///
    /// # Errors
    /// What `f` says, or [`Error::Busy`].
    pub async fn snapshot<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        match &*self.0 {
            Kind::Postgres { reporters, .. } => reporters.transact(SNAPSHOT, f).await,
            Kind::Sqlite { snapshot, wait, .. } => hand_over(snapshot, *wait, f).await,
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
        match &*self.0 {
            Kind::Postgres { connections, .. } => export::from_postgres(connections, next).await,
            Kind::Sqlite { path, exports, wait, .. } => {
                let turn = tokio::time::timeout(*wait, Arc::clone(exports).acquire_owned()).await;
                let turn = turn.map_err(|_| Error::Busy("exports"))?.map_err(|_| Error::Busy("exports"))?;
                export::from_sqlite(path.clone(), turn, next)
            }
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
        match &*self.0 {
            Kind::Postgres { connections, .. } => transact(connections, "BEGIN", f).await,
            Kind::Sqlite { writer, wait, .. } => hand_over(writer, *wait, f).await,
        }
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

pub(super) async fn transact<T, E, F>(connections: &Postgres, begin: &str, f: F) -> Result<T, E>
where
    E: From<Error>,
    F: AsyncFnOnce(&mut Db) -> Result<T, E>,
{
    let own = connections.own().await?;
    let (transaction, result) = Transaction::begin_with(own, begin, async |db| only_queries(f(db)).await).await;
    let result = result.map_err(Error::Query)?;
    let ended = transaction.end(matches!(result, Some(Ok(_)))).await;
    match (result, ended) {
        (Some(Ok(value)), Ok(())) => Ok(value),
        (Some(Ok(_)), Err(error)) => Err(Error::Query(error).into()),
        (Some(Err(error)), _) => Err(error),
        (None, _) => Err(Error::Waited.into()),
    }
}

async fn hand_over<T, E, F>(queue: &Sender<Work>, wait: Duration, f: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
{
    let (take_turn, turn_came) = oneshot::channel();
    let (done, result) = oneshot::channel::<Result<T, E>>();
    let runtime = tokio::runtime::Handle::current();
    let work: Work = Box::new(move |db| {
        // Whoever asked may be gone by now, or have waited long enough: then nothing is begun.
        take_turn.send(()).ok()?;
        let db = db?;
        let _entered = runtime.enter();
        // SQLite runs each query at once, so a body that only queries never waits.
        match f(db).now_or_never() {
            Some(Ok(value)) if !done.is_closed() => {
                let answer: Answer = Box::new(move |group| {
                    let _ = done.send(group.map(|()| value).map_err(|error| Error::Query(error).into()));
                });
                Some(answer)
            }
            Some(Ok(_)) => None,
            Some(Err(error)) => {
                let _ = done.send(Err(error));
                None
            }
            None => {
                let _ = done.send(Err(Error::Waited.into()));
                None
            }
        }
    });
    let turn = async {
        queue.send_async(work).await.map_err(|_| sqlite::gone())?;
        turn_came.await.map_err(|_| sqlite::gone())
    };
    match tokio::time::timeout(wait, turn).await {
        Ok(Ok(())) => result.await.map_err(|_| Error::Query(sqlite::gone()))?,
        Ok(Err(error)) => Err(Error::Query(error).into()),
        Err(_) => Err(Error::Busy("queue").into()),
    }
}

fn open_sqlite(path: &str, options: &Options) -> ConnectionResult<Kind> {
    let (readers, reader_queue) = flume::bounded(4096);
    let (snapshot, heavy_queue) = flume::bounded(64);
    let (writer, writer_queue) = flume::bounded(1024);
    for _ in 0..options.readers.max(1) {
        let (connection, queue) = (sqlite::open_to_read(path)?, reader_queue.clone());
        thread("sqlite-read", move || sqlite::reader(connection, &queue))?;
    }
    for _ in 0..2 {
        let (connection, queue, path) = (sqlite::open_to_read(path)?, heavy_queue.clone(), path.to_owned());
        thread("sqlite-snapshot", move || sqlite::snapshot(&path, connection, &queue))?;
    }
    let (connection, path) = (sqlite::open(path)?, path.to_owned());
    let file = path.clone();
    thread("sqlite-write", move || sqlite::writer(&file, connection, &writer_queue))?;
    let exports = Arc::new(Semaphore::new(EXPORTS));
    Ok(Kind::Sqlite { path, readers, snapshot, writer, exports, wait: options.wait })
}

pub(super) fn thread(name: &str, body: impl FnOnce() + Send + 'static) -> ConnectionResult<()> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    spawned.map(drop).map_err(|error| ConnectionError::BadConnection(error.to_string()))
}
