//! Where a row of `organizations` stands to the top of a part of the tree, which is named by its code.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
    sqlite::Sqlite,
};

use crate::base::subtree::Subtree;

/// It is the top or stands below it: its path leads through the top. For rows that are found by something else.
#[derive(Debug, Clone, QueryId)]
pub struct Inside(String);

/// The same for all rows of the part, which the index of the paths finds.
#[derive(Debug, Clone, QueryId)]
pub struct Among {
    top: String,
    /// The end of the paths when nothing is the top; without it the end of nothing.
    end: &'static str,
}

/// It stands above the top, or is it: the path of the top begins with its own.
#[derive(Debug, Clone, QueryId)]
pub struct Above(String);

impl Inside {
    /// The part.
    #[must_use]
    pub fn of(under: &Subtree) -> Self {
        // Every path holds a slash: of the whole tree all are inside.
        Self(under.top().map_or_else(|| "/".to_owned(), |code| format!("/{code}/")))
    }
}

impl Among {
    /// The part.
    #[must_use]
    pub fn of(under: &Subtree) -> Self {
        let end = if under.top().is_none() { "\u{10FFFF}" } else { "" };
        Self { top: under.top().unwrap_or_default().to_owned(), end }
    }
}

impl Above {
    /// The part.
    #[must_use]
    pub fn of(under: &Subtree) -> Self {
        Self(under.top().unwrap_or_default().to_owned())
    }
}

macro_rules! condition {
    ($($name:ident),*) => { $(
        impl Expression for $name {
            type SqlType = Bool;
        }

        impl<Source> AppearsOnTable<Source> for $name {}

        impl<Source> SelectableExpression<Source> for $name {}

        impl<Grouping> ValidGrouping<Grouping> for $name {
            type IsAggregate = is_aggregate::Never;
        }
    )* };
}

condition!(Inside, Among, Above);

/// The path of the top, whose code is bound next.
const TOP: &str = "(SELECT top.path FROM organizations top WHERE top.code = ";

impl QueryFragment<Pg> for Inside {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("strpos('/' || organizations.path, ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(") > 0");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Inside {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("instr('/' || organizations.path, ");
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql(") > 0");
        Ok(())
    }
}

impl QueryFragment<Pg> for Above {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("strpos(");
        out.push_sql(TOP);
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("), organizations.path) = 1");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Above {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("instr(");
        out.push_sql(TOP);
        out.push_bind_param::<Text, _>(&self.0)?;
        out.push_sql("), organizations.path) = 1");
        Ok(())
    }
}

/// From the path of the top up to what sorts behind all that begin with it: every path ends with `/`, and `0` is the
/// character after it.
macro_rules! among {
    ($($backend:ty),*) => { $(
        impl QueryFragment<$backend> for Among {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                out.push_sql("(organizations.path >= coalesce(");
                out.push_sql(TOP);
                out.push_bind_param::<Text, _>(&self.top)?;
                out.push_sql("), '') AND organizations.path < coalesce(");
                out.push_sql("(SELECT rtrim(top.path, '/') || '0' FROM organizations top WHERE top.code = ");
                out.push_bind_param::<Text, _>(&self.top)?;
                out.push_sql("), ");
                out.push_bind_param::<Text, _>(self.end)?;
                out.push_sql("))");
                Ok(())
            }
        }
    )* };
}

among!(Pg, Sqlite);
