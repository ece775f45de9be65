//! Transactions on PostgreSQL that never outlive their caller.

use std::sync::Arc;

use diesel::result::QueryResult;

use super::{Db, Error, Pg, await_guard::only_queries, error::is_lost, postgres::Postgres};

/// Begins a report or an export. Its statements are planned for what is asked: the part of the tree may be a department
/// or the whole, and a plan for either is ten times too slow for the other.
pub const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
    SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL application_name = 'tiendo reading'";

/// An open transaction. Dropped unfinished, it takes its connection out of the pool and closes it, the statement that
/// runs is cancelled, and the server rolls back.
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
        let (opened, outcome) = futures_util::future::join(connection.batch(begin), body(db)).await;
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
            Some(Db::Pg(connection)) => connection.connection().batch(sql).await,
            _ => Err(diesel::result::Error::NotInTransaction),
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(Db::Pg(Pg::Own(connection))) = self.0.take()
            && let Some(connection) = Arc::into_inner(connection)
        {
            if connection.link().is_awaiting() {
                connection.link().cancel();
            }
            connection.leave();
        }
    }
}

/// One transaction on a pooled connection.
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
        (Some(Ok(_)), Err(error)) if is_lost(&error) => Err(Error::Unsure(error).into()),
        (Some(Ok(_)), Err(error)) => Err(Error::Query(error).into()),
        (Some(Err(error)), _) => Err(error),
        (None, _) => Err(Error::Waited.into()),
    }
}
