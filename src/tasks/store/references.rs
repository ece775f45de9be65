//! What a task refers to: looked up through the schema, since a store never uses another store.

use super::within;
use crate::{
    auth::Subtree,
    db::{
        prelude::*,
        schema::{documents, indicators, organizations, tasks},
        types::{DocumentId, IndicatorCode, TaskId},
    },
};

/// Rows whose owner is in a part of the tree or above it: what stands over an organization is its to read.
macro_rules! readable {
    ($table:expr, $under:expr) => {{
        let (from, to) = $under.range();
        $table.inner_join(organizations::table).filter(
            organizations::path
                .ge(from)
                .and(organizations::path.lt(to))
                .or(organizations::path.eq_any($under.ancestors())),
        )
    }};
}

/// Which of the documents may be read from the part.
pub async fn known_documents(db: &mut Db, under: &Subtree, ids: Vec<DocumentId>) -> QueryResult<Vec<DocumentId>> {
    let under = under.clone();
    both!(db, |c| readable!(documents::table, under).filter(documents::id.eq_any(ids)).select(documents::id).load(c))
}

/// Which of the indicators may be read from the part.
pub async fn known_indicators(
    db: &mut Db,
    under: &Subtree,
    codes: Vec<IndicatorCode>,
) -> QueryResult<Vec<IndicatorCode>> {
    let under = under.clone();
    both!(db, |c| readable!(indicators::table, under)
        .filter(indicators::code.eq_any(codes))
        .select(indicators::code)
        .load(c))
}

/// Which of the tasks are in the part.
pub async fn known_tasks(db: &mut Db, under: &Subtree, ids: Vec<TaskId>) -> QueryResult<Vec<TaskId>> {
    let under = under.clone();
    both!(db, |c| within!(under).filter(tasks::id.eq_any(ids)).select(tasks::id).load(c))
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
    const HIERARCHY: i64 = 0x7461_736b_5f75_7000;
    both!(db, pg | c | diesel::select(super::pg_advisory_xact_lock(HIERARCHY)).execute(c)).transpose()?;
    Ok(())
}
