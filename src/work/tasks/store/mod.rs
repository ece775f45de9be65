//! Tasks in the database.

mod lists;
mod references;
mod replace;

pub use lists::{count, list, next};
pub use references::{known_tasks, lock_hierarchy, parent_of};

use super::model::Task;
use crate::base::{
    db::{
        in_subtree, lock_name,
        prelude::*,
        schema::{deadline_changes, tasks},
        types::{RecordKey, SourceCode, TaskId},
    },
    subtree::Subtree,
};

/// Tasks led in a part of the tree. Not a join: a lock on these rows must not lock the organizations.
macro_rules! within {
    ($under:expr) => {
        tasks::table.filter(
            tasks::lead
                .eq_any(organizations::table.filter($crate::base::db::Among::of(&$under)).select(organizations::code)),
        )
    };
}
pub(crate) use within;

/// One task, or few, when its lead is in the part.
macro_rules! one {
    ($under:expr) => {
        tasks::table.filter(in_subtree!(tasks::lead, $under, alone))
    };
}

/// One task of the part.
pub async fn find(db: &mut Db, under: &Subtree, id: TaskId) -> QueryResult<Option<Task>> {
    let under = under.clone();
    both!(db, |c| one!(under).filter(tasks::id.eq(id)).select(Task::as_select()).load(c)).map(only)
}

/// One task of the part, kept from change by others until the transaction ends.
pub async fn lock(db: &mut Db, under: &Subtree, id: TaskId) -> QueryResult<Option<Task>> {
    let under = under.clone();
    both!(
        db,
        pg | c | one!(under).filter(tasks::id.eq(id)).select(Task::as_select()).for_no_key_update().load(c),
        sqlite | c | one!(under).filter(tasks::id.eq(id)).select(Task::as_select()).load(c)
    )
    .map(only)
}

/// The task that a system knows by a key, when it is in the part.
pub async fn find_by_key(
    db: &mut Db,
    under: &Subtree,
    source: &SourceCode,
    key: &RecordKey,
) -> QueryResult<Option<Task>> {
    let (under, source, key) = (under.clone(), source.clone(), key.clone());
    both!(db, |c| one!(under)
        .filter(tasks::source.eq(source).and(tasks::source_key.eq(key)))
        .select(Task::as_select())
        .load(c))
    .map(only)
}

/// The id behind a system's key, wherever it is. The key is this transaction's until it ends, so that of two that
/// bring the same new task at once the second finds it.
pub async fn claim_key(db: &mut Db, source: &SourceCode, key: &RecordKey) -> QueryResult<Option<TaskId>> {
    lock_name(db, &["task", source.as_str(), key.as_str()]).await?;
    let (source, key) = (source.clone(), key.clone());
    both!(db, |c| tasks::table
        .filter(tasks::source.eq(source).and(tasks::source_key.eq(key)))
        .select(tasks::id)
        .load(c))
    .map(only)
}

/// Adds a task.
pub async fn insert(db: &mut Db, task: &Task) -> QueryResult<usize> {
    let row = (task.clone(), tasks::search.eq(task.search_text()));
    both!(db, |c| diesel::insert_into(tasks::table).values(row).execute(c))
}

/// Puts a new version in the place of the old.
pub async fn replace(db: &mut Db, task: &Task) -> QueryResult<usize> {
    let row = replace::Replace::by(task.clone());
    both!(db, |c| row.execute(c))
}

/// Whether the task was assigned without a due date and got its first one later.
pub async fn was_due_later(db: &mut Db, id: TaskId) -> QueryResult<bool> {
    let found: Vec<TaskId> = both!(db, |c| deadline_changes::table
        .filter(deadline_changes::task.eq(id).and(deadline_changes::old_due_on.is_null()))
        .select(deadline_changes::task)
        .load(c))?;
    Ok(!found.is_empty())
}
