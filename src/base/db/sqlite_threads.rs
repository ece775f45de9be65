//! The threads of a SQLite file, and how work gets to them.

use std::{sync::Arc, time::Duration};

use diesel::result::ConnectionResult;
use flume::Sender;
use futures_util::FutureExt;
use tokio::sync::oneshot;

use super::{
    Db, Error,
    sqlite::{self, Answer, Job, Place, Work},
    sqlite_file::DatabaseFile,
    store::{Options, thread},
    turns::Turns,
};

/// How many reports run at once.
const REPORTS: usize = 2;
/// How many callers may wait for the turn of a report.
const WAITING: usize = 256;

/// The queues of the threads, which end with them.
pub struct SqliteThreads {
    pub file: DatabaseFile,
    readers: Sender<Job>,
    snapshot: Sender<Work>,
    writer: Sender<Work>,
    reports: Turns,
    wait: Duration,
    statement: Duration,
}

impl SqliteThreads {
    /// Opens the file and starts the threads.
    pub fn start(path: &str, options: &Options) -> ConnectionResult<Self> {
        let (readers, reader_queue) = flume::bounded(4096);
        let (snapshot, heavy_queue) = flume::bounded(64);
        let (writer, writer_queue) = flume::bounded(1024);
        let (file, connection) = DatabaseFile::open(path, options.wait)?;
        for _ in 0..options.readers.max(1) {
            let (connection, queue) = (to_read(&file)?, reader_queue.clone());
            thread("sqlite-read", move || sqlite::reader(connection, &queue))?;
        }
        for _ in 0..REPORTS {
            let (connection, queue, file) = (to_read(&file)?, heavy_queue.clone(), file.clone());
            thread("sqlite-snapshot", move || sqlite::snapshot(&file, connection, &queue))?;
        }
        let written = file.clone();
        thread("sqlite-write", move || sqlite::writer(&written, connection, &writer_queue))?;
        let reports = Turns::new("reports", REPORTS, REPORTS, WAITING);
        Ok(Self { file, readers, snapshot, writer, reports, wait: options.wait, statement: options.statement })
    }

    /// Where single statements run.
    pub fn reader(&self) -> Db {
        Db::Sqlite(Place::Queue(self.readers.clone(), self.statement))
    }

    /// A report.
    pub async fn snapshot<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        let _turn = self.reports.take(self.wait).await?;
        hand_over(&self.snapshot, self.wait, f).await
    }

    /// A write.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
    {
        hand_over(&self.writer, self.wait, f).await
    }
}

fn to_read(file: &DatabaseFile) -> ConnectionResult<diesel::SqliteConnection> {
    file.connect_to_read().map_err(diesel::ConnectionError::CouldntSetupConfiguration)
}

async fn hand_over<T, E, F>(queue: &Sender<Work>, wait: Duration, f: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: AsyncFnOnce(&mut Db) -> Result<T, E> + Send + 'static,
{
    let (take_turn, turn_came) = oneshot::channel();
    let (done, result) = oneshot::channel();
    // Lives as long as somebody waits for this.
    let caller = Arc::new(());
    let called_by = Arc::downgrade(&caller);
    let runtime = tokio::runtime::Handle::current();
    let work: Work = Box::new(move |db| {
        // Whoever asked may be gone by now, or have waited long enough: then nothing is begun.
        take_turn.send(()).ok()?;
        let db = match db {
            Ok(db) => db,
            Err(cause) => return told(done, Err(Error::Query(cause).into())),
        };
        sqlite::called_by(db, called_by);
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
            Some(Err(error)) => told(done, Err(error)),
            None => told(done, Err(Error::Waited.into())),
        }
    });
    let turn = async {
        queue.send_async(work).await.map_err(|_| sqlite::gone())?;
        turn_came.await.map_err(|_| sqlite::gone())
    };
    match tokio::time::timeout(wait, turn).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(Error::Query(error).into()),
        Err(_) => return Err(Error::Busy("queue").into()),
    }
    let answer = result.await.map_err(|_| Error::Query(sqlite::gone()))?;
    drop(caller);
    answer
}

/// An answer that is there before the group is on disk.
fn told<T, E>(done: oneshot::Sender<Result<T, E>>, answer: Result<T, E>) -> Option<Answer> {
    let _ = done.send(answer);
    None
}
