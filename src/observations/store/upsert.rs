//! The one statement that decides, under any concurrency, whether a row is new, changed or known.

use diesel::{
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Integer, Nullable, Text},
    sqlite::{Sqlite, SqliteConnection},
};

use futures_util::TryFutureExt;

use super::at_once::{self, AllAtOnce, Found};
use crate::{
    db::{
        prelude::*,
        schema::observations,
        types::{Instant, ObservationId, sql},
    },
    observations::model::Row,
};

/// What the table holds for a row that was pushed.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    /// Whether this push wrote it; otherwise it was known so.
    pub is_written: bool,
    pub id: ObservationId,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Id, version, first and last moment of a row.
pub(super) type Now = (ObservationId, i32, Instant, Instant);

impl Settled {
    pub(super) fn of(is_written: bool, (id, version, created_at, updated_at): Now) -> Self {
        Self { is_written, id, version, created_at, updated_at }
    }

    /// The row as it is in the table now.
    #[must_use]
    pub fn onto(&self, row: Row) -> Row {
        let Self { id, version, created_at, updated_at, .. } = *self;
        Row { id, version, created_at, updated_at, ..row }
    }
}

/// What follows the rows to insert. `latest` is the larger of two instants: a version is never older than the one
/// before it, whichever request began first.
macro_rules! settle {
    ($latest:literal, $differs:literal) => {
        concat!(
            " ON CONFLICT (indicator, organization, period, breakdown) DO UPDATE SET numerator = excluded.numerator, ",
            "denominator = excluded.denominator, value = excluded.value, missing = excluded.missing, ",
            "status = excluded.status, source = excluded.source, note = excluded.note, ",
            "evidence = excluded.evidence, definition = excluded.definition, version = observations.version + 1, ",
            "updated_at = ",
            $latest,
            "(observations.updated_at, excluded.updated_at) ",
            "WHERE (observations.numerator, observations.denominator, observations.value, observations.missing, ",
            "observations.status, observations.source, observations.note, observations.evidence) ",
            $differs,
            " (excluded.numerator, excluded.denominator, excluded.value, excluded.missing, ",
            "excluded.status, excluded.source, excluded.note, excluded.evidence) ",
            "RETURNING "
        )
    };
}

pub(super) const INTO: &str = "INSERT INTO observations (id, indicator, organization, period, breakdown, numerator, denominator, \
    value, missing, status, source, note, evidence, definition, created_at, updated_at, version) ";

pub(super) use settle;

/// Inserts rows and replaces those that say something else; answers how each is settled, in the order given.
///
/// The rows must be sorted by key, or overlapping pushes could lock each other out.
pub async fn upsert(db: &mut Db, rows: &[Row]) -> QueryResult<Vec<Settled>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let owned = if matches!(db, Db::Sqlite(_)) { rows.to_vec() } else { Vec::new() };
    let answer = both!(
        db,
        pg | c | AllAtOnce::of(rows).load(c).map_ok(Answer::ByKey),
        sqlite
            | c
            | owned
                .into_iter()
                .map(|row| {
                    let key = (row.indicator.clone(), row.organization.clone(), row.period, row.breakdown.clone());
                    if let Some(now) = One(row).load(c).map(only)? {
                        return Ok(Settled::of(true, now));
                    }
                    let known = observations::table
                        .filter(observations::indicator.eq(key.0).and(observations::organization.eq(key.1)))
                        .filter(observations::period.eq(key.2).and(observations::breakdown.eq(key.3)))
                        .select((
                            observations::id,
                            observations::version,
                            observations::created_at,
                            observations::updated_at,
                        ))
                        .get_result(c)?;
                    Ok(Settled::of(false, known))
                })
                .collect::<QueryResult<_>>()
                .map(Answer::InOrder)
    )?;
    match answer {
        Answer::ByKey(found) => at_once::settled(db, rows, found).await,
        Answer::InOrder(settled) => Ok(settled),
    }
}

/// What each database says.
enum Answer {
    ByKey(Vec<Found>),
    InOrder(Vec<Settled>),
}

/// SQLite: one row, as a statement that is prepared once.
struct One(Row);

impl QueryId for One {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for One {
    type SqlType = (sql::Uuid, Integer, sql::Instant, sql::Instant);
}

impl diesel::RunQueryDsl<SqliteConnection> for One {}

impl QueryFragment<Sqlite> for One {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let row = &self.0;
        out.push_sql(INTO);
        out.push_sql("VALUES (");
        out.push_bind_param::<sql::Uuid, _>(&row.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.indicator)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.organization)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.period)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.breakdown)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.numerator)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.denominator)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&row.value)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&row.missing)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.status)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&row.source)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&row.note)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&row.evidence)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&row.definition)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Instant, _>(&row.created_at)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Instant, _>(&row.updated_at)?;
        out.push_sql(", 1)");
        out.push_sql(settle!("max", "IS NOT"));
        out.push_sql("id, version, created_at, updated_at");
        Ok(())
    }
}
