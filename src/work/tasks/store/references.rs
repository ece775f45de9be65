//! Tasks that other records refer to, and the chain of parents.

use crate::base::{
    db::{in_subtree, lock_name, prelude::*, schema::tasks, types::TaskId},
    subtree::Subtree,
};

/// Which of the tasks are in the part.
pub async fn known_tasks(db: &mut Db, under: &Subtree, ids: Vec<TaskId>) -> QueryResult<Vec<TaskId>> {
    let under = under.clone();
    both!(db, |c| tasks::table
        .filter(in_subtree!(tasks::lead, under))
        .filter(tasks::id.eq_any(ids))
        .select(tasks::id)
        .load(c))
}

/// The task that a task is a part of.
pub async fn parent_of(db: &mut Db, id: TaskId) -> QueryResult<Option<TaskId>> {
    let found: Vec<Option<TaskId>> =
        both!(db, |c| tasks::table.filter(tasks::id.eq(id)).select(tasks::parent).load(c))?;
    Ok(only(found).flatten())
}

/// Keeps others from giving any task another parent until the transaction ends: two such moves, each right alone,
/// could close a circle together.
pub async fn lock_hierarchy(db: &mut Db) -> QueryResult<()> {
    lock_name(db, &["task hierarchy"]).await
}
