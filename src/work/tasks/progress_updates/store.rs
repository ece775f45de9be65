//! Progress updates in the database: added and read, never changed.

use super::model::ProgressUpdate;
use crate::base::db::{
    prelude::*,
    schema::{progress_updates as updates, progress_updates::dsl},
    types::{Day, Percent, ProgressUpdateId, TaskId},
};

/// The updates of a task by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    task: TaskId,
    after: Option<ProgressUpdateId>,
    rows: i64,
) -> QueryResult<Vec<ProgressUpdate>> {
    both!(db, |c| {
        let mut query = updates::table.filter(dsl::task.eq(task)).into_boxed();
        if let Some(after) = after {
            query = query.filter(dsl::id.gt(after));
        }
        query.order(dsl::id).limit(rows).select(ProgressUpdate::as_select()).load(c)
    })
}

/// How many updates a task has.
pub async fn count(db: &mut Db, task: TaskId) -> QueryResult<i64> {
    both!(db, |c| updates::table.filter(dsl::task.eq(task)).count().get_result(c))
}

/// Whether the task has an update of a later day.
pub async fn has_later(db: &mut Db, task: TaskId, day: Day) -> QueryResult<bool> {
    let found: Vec<ProgressUpdateId> = both!(db, |c| updates::table
        .filter(dsl::task.eq(task).and(dsl::as_of.gt(day)))
        .select(dsl::id)
        .limit(1)
        .load(c))?;
    Ok(!found.is_empty())
}

/// The percentage of the last update that is not of a later day.
pub async fn percent_on(db: &mut Db, task: TaskId, day: Day) -> QueryResult<Option<Percent>> {
    both!(db, |c| updates::table
        .filter(dsl::task.eq(task).and(dsl::as_of.le(day)))
        .order((dsl::as_of.desc(), dsl::id.desc()))
        .select(dsl::percent)
        .limit(1)
        .load(c))
    .map(only)
}

/// Adds an update.
pub async fn insert(db: &mut Db, update: &ProgressUpdate) -> QueryResult<usize> {
    let row = update.clone();
    both!(db, |c| diesel::insert_into(updates::table).values(row).execute(c))
}
