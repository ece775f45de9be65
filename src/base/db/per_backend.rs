//! An expression whose best form differs between the databases, inside a query whose text is one.

use diesel::{
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sqlite::Sqlite,
};

/// The form for PostgreSQL and the form for SQLite; both mean the same.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct PerBackend<P, S>(pub P, pub S);

impl<P: Expression, S: Expression<SqlType = P::SqlType>> Expression for PerBackend<P, S> {
    type SqlType = P::SqlType;
}

impl<T, P, S> AppearsOnTable<T> for PerBackend<P, S>
where
    Self: Expression,
    P: AppearsOnTable<T>,
    S: AppearsOnTable<T>,
{
}

impl<T, P, S> SelectableExpression<T> for PerBackend<P, S>
where
    Self: AppearsOnTable<T>,
    P: SelectableExpression<T>,
    S: SelectableExpression<T>,
{
}

impl<G, P: ValidGrouping<G>, S> ValidGrouping<G> for PerBackend<P, S> {
    type IsAggregate = P::IsAggregate;
}

impl<P: QueryFragment<Pg>, S> QueryFragment<Pg> for PerBackend<P, S> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<P, S: QueryFragment<Sqlite>> QueryFragment<Sqlite> for PerBackend<P, S> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.1.walk_ast(out)
    }
}
