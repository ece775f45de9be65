//! A result that PostgreSQL keeps open and hands out a part at a time, for as long as the transaction lasts.

use std::marker::PhantomData;

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// How many rows one part has.
pub const ROWS: i64 = 500;

/// Opens the result of a query under a name.
pub struct Declare<Q>(pub &'static str, pub Q);

impl<Q> QueryId for Declare<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Declare<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("DECLARE ");
        out.push_sql(self.0);
        out.push_sql(" NO SCROLL CURSOR FOR ");
        self.1.walk_ast(out)
    }
}

/// The next rows of the result with that name; `T` is the row that the query selects.
pub struct Fetch<T>(&'static str, PhantomData<fn() -> T>);

impl<T> Fetch<T> {
    /// From the result that was opened under the name.
    #[must_use]
    pub fn from(name: &'static str) -> Self {
        Self(name, PhantomData)
    }
}

impl<T> QueryId for Fetch<T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Selectable<Pg>> Query for Fetch<T> {
    type SqlType = <T::SelectExpression as Expression>::SqlType;
}

impl<T> QueryFragment<Pg> for Fetch<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(&format!("FETCH FORWARD {ROWS} FROM "));
        out.push_sql(self.0);
        Ok(())
    }
}
