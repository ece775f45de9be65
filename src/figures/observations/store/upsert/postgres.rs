//! PostgreSQL: all rows of a push in one statement, as one array for each column.

use std::collections::HashMap;

use diesel::{
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Integer, Nullable, Text},
};

use super::{Stored, UpsertResult};
use crate::{
    base::{
        db::{
            prelude::*,
            types::{Decimal, IndicatorCode, Instant, JsonText, LongText, ObservationId, OrgCode, ShortText, sql},
        },
        evidence::Evidence,
    },
    figures::{
        observations::model::{ObservationStatus, Row},
        rollup::Missing,
    },
    reference::calendars::Period,
};

/// The rows by column.
pub struct BulkUpsert {
    ids: Vec<ObservationId>,
    keys: Keys,
    numerators: Vec<Option<Decimal>>,
    denominators: Vec<Option<Decimal>>,
    values: Vec<Option<Decimal>>,
    missing: Vec<Option<Missing>>,
    statuses: Vec<ObservationStatus>,
    sources: Vec<Option<ShortText>>,
    notes: Vec<Option<LongText>>,
    evidence: Vec<JsonText<Vec<Evidence>>>,
    definitions: Vec<i32>,
    created_at: Vec<Instant>,
    updated_at: Vec<Instant>,
}

/// The keys of rows by column.
struct Keys {
    indicators: Vec<IndicatorCode>,
    organizations: Vec<OrgCode>,
    periods: Vec<Period>,
    breakdowns: Vec<String>,
}

/// One column of many rows.
macro_rules! column {
    ($rows:expr, $field:ident) => {
        $rows.iter().map(|row| row.$field.clone()).collect()
    };
}

impl Keys {
    fn of(rows: &[Row]) -> Self {
        Self {
            indicators: column!(rows, indicator),
            organizations: column!(rows, organization),
            periods: column!(rows, period),
            breakdowns: column!(rows, breakdown),
        }
    }
}

impl BulkUpsert {
    /// The rows, in the order of their keys.
    pub fn of(rows: &[Row]) -> Self {
        Self {
            ids: column!(rows, id),
            keys: Keys::of(rows),
            numerators: column!(rows, numerator),
            denominators: column!(rows, denominator),
            values: column!(rows, value),
            missing: column!(rows, missing),
            statuses: column!(rows, status),
            sources: column!(rows, source),
            notes: column!(rows, note),
            evidence: column!(rows, evidence),
            definitions: column!(rows, definition),
            created_at: column!(rows, created_at),
            updated_at: column!(rows, updated_at),
        }
    }
}

/// A row's key.
type Key = (IndicatorCode, OrgCode, Period, String);
/// A row as it is: its place from 1 when it was known so, its key when it was written.
pub type Found = (Option<i64>, Option<IndicatorCode>, Option<OrgCode>, Option<Period>, Option<String>, Stored);
type FoundSql = (
    Nullable<BigInt>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    (sql::Uuid, Integer, sql::Instant, sql::Instant),
);

/// Puts what was found at the places of the rows. One that was neither known nor written has been written by somebody
/// else in the meantime, with the same content: it is looked for again.
pub async fn upserted(db: &mut Db, rows: &[Row], found: Vec<Found>) -> QueryResult<Vec<UpsertResult>> {
    let mut upserted: Vec<Option<UpsertResult>> = vec![None; rows.len()];
    let mut written: HashMap<Key, Stored> = HashMap::new();
    for found in found {
        match found {
            (Some(place), .., now) => put(&mut upserted, place, UpsertResult::of(false, now)),
            (None, Some(indicator), Some(organization), Some(period), Some(breakdown), now) => {
                written.insert((indicator, organization, period, breakdown), now);
            }
            _ => return Err(diesel::result::Error::NotFound),
        }
    }
    if !written.is_empty() {
        for (place, row) in upserted.iter_mut().zip(rows).filter(|(place, _)| place.is_none()) {
            let key = (row.indicator.clone(), row.organization.clone(), row.period, row.breakdown.clone());
            *place = written.get(&key).map(|now| UpsertResult::of(true, *now));
        }
    }
    let raced: Vec<Row> =
        rows.iter().zip(&upserted).filter(|(_, is)| is.is_none()).map(|(row, _)| row.clone()).collect();
    let mut raced = if raced.is_empty() { Vec::new() } else { known(db, raced).await? }.into_iter();
    let all = upserted.into_iter().map(|one| one.or_else(|| raced.next()));
    all.collect::<Option<Vec<_>>>().ok_or(diesel::result::Error::NotFound)
}

fn put(upserted: &mut [Option<UpsertResult>], place: i64, one: UpsertResult) {
    let at = usize::try_from(place - 1).ok();
    if let Some(slot) = at.and_then(|at| upserted.get_mut(at)) {
        *slot = Some(one);
    }
}

/// What the table holds for the keys of these rows, in their order.
async fn known(db: &mut Db, rows: Vec<Row>) -> QueryResult<Vec<UpsertResult>> {
    let found: Vec<Stored> = both!(db, pg | c | Known(Keys::of(&rows)).load(c)).unwrap_or(Ok(Vec::new()))?;
    Ok(found.into_iter().map(|now| UpsertResult::of(false, now)).collect())
}

/// Finds the rows of keys by the unique index.
struct Known(Keys);

impl QueryId for Known {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Known {
    type SqlType = (sql::Uuid, Integer, sql::Instant, sql::Instant);
}

impl QueryFragment<Pg> for Known {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT id, version, created_at, updated_at FROM unnest(");
        self.0.walk(&mut out)?;
        out.push_sql(
            ") WITH ORDINALITY AS wanted (i, o, p, b, place) JOIN observations \
             ON indicator = i AND organization = o AND period = p AND breakdown = b ORDER BY place",
        );
        Ok(())
    }
}

impl Keys {
    fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<Text>, _>(&self.indicators)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.organizations)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.periods)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.breakdowns)
    }
}

impl QueryId for BulkUpsert {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for BulkUpsert {
    type SqlType = FoundSql;
}

/// What is said of a figure besides its key.
macro_rules! content {
    ($of:literal) => {
        concat!(
            "(",
            $of,
            ".numerator, ",
            $of,
            ".denominator, ",
            $of,
            ".value, ",
            $of,
            ".missing, ",
            $of,
            ".status, ",
            $of,
            ".source, ",
            $of,
            ".note, ",
            $of,
            ".evidence)"
        )
    };
}

impl QueryFragment<Pg> for BulkUpsert {
    /// What is known so is only read: an `ON CONFLICT` locks its row, which is a write. A version is never older than
    /// the one before it, whichever request began first.
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH pushed AS MATERIALIZED (SELECT pushed.*, known.id AS known_id, known.version AS known_version, \
            known.created_at AS known_created_at, known.updated_at AS known_updated_at, \
            known.id IS NOT NULL AND ",
        );
        out.push_sql(content!("known"));
        out.push_sql(" IS NOT DISTINCT FROM ");
        out.push_sql(content!("pushed"));
        out.push_sql(" AS is_known FROM unnest(");
        self.walk_columns(&mut out)?;
        out.push_sql(
            ") WITH ORDINALITY AS pushed (id, indicator, organization, period, breakdown, numerator, denominator, value, \
             missing, status, source, note, evidence, definition, created_at, updated_at, place) \
             LEFT JOIN observations known ON known.indicator = pushed.indicator \
             AND known.organization = pushed.organization AND known.period = pushed.period \
             AND known.breakdown = pushed.breakdown), written AS (",
        );
        out.push_sql(
            "INSERT INTO observations (id, indicator, organization, period, breakdown, numerator, denominator, value, \
             missing, status, source, note, evidence, definition, created_at, updated_at, version) \
             SELECT id, indicator, organization, period, breakdown, numerator, denominator, value, missing, status, \
             source, note, evidence, definition, created_at, updated_at, 1 FROM pushed WHERE NOT is_known ORDER BY place \
             ON CONFLICT (indicator, organization, period, breakdown) DO UPDATE SET numerator = excluded.numerator, \
             denominator = excluded.denominator, value = excluded.value, missing = excluded.missing, \
             status = excluded.status, source = excluded.source, note = excluded.note, evidence = excluded.evidence, \
             definition = excluded.definition, version = observations.version + 1, \
             updated_at = greatest(observations.updated_at, excluded.updated_at) WHERE ",
        );
        out.push_sql(content!("observations"));
        out.push_sql(" IS DISTINCT FROM ");
        out.push_sql(content!("excluded"));
        out.push_sql(
            " RETURNING id, indicator, organization, period, breakdown, version, created_at, updated_at) \
             SELECT place, NULL, NULL, NULL, NULL, known_id, known_version, known_created_at, known_updated_at \
             FROM pushed WHERE is_known UNION ALL \
             SELECT NULL, indicator, organization, period, breakdown, id, version, created_at, updated_at FROM written",
        );
        Ok(())
    }
}

impl BulkUpsert {
    fn walk_columns<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param::<Array<sql::Uuid>, _>(&self.ids)?;
        out.push_sql(", ");
        self.keys.walk(out)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.numerators)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.denominators)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.values)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.missing)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.statuses)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.sources)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Text>>, _>(&self.notes)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Text>, _>(&self.evidence)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Integer>, _>(&self.definitions)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql::Instant>, _>(&self.created_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<sql::Instant>, _>(&self.updated_at)
    }
}
