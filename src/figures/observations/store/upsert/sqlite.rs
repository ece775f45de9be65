//! SQLite: the rows of a push one after another, in the transaction of the only writer.

use diesel::{
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Integer, Nullable, Text},
    sqlite::{Sqlite, SqliteConnection},
};

use super::{Stored, UpsertResult};
use crate::{
    base::db::{only, schema::observations::dsl, types::sql},
    figures::observations::model::Row,
};

/// Looks at the row that is there, and writes only what says something else.
pub fn upsert_one(connection: &mut SqliteConnection, row: Row) -> QueryResult<UpsertResult> {
    match known(connection, &row)? {
        Some((now, true)) => Ok(UpsertResult::of(false, now)),
        Some((now, false)) => replace(connection, row, now),
        None => {
            let now = (row.id, row.version, row.created_at, row.updated_at);
            diesel::insert_into(dsl::observations).values(row).execute(connection)?;
            Ok(UpsertResult::of(true, now))
        }
    }
}

/// The row of the same key, and whether it says the same.
fn known(connection: &mut SqliteConnection, row: &Row) -> QueryResult<Option<(Stored, bool)>> {
    let says_so = (dsl::numerator.is(row.numerator).and(dsl::denominator.is(row.denominator)))
        .and(dsl::value.is(row.value).and(dsl::missing.is(row.missing)).and(dsl::status.is(row.status)))
        .and(dsl::source.is(&row.source).and(dsl::note.is(&row.note)).and(dsl::evidence.is(&row.evidence)));
    dsl::observations
        .filter(dsl::indicator.eq(&row.indicator).and(dsl::period.eq(row.period)))
        .filter(dsl::organization.eq(&row.organization).and(dsl::breakdown.eq(&row.breakdown)))
        .select(((dsl::id, dsl::version, dsl::created_at, dsl::updated_at), says_so))
        .load(connection)
        .map(only)
}

/// The next version. It is never older than the one before it, whichever request began first.
fn replace(connection: &mut SqliteConnection, row: Row, now: Stored) -> QueryResult<UpsertResult> {
    let (id, version, created_at, updated_at) = (now.0, now.1 + 1, now.2, now.3.max(row.updated_at));
    Replacement(Row { id, version, created_at, updated_at, ..row }).execute(connection)?;
    Ok(UpsertResult::of(true, (id, version, created_at, updated_at)))
}

/// What a row says from now on. Diesel's own update would be prepared anew for each row.
struct Replacement(Row);

impl QueryId for Replacement {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for Replacement {}

impl QueryFragment<Sqlite> for Replacement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let row = &self.0;
        out.push_sql("UPDATE observations SET numerator = ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.numerator)?;
        out.push_sql(", denominator = ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.denominator)?;
        out.push_sql(", value = ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.value)?;
        out.push_sql(", missing = ");
        out.push_bind_param::<Nullable<Text>, _>(&row.missing)?;
        out.push_sql(", status = ");
        out.push_bind_param::<Text, _>(&row.status)?;
        out.push_sql(", source = ");
        out.push_bind_param::<Nullable<Text>, _>(&row.source)?;
        out.push_sql(", note = ");
        out.push_bind_param::<Nullable<Text>, _>(&row.note)?;
        out.push_sql(", evidence = ");
        out.push_bind_param::<Text, _>(&row.evidence)?;
        out.push_sql(", definition = ");
        out.push_bind_param::<Integer, _>(&row.definition)?;
        out.push_sql(", version = ");
        out.push_bind_param::<Integer, _>(&row.version)?;
        out.push_sql(", updated_at = ");
        out.push_bind_param::<sql::Instant, _>(&row.updated_at)?;
        out.push_sql(" WHERE id = ");
        out.push_bind_param::<sql::Uuid, _>(&row.id)
    }
}
