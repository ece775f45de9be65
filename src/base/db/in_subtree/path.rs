//! Whether the path of one row's organization leads through the top of a part of the tree, looked up for that row alone.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

use crate::base::subtree::Subtree;

/// The organization `C` of a row stands in the part, as PostgreSQL is asked it.
#[derive(Debug, Clone, QueryId)]
pub struct LeadsThrough<C> {
    organization: C,
    top: String,
}

impl<C> LeadsThrough<C> {
    /// The part, and the column that names the organization.
    #[must_use]
    pub fn of(under: &Subtree, organization: C) -> Self {
        // Every path holds a slash: of the whole tree all are inside.
        Self { organization, top: under.top().map_or_else(|| "/".to_owned(), |code| format!("/{code}/")) }
    }
}

impl<C: Expression> Expression for LeadsThrough<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<Source>, Source> AppearsOnTable<Source> for LeadsThrough<C> {}

impl<C: SelectableExpression<Source>, Source> SelectableExpression<Source> for LeadsThrough<C> {}

impl<C, Grouping> ValidGrouping<Grouping> for LeadsThrough<C> {
    type IsAggregate = is_aggregate::Never;
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for LeadsThrough<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("strpos('/' || (SELECT place.path FROM organizations place WHERE place.code = ");
        self.organization.walk_ast(out.reborrow())?;
        out.push_sql("), ");
        out.push_bind_param::<Text, _>(&self.top)?;
        out.push_sql(") > 0");
        Ok(())
    }
}
