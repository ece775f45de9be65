//! SQLite: reader threads for single statements, snapshot threads for reports, and one writer that commits in groups.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Weak,
    time::Duration,
};

use diesel::{
    connection::{AnsiTransactionManager as Transactions, SimpleConnection, TransactionManager},
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sqlite::SqliteConnection,
};
use flume::{Receiver, Sender};
use tokio::{sync::oneshot, time::timeout};

use super::{Db, error::retold, sqlite_file::DatabaseFile};

/// How many writes may share one commit; bounds how long the first of them waits for its answer.
const GROUP: usize = 128;

/// Where a SQLite query runs: sent to a reader thread, or here on the thread that owns the transaction.
pub enum Place {
    /// One statement at a time, on any reader, answered within a time.
    Queue(Sender<Job>, Duration),
    /// Inside a transaction.
    Here(Open),
}

/// A connection with an open transaction.
pub struct Open {
    connection: SqliteConnection,
    /// What a statement of this transaction failed with: SQLite would commit the rest.
    failed: Option<Error>,
    /// Held by whoever waits for the transaction.
    caller: Option<Weak<()>>,
}

/// One statement for a reader.
pub type Job = Box<dyn FnOnce(&mut SqliteConnection) + Send>;
/// One transaction for the writer or a snapshot thread, or why none could be opened.
pub type Work = Box<dyn FnOnce(Result<&mut Db, Error>) -> Option<Answer> + Send>;
/// Tells the caller how its transaction ended, once the group is on disk or is not.
pub type Answer = Box<dyn FnOnce(QueryResult<()>) + Send>;

impl Place {
    /// Runs one statement; an error inside a transaction condemns that transaction, as PostgreSQL does.
    pub async fn run<T: Send + 'static>(
        &mut self,
        statement: impl FnOnce(&mut SqliteConnection) -> QueryResult<T> + Send + 'static,
    ) -> QueryResult<T> {
        match self {
            Self::Here(open) => open.run(statement),
            Self::Queue(jobs, wait) => {
                let (done, result) = oneshot::channel();
                let job: Job = Box::new(move |connection| {
                    if !done.is_closed() {
                        let _ = done.send(statement(connection));
                    }
                });
                let answered = async {
                    jobs.send_async(job).await.map_err(|_| gone())?;
                    result.await.map_err(|_| gone())?
                };
                timeout(*wait, answered).await.unwrap_or_else(|_| Err(late(*wait)))
            }
        }
    }
}

impl Open {
    fn run<T>(&mut self, statement: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>) -> QueryResult<T> {
        let outcome = if self.caller.as_ref().is_some_and(|caller| caller.strong_count() == 0) {
            Err(Error::RollbackTransaction)
        } else {
            statement(&mut self.connection)
        };
        outcome.inspect_err(|error| self.failed = Some(retold(error)))
    }
}

/// The thread that should have answered has panicked or ended.
pub fn gone() -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new("the thread that should have answered ended".to_owned()))
}

fn late(wait: Duration) -> Error {
    let cause = format!("no answer from the database file within {} ms", wait.as_millis());
    Error::DatabaseError(DatabaseErrorKind::UnableToSendCommand, Box::new(cause))
}

/// Opens a connection that sees one moment for as long as it lives.
pub fn open_snapshot(file: &DatabaseFile) -> QueryResult<Db> {
    let mut connection = file.connect_to_read()?;
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
pub fn snapshot(file: &DatabaseFile, connection: SqliteConnection, queue: &Receiver<Work>) {
    let mut db = here(connection);
    while let Ok(work) = queue.recv() {
        let begun = mend(&mut db, || file.connect_to_read()).and_then(|()| begin(&mut db, "BEGIN"));
        run_group(&mut db, begun, std::iter::once(work));
        let _ = mend(&mut db, || file.connect_to_read());
    }
}

/// The single writer: what is queued becomes one group, each write in a savepoint, one `COMMIT` (one fsync) for all.
pub fn writer(file: &DatabaseFile, connection: SqliteConnection, queue: &Receiver<Work>) {
    let mut db = here(connection);
    while let Ok(first) = queue.recv() {
        let begun = file
            .is_in_place()
            .and_then(|()| mend(&mut db, || file.connect()))
            .and_then(|()| begin(&mut db, "BEGIN IMMEDIATE"));
        if let Err(error) = &begun {
            tracing::warn!(cause = %error, "the database file cannot be written");
        }
        run_group(&mut db, begun, std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)));
        // One that is left in the middle of a transaction holds locks.
        let _ = mend(&mut db, || file.connect());
    }
}

fn begin(db: &mut Db, sql: &str) -> QueryResult<()> {
    Transactions::begin_transaction_sql(&mut open(db).connection, sql)
}

/// Runs what came together, and tells each how it ended; when the transaction breaks, what broke it.
fn run_group(db: &mut Db, begun: QueryResult<()>, works: impl Iterator<Item = Work>) {
    let is_begun = begun.is_ok();
    let mut broken = begun.err();
    let mut answers = Vec::new();
    for work in works {
        match &broken {
            Some(cause) => drop(work(Err(retold(cause)))),
            None => match run_one(db, work) {
                Ok(answer) => answers.extend(answer),
                Err(cause) => broken = Some(cause),
            },
        }
    }
    let connection = &mut open(db).connection;
    if is_begun && broken.is_none() {
        broken = Transactions::commit_transaction(connection).err();
    }
    // When SQLite itself aborted the transaction (disk full, I/O error) nothing of the group is on disk.
    if is_begun && broken.is_some() {
        let _ = Transactions::rollback_transaction(connection);
    }
    for answer in answers {
        answer(broken.as_ref().map_or(Ok(()), |cause| Err(retold(cause))));
    }
}

/// One write in its own savepoint: its failure, or its panic, leaves the group as it was. An error is that of the whole
/// group.
fn run_one(db: &mut Db, work: Work) -> QueryResult<Option<Answer>> {
    if let Err(cause) = Transactions::begin_transaction(&mut open(db).connection) {
        drop(work(Err(retold(&cause))));
        return Err(cause);
    }
    let answer = catch_unwind(AssertUnwindSafe(|| work(Ok(db)))).ok().flatten();
    let Open { connection, failed, caller } = open(db);
    *caller = None;
    let failed = failed.take();
    let ended = match (&answer, &failed) {
        (Some(_), None) => Transactions::commit_transaction(connection),
        _ => Err(Error::RollbackTransaction),
    };
    let Err(error) = ended else { return Ok(answer) };
    // SQLite has no savepoint left when it has aborted the whole transaction.
    let broken = Transactions::rollback_transaction(connection).err().map(|error| failed.unwrap_or(error));
    if let Some(answer) = answer {
        answer(Err(broken.as_ref().map_or(error, retold)));
    }
    broken.map_or(Ok(None), Err)
}

/// Replaces a connection whose transaction could not be brought to a clean end.
fn mend(db: &mut Db, connect: impl Fn() -> QueryResult<SqliteConnection>) -> QueryResult<()> {
    let status = Transactions::transaction_manager_status_mut(&mut open(db).connection);
    if !matches!(status.transaction_depth(), Ok(None)) {
        *db = here(connect()?);
    }
    Ok(())
}

/// A transaction whose caller is known: when it goes away, no further statement is run.
pub fn called_by(db: &mut Db, caller: Weak<()>) {
    open(db).caller = Some(caller);
}

fn here(connection: SqliteConnection) -> Db {
    Db::Sqlite(Place::Here(Open { connection, failed: None, caller: None }))
}

fn open(db: &mut Db) -> &mut Open {
    match db {
        Db::Sqlite(Place::Here(open)) => open,
        _ => unreachable!("the SQLite threads own their connection"),
    }
}
