//! The change of a task as a statement that is prepared once: diesel prepares its own `UPDATE` anew each time.

use diesel::{
    query_builder::{AstPass, QueryFragment, QueryId},
    sqlite::SqliteConnection,
};

use super::{Task, tasks};
use crate::base::db::{
    prelude::*,
    types::{TaskId, sql},
};

/// Every column but the id, with its new value. Null is a value here (`treat_none_as_null`), so the statement's text is
/// always the same, which is what makes it safe to keep prepared.
type Changes = <(Task, diesel::dsl::Eq<tasks::search, String>) as AsChangeset>::Changeset;

/// Puts a new version of a task in the place of the old.
pub struct Replace {
    id: TaskId,
    changes: Changes,
}

impl Replace {
    /// The version that is to stand.
    pub fn by(task: Task) -> Self {
        let (id, search) = (task.id, tasks::search.eq(task.search_text()));
        Self { id, changes: (task, search).as_changeset() }
    }
}

impl QueryId for Replace {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl diesel::RunQueryDsl<SqliteConnection> for Replace {}

impl<DB: diesel::backend::Backend> QueryFragment<DB> for Replace
where
    Changes: QueryFragment<DB>,
    DB: diesel::sql_types::HasSqlType<sql::Uuid>,
    TaskId: diesel::serialize::ToSql<sql::Uuid, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE tasks SET ");
        self.changes.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<sql::Uuid, _>(&self.id)
    }
}
