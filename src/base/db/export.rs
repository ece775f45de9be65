//! Exports: batch after batch of one snapshot, at the pace of whoever reads them, and never more than two in memory.

use std::time::Duration;

use futures_util::FutureExt;

use super::{
    Db, Error,
    await_guard::only_queries,
    postgres::Postgres,
    sqlite,
    sqlite_file::DatabaseFile,
    transaction::{SNAPSHOT, Transaction},
    turns::Turn,
};

/// The batches of an export as they come.
pub type Batches<T, E> = flume::Receiver<Result<T, E>>;

/// How long a batch waits to be taken. Whoever reads more slowly would keep the snapshot, and what has been deleted
/// since, on the disk.
const PATIENCE: Duration = Duration::from_secs(15);

/// Between two looks whether somebody is left to take a batch that is being made.
const LOOK: Duration = Duration::from_millis(200);

/// Runs `next` until it answers `None`, in a transaction of its own on this thread's runtime; `turn` is given back at
/// its end.
pub async fn from_postgres<T, E, F>(connections: &Postgres, turn: Turn, mut next: F) -> Result<Batches<T, E>, Error>
where
    T: 'static,
    E: From<Error> + 'static,
    F: AsyncFnMut(&mut Db) -> Result<Option<T>, E> + 'static,
{
    let own = connections.export().await?;
    let mut transaction = Transaction::begin(own, SNAPSHOT).await.map_err(Error::Query)?;
    let (batches, taken) = flume::bounded(1);
    tokio::task::spawn_local(async move {
        let _turn = turn;
        loop {
            let Some(db) = transaction.db() else { return };
            let asked = tokio::select! {
                biased;
                asked = only_queries(next(db)) => asked,
                () = abandoned(&batches) => return,
            };
            let batch = match asked {
                Some(Ok(Some(batch))) => Ok(batch),
                Some(Ok(None)) => break,
                Some(Err(error)) => Err(error),
                None => Err(Error::Waited.into()),
            };
            let is_last = batch.is_err();
            // Left in the middle, the transaction is dropped, and its connection with it.
            let sent = tokio::time::timeout(PATIENCE, batches.send_async(batch)).await;
            if is_last || !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
        let _ = transaction.end(true).await;
    });
    Ok(taken)
}

/// Until nobody is left to take a batch.
async fn abandoned<T>(batches: &flume::Sender<T>) {
    while !batches.is_disconnected() {
        tokio::time::sleep(LOOK).await;
    }
}

/// The same on a thread and a connection of the export's own.
pub fn from_sqlite<T, E, F>(file: DatabaseFile, turn: Turn, mut next: F) -> Result<Batches<T, E>, Error>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: AsyncFnMut(&mut Db) -> Result<Option<T>, E> + Send + 'static,
{
    let (batches, taken) = flume::bounded(1);
    let runtime = tokio::runtime::Handle::current();
    let work = move || {
        let _turn = turn;
        let _entered = runtime.enter();
        let mut db = match sqlite::open_snapshot(&file) {
            Ok(db) => db,
            Err(error) => return drop(batches.send(Err(Error::Query(error).into()))),
        };
        while !batches.is_disconnected() {
            // SQLite runs each query at once, so what only queries never waits.
            let batch = match next(&mut db).now_or_never() {
                Some(Ok(Some(batch))) => Ok(batch),
                Some(Ok(None)) => return,
                Some(Err(error)) => Err(error),
                None => Err(Error::Waited.into()),
            };
            let is_last = batch.is_err();
            if batches.send_timeout(batch, PATIENCE).is_err() || is_last {
                return;
            }
        }
    };
    let spawned = std::thread::Builder::new().name("sqlite-export".to_owned()).spawn(work);
    spawned.map(|_| taken).map_err(|_| Error::Busy("no thread"))
}
