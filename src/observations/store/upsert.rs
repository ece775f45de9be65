//! The one statement that decides, under any concurrency, whether a row is new, changed or known.

use std::collections::HashMap;

use diesel::{
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_query,
    sql_types::{Array, BigInt, Integer, Nullable, Text},
    sqlite::{Sqlite, SqliteConnection},
};

use crate::{
    db::{
        prelude::*,
        schema::observations,
        types::{Instant, ObservationId, sql},
    },
    observations::model::Row,
};

/// What the statement says of a row that it wrote.
#[derive(Debug, QueryableByName)]
pub struct Written {
    #[diesel(sql_type = sql::Uuid)]
    pub id: ObservationId,
    #[diesel(sql_type = Text)]
    indicator: String,
    #[diesel(sql_type = Text)]
    organization: String,
    #[diesel(sql_type = Text)]
    period: String,
    #[diesel(sql_type = Text)]
    breakdown: String,
    #[diesel(sql_type = Integer)]
    pub version: i32,
    #[diesel(sql_type = sql::Instant)]
    pub created_at: Instant,
    #[diesel(sql_type = sql::Instant)]
    pub updated_at: Instant,
}

/// Id, version, first and last moment of a row.
type Now = (ObservationId, i32, Instant, Instant);

impl Written {
    fn of(key: Key, now: Now) -> Self {
        let ((indicator, organization, period, breakdown), (id, version, created_at, updated_at)) = (key, now);
        Self { id, indicator, organization, period, breakdown, version, created_at, updated_at }
    }

    /// The row as it is in the table now.
    #[must_use]
    pub fn onto(&self, row: Row) -> Row {
        let Self { id, version, created_at, updated_at, .. } = *self;
        Row { id, version, created_at, updated_at, ..row }
    }
}

/// Indicator, organization, period and breakdown.
pub type Key = (String, String, String, String);

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

const INTO: &str = "INSERT INTO observations (id, indicator, organization, period, breakdown, numerator, denominator, \
    value, missing, status, source, note, evidence, definition, created_at, updated_at, version) ";

/// What is read of a row that was written or found.
const WRITTEN: &str = "observations.id, observations.indicator, observations.organization, observations.period, \
    observations.breakdown, observations.version, observations.created_at, observations.updated_at";

/// One column of many rows.
macro_rules! column {
    ($rows:expr, $field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect::<Vec<_>>()
    };
}

/// PostgreSQL: all rows at once, as one array for each column.
macro_rules! all_at_once {
    ($rows:expr) => {
        sql_query(format!(
            "{INTO}SELECT id, indicator, organization, period, breakdown, numerator, denominator, value, missing, status, \
             source, note, evidence, definition, created_at, updated_at, 1 \
             FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) WITH ORDINALITY \
             AS pushed (id, indicator, organization, period, breakdown, numerator, denominator, value, missing, status, \
             source, note, evidence, definition, created_at, updated_at, place) ORDER BY place\
             {}{WRITTEN}",
            settle!("greatest", "IS DISTINCT FROM")
        ))
        .bind::<Array<sql::Uuid>, _>(column!($rows, id))
        .bind::<Array<Text>, _>(column!($rows, indicator))
        .bind::<Array<Text>, _>(column!($rows, organization))
        .bind::<Array<Text>, _>(column!($rows, period))
        .bind::<Array<Text>, _>(column!($rows, breakdown))
        .bind::<Array<Nullable<BigInt>>, _>(column!($rows, numerator))
        .bind::<Array<Nullable<BigInt>>, _>(column!($rows, denominator))
        .bind::<Array<Nullable<BigInt>>, _>(column!($rows, value))
        .bind::<Array<Nullable<Text>>, _>(column!($rows, missing))
        .bind::<Array<Text>, _>(column!($rows, status))
        .bind::<Array<Nullable<Text>>, _>(column!($rows, source))
        .bind::<Array<Nullable<Text>>, _>(column!($rows, note))
        .bind::<Array<Text>, _>(column!($rows, evidence))
        .bind::<Array<Integer>, _>(column!($rows, definition))
        .bind::<Array<sql::Instant>, _>(column!($rows, created_at))
        .bind::<Array<sql::Instant>, _>(column!($rows, updated_at))
    };
}

/// PostgreSQL: what the table holds for many keys, found by the unique index.
macro_rules! all_of {
    ($keys:expr) => {
        sql_query(format!(
            "SELECT {WRITTEN} FROM unnest($1, $2, $3, $4) AS wanted (i, o, p, b) JOIN observations \
             ON indicator = i AND organization = o AND period = p AND breakdown = b"
        ))
        .bind::<Array<Text>, _>($keys.iter().map(|key| key.0.clone()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>($keys.iter().map(|key| key.1.clone()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>($keys.iter().map(|key| key.2.clone()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>($keys.iter().map(|key| key.3.clone()).collect::<Vec<_>>())
    };
}

/// Inserts rows and replaces those that say something else; a row that is known so already is not in the answer.
///
/// The rows must be sorted by key, or overlapping pushes could lock each other out.
pub async fn upsert(db: &mut Db, rows: Vec<Row>) -> QueryResult<HashMap<Key, Written>> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let written: Vec<Written> = both!(
        db,
        pg | c | all_at_once!(rows).load(c),
        sqlite
            | c
            | rows.into_iter().try_fold(Vec::new(), |mut all, row| {
                let key = key(&row);
                let written: Option<Now> = One(row).load(c).map(only)?;
                all.extend(written.map(|now| Written::of(key, now)));
                Ok(all)
            })
    )?;
    Ok(by_key(written))
}

/// What the table holds for the keys of these rows.
pub async fn current(db: &mut Db, rows: &[Row]) -> QueryResult<HashMap<Key, Written>> {
    let keys: Vec<Key> = rows.iter().map(key).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<Written> = both!(
        db,
        pg | c | all_of!(keys).load(c),
        sqlite
            | c
            | keys.into_iter().try_fold(Vec::new(), |mut all, key| {
                let found: Option<Now> = observations::table
                    .filter(observations::indicator.eq(key.0.as_str()))
                    .filter(observations::organization.eq(key.1.as_str()))
                    .filter(observations::period.eq(key.2.as_str()))
                    .filter(observations::breakdown.eq(key.3.as_str()))
                    .select((
                        observations::id,
                        observations::version,
                        observations::created_at,
                        observations::updated_at,
                    ))
                    .load(c)
                    .map(only)?;
                all.extend(found.map(|now| Written::of(key, now)));
                Ok(all)
            })
    )?;
    Ok(by_key(found))
}

/// The natural key as text.
#[must_use]
pub fn key(row: &Row) -> Key {
    (row.indicator.to_string(), row.organization.to_string(), row.period.to_string(), row.breakdown.clone())
}

fn by_key(written: Vec<Written>) -> HashMap<Key, Written> {
    let key =
        |one: &Written| (one.indicator.clone(), one.organization.clone(), one.period.clone(), one.breakdown.clone());
    written.into_iter().map(|one| (key(&one), one)).collect()
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
