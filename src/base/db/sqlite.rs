//! SQLite: reader threads for single statements, snapshot threads for reports, and one writer that commits in groups.

use std::panic::{AssertUnwindSafe, catch_unwind};

use diesel::{
    connection::{AnsiTransactionManager as Transactions, SimpleConnection, TransactionManager},
    prelude::*,
    result::Error,
    sqlite::SqliteConnection,
};
use flume::{Receiver, Sender};
use tokio::sync::oneshot;

use super::Db;

/// How many writes may share one commit; bounds how long the first of them waits for its answer.
const GROUP: usize = 128;

/// Where a SQLite query runs: sent to a reader thread, or here on the thread that owns the transaction.
pub enum Place {
    /// One statement at a time, on any reader.
    Queue(Sender<Job>),
    /// Inside a transaction; remembers whether a statement failed, because SQLite would commit the rest.
    Here {
        /// The connection with the open transaction.
        connection: SqliteConnection,
        /// A statement of this transaction has failed.
        failed: bool,
    },
}

/// One statement for a reader.
pub type Job = Box<dyn FnOnce(&mut SqliteConnection) + Send>;
/// One transaction for the writer or a snapshot thread; `None` means that none could be opened.
pub type Work = Box<dyn FnOnce(Option<&mut Db>) -> Option<Answer> + Send>;
/// Tells the caller how its transaction ended, once the group is on disk or is not.
pub type Answer = Box<dyn FnOnce(QueryResult<()>) + Send>;

impl Place {
    /// Runs one statement; an error inside a transaction condemns that transaction, as PostgreSQL does.
    pub async fn run<T: Send + 'static>(
        &mut self,
        statement: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> QueryResult<T> {
        match self {
            Self::Here { connection, failed } => statement(connection).inspect_err(|_| *failed = true),
            Self::Queue(jobs) => {
                let (done, result) = oneshot::channel();
                let job: Job = Box::new(move |connection| {
                    if !done.is_closed() {
                        let _ = done.send(statement(connection));
                    }
                });
                jobs.send_async(job).await.map_err(|_| gone())?;
                result.await.map_err(|_| gone())?
            }
        }
    }
}

/// The thread that should have answered has ended.
pub fn gone() -> Error {
    Error::BrokenTransactionManager
}

/// Opens a connection with the settings every thread shares; `busy_timeout` first, since the others may wait too.
pub fn open(path: &str) -> ConnectionResult<SqliteConnection> {
    create_closed(path);
    let mut connection = SqliteConnection::establish(path)?;
    connection
        .batch_execute(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        )
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// A new file is for its owner alone, since it will hold the private signing keys; SQLite gives those beside it (the
/// journal) the same mode. What goes wrong here goes wrong in SQLite's own opening too, which says it.
fn create_closed(path: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Opens a connection that cannot write, as PostgreSQL's for reading cannot.
pub fn open_to_read(path: &str) -> ConnectionResult<SqliteConnection> {
    let mut connection = open(path)?;
    connection.batch_execute("PRAGMA query_only = ON").map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// Opens a connection that sees one moment for as long as it lives.
pub fn open_snapshot(path: &str) -> QueryResult<Db> {
    let mut connection = open_to_read(path).map_err(|_| gone())?;
    // In KiB. An export goes through its rows once, and several run at a time: a quarter of the usual cache is enough.
    connection.batch_execute("PRAGMA cache_size = -512")?;
    Transactions::begin_transaction_sql(&mut connection, "BEGIN")?;
    Ok(here(connection))
}

/// Answers single statements until the queue closes.
pub fn reader(mut connection: SqliteConnection, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        // A panic in one job (its caller sees a closed channel) must not end the thread for the others.
        let _ = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
    }
}

/// Runs whole closures, each in one read transaction, so that all their statements see the same moment.
pub fn snapshot(path: &str, connection: SqliteConnection, queue: &Receiver<Work>) {
    let mut db = here(connection);
    while let Ok(work) = queue.recv() {
        run_group(&mut db, "BEGIN", std::iter::once(work));
        mend(&mut db, || open_to_read(path));
    }
}

/// The single writer: what is queued becomes one group, each write in a savepoint, one `COMMIT` (one fsync) for all.
pub fn writer(path: &str, connection: SqliteConnection, queue: &Receiver<Work>) {
    let mut db = here(connection);
    while let Ok(first) = queue.recv() {
        run_group(&mut db, "BEGIN IMMEDIATE", std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)));
        mend(&mut db, || open(path));
    }
}

fn run_group(db: &mut Db, begin: &str, works: impl Iterator<Item = Work>) {
    let is_begun = Transactions::begin_transaction_sql(connection(db), begin).is_ok();
    let mut answers = Vec::new();
    for work in works {
        if is_begun && is_open(db) {
            answers.extend(run_one(db, work));
        } else {
            work(None);
        }
    }
    if !is_begun {
        return;
    }
    // When SQLite itself aborted the transaction (disk full, I/O error) nothing of the group is on disk.
    let committed = Transactions::commit_transaction(connection(db));
    if committed.is_err() {
        let _ = Transactions::rollback_transaction(connection(db));
    }
    for answer in answers {
        answer(if committed.is_ok() { Ok(()) } else { Err(gone()) });
    }
}

/// One write in its own savepoint: its failure, or its panic, leaves the group as it was.
fn run_one(db: &mut Db, work: Work) -> Option<Answer> {
    if Transactions::begin_transaction(connection(db)).is_err() {
        work(None);
        return None;
    }
    let answer = catch_unwind(AssertUnwindSafe(|| work(Some(db)))).ok().flatten();
    let failed = std::mem::take(flag(db));
    let Some(answer) = answer else {
        let _ = Transactions::rollback_transaction(connection(db));
        return None;
    };
    if failed {
        let _ = Transactions::rollback_transaction(connection(db));
        answer(Err(Error::RollbackTransaction));
        return None;
    }
    match Transactions::commit_transaction(connection(db)) {
        Ok(()) => Some(answer),
        Err(error) => {
            let _ = Transactions::rollback_transaction(connection(db));
            answer(Err(error));
            None
        }
    }
}

/// Replaces a connection whose transaction could not be brought to a clean end.
fn mend(db: &mut Db, open: impl Fn() -> ConnectionResult<SqliteConnection>) {
    let clean = matches!(Transactions::transaction_manager_status_mut(connection(db)).transaction_depth(), Ok(None));
    if !clean && let Ok(fresh) = open() {
        *db = here(fresh);
    }
}

/// False when SQLite has already rolled the whole transaction back on its own.
fn is_open(db: &mut Db) -> bool {
    Transactions::transaction_manager_status_mut(connection(db)).transaction_depth().is_ok()
}

fn here(connection: SqliteConnection) -> Db {
    Db::Sqlite(Place::Here { connection, failed: false })
}

fn connection(db: &mut Db) -> &mut SqliteConnection {
    match db {
        Db::Sqlite(Place::Here { connection, .. }) => connection,
        _ => unreachable!("the SQLite threads own their connection"),
    }
}

fn flag(db: &mut Db) -> &mut bool {
    match db {
        Db::Sqlite(Place::Here { failed, .. }) => failed,
        _ => unreachable!("the SQLite threads own their connection"),
    }
}
