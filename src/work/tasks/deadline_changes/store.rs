//! Moves of due dates in the database: added and read, never changed.

use super::model::DeadlineChange;
use crate::base::db::{
    prelude::*,
    schema::{deadline_changes as moves, deadline_changes::dsl},
    types::{DeadlineChangeId, TaskId},
};

/// The moves of a task's due date by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    task: TaskId,
    after: Option<DeadlineChangeId>,
    rows: i64,
) -> QueryResult<Vec<DeadlineChange>> {
    both!(db, |c| {
        let mut query = moves::table.filter(dsl::task.eq(task)).into_boxed();
        if let Some(after) = after {
            query = query.filter(dsl::id.gt(after));
        }
        query.order(dsl::id).limit(rows).select(DeadlineChange::as_select()).load(c)
    })
}

/// How many moves there are.
pub async fn count(db: &mut Db, task: TaskId) -> QueryResult<i64> {
    both!(db, |c| moves::table.filter(dsl::task.eq(task)).count().get_result(c))
}

/// Adds a move.
pub async fn insert(db: &mut Db, change: &DeadlineChange) -> QueryResult<usize> {
    let row = change.clone();
    both!(db, |c| diesel::insert_into(moves::table).values(row).execute(c))
}
