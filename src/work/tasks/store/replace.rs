//! The change of a task as a statement that is prepared once: diesel prepares its own `UPDATE` anew each time.

use diesel::{
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Date, Integer, Nullable},
    sqlite::{Sqlite, SqliteConnection},
};

use super::Task;
use crate::base::db::{prelude::*, types::sql};

/// Puts a new version of a task in the place of the old.
pub struct Replace {
    task: Task,
    search: String,
}

impl Replace {
    /// The version that is to stand.
    pub fn by(task: Task) -> Self {
        Self { search: task.search_text(), task }
    }
}

impl QueryId for Replace {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl diesel::RunQueryDsl<SqliteConnection> for Replace {}

/// Every column but the id, with its type in the database.
macro_rules! replace {
    ($backend:ty) => {
        replace! { $backend:
            code: Nullable<Text>,
            source: Nullable<Text>,
            source_key: Nullable<Text>,
            title: Text,
            description: Nullable<Text>,
            document: Nullable<sql::Uuid>,
            clause: Nullable<Text>,
            group: Nullable<Text>,
            parent: Nullable<sql::Uuid>,
            lead: Text,
            coordinators: Text,
            leader: Nullable<Text>,
            assigned_on: Nullable<Date>,
            start_on: Nullable<Date>,
            due_on: Nullable<Date>,
            first_due_on: Nullable<Date>,
            recurrence: Text,
            deliverable: Nullable<Text>,
            planned_vnd: Nullable<BigInt>,
            priority: Text,
            state: Text,
            percent: BigInt,
            spent_vnd: Nullable<BigInt>,
            results: Nullable<Text>,
            completed_on: Nullable<Date>,
            indicators: Text,
            superseded_by: Nullable<sql::Uuid>,
            version: Integer,
            created_at: sql::Instant,
            updated_at: sql::Instant,
        }
    };
    ($backend:ty: $($column:ident: $kind:ty,)+) => {
        impl QueryFragment<$backend> for Replace {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                let Self { task, search } = self;
                out.push_sql("UPDATE tasks SET search = ");
                out.push_bind_param::<Text, _>(search)?;
                $(
                    out.push_sql(", ");
                    out.push_identifier(stringify!($column))?;
                    out.push_sql(" = ");
                    out.push_bind_param::<$kind, _>(&task.$column)?;
                )+
                out.push_sql(" WHERE id = ");
                out.push_bind_param::<sql::Uuid, _>(&task.id)
            }
        }
    };
}

replace!(Pg);
replace!(Sqlite);
