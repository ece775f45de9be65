//! A list from a side table, read in the statement of its row: two statements on a shared connection are of two moments.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::Text,
    sqlite::Sqlite,
};

/// A subquery that answers a JSON array as text, in each database's own words.
#[derive(Debug, Clone, Copy)]
pub struct JsonAggregate {
    /// For PostgreSQL.
    pub pg: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
}

impl Expression for JsonAggregate {
    type SqlType = Text;
}

impl<Source> AppearsOnTable<Source> for JsonAggregate {}

impl<Source> SelectableExpression<Source> for JsonAggregate {}

impl<Grouping> ValidGrouping<Grouping> for JsonAggregate {
    type IsAggregate = is_aggregate::Never;
}

impl QueryId for JsonAggregate {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Pg> for JsonAggregate {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.pg);
        Ok(())
    }
}

impl QueryFragment<Sqlite> for JsonAggregate {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.sqlite);
        Ok(())
    }
}
