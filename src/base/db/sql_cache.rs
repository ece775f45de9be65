//! Statements of PostgreSQL whose text is written once. Diesel writes the text of a query anew each time that it is run,
//! which costs more than a point read's answer; the text of a query whose type says all of it never changes.

use std::{
    any::TypeId,
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
};

use diesel::{
    pg::{Pg, PgQueryBuilder},
    query_builder::{AsQuery, AstPass, Query, QueryBuilder, QueryFragment, QueryId},
    result::QueryResult,
};
use diesel_async::{
    AsyncPgConnection,
    methods::{ExecuteDsl, LoadQuery},
};

/// What is always the same about a query.
#[derive(Debug, PartialEq)]
struct Known {
    text: String,
    may_be_prepared: bool,
}

thread_local! {
    /// This thread's queries, by what the statement cache knows them by.
    static KNOWN: RefCell<HashMap<TypeId, Known>> = RefCell::default();
}

/// A query whose text is looked up.
pub struct Remembered<Q>(Q);

impl<Q: QueryId> QueryId for Remembered<Q> {
    type QueryId = Q::QueryId;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Remembered<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<Pg> + QueryId> QueryFragment<Pg> for Remembered<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn to_sql(&self, out: &mut PgQueryBuilder, backend: &Pg) -> QueryResult<()> {
        match self.look_up(|known| out.push_sql(&known.text)) {
            Some(pushed) => pushed,
            None => self.0.to_sql(out, backend),
        }
    }

    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        let known = self.look_up(|known| known.may_be_prepared);
        known.unwrap_or_else(|| self.0.is_safe_to_cache_prepared(backend))
    }
}

impl<Q: QueryFragment<Pg> + QueryId> Remembered<Q> {
    /// What is known of the query; `None` when its type does not say all of its text.
    fn look_up<T>(&self, take: impl FnOnce(&Known) -> T) -> Option<QueryResult<T>> {
        let id = Q::query_id()?;
        Some(KNOWN.with_borrow_mut(|all| match all.entry(id) {
            Entry::Occupied(known) => {
                // So that every test proves it of every statement that it sends.
                debug_assert_eq!(self.known().as_ref(), Ok(known.get()), "one id, two texts");
                Ok(take(known.get()))
            }
            Entry::Vacant(place) => Ok(take(place.insert(self.known()?))),
        }))
    }

    fn known(&self) -> QueryResult<Known> {
        let mut builder = PgQueryBuilder::default();
        self.0.to_sql(&mut builder, &Pg)?;
        Ok(Known { text: builder.finish(), may_be_prepared: self.0.is_safe_to_cache_prepared(&Pg)? })
    }
}

/// What diesel's own `RunQueryDsl` does, with the text of the query remembered.
pub trait RunQueryDsl: Sized {
    /// All rows.
    fn load<'c, U: Send + 'static>(
        self,
        connection: &mut &'c AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<Vec<U>>>
    where
        Self: AsQuery<Query: 'static>,
        Remembered<Self::Query>: LoadQuery<'c, &'c AsyncPgConnection, U>,
    {
        diesel_async::RunQueryDsl::load(Remembered(self.as_query()), connection)
    }

    /// The first row, which must be there.
    fn get_result<'c, U: Send + 'static>(
        self,
        connection: &mut &'c AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<U>>
    where
        Self: AsQuery<Query: 'static>,
        Remembered<Self::Query>: LoadQuery<'c, &'c AsyncPgConnection, U>,
    {
        diesel_async::RunQueryDsl::get_result(Remembered(self.as_query()), connection)
    }

    /// How many rows it was about.
    fn execute<'c>(self, connection: &mut &'c AsyncPgConnection) -> impl Future<Output = QueryResult<usize>>
    where
        Remembered<Self>: ExecuteDsl<&'c AsyncPgConnection>,
    {
        diesel_async::RunQueryDsl::execute(Remembered(self), connection)
    }
}

impl<Q> RunQueryDsl for Q {}
