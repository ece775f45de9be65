//! A list from a side table, read in the statement of its row: two statements on a shared connection are of two moments.

use diesel::{
    QueryResult,
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::Text,
    sqlite::Sqlite,
};

/// A subquery that answers a JSON array as text, in each database's own words.
#[derive(Debug, Clone, Copy)]
pub struct Gathered {
    /// For PostgreSQL.
    pub pg: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
}

impl Expression for Gathered {
    type SqlType = Text;
}

impl<Source> AppearsOnTable<Source> for Gathered {}

impl<Source> SelectableExpression<Source> for Gathered {}

impl<Grouping> ValidGrouping<Grouping> for Gathered {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for Gathered {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for Gathered {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        push(self.pg, out)
    }
}

impl QueryFragment<Sqlite> for Gathered {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        push(self.sqlite, out)
    }
}

fn push<DB: Backend>(sql: &str, mut out: AstPass<'_, '_, DB>) -> QueryResult<()> {
    out.push_sql(sql);
    Ok(())
}
