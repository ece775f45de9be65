//! Figures in the order of their keys, one batch after another of one snapshot.

use diesel::{dsl::sql, sql_types::Bool, sqlite::Sqlite};

use super::{alike, matching, within};
use crate::{
    base::{
        db::{
            cursor::{Declare, Fetch, ROWS},
            in_subtree,
            prelude::*,
            schema::observations::{self, dsl},
        },
        subtree::Subtree,
    },
    figures::observations::model::{ObservationFilter, Row},
};

/// PostgreSQL's name of the open result.
const CURSOR: &str = "figures";

/// The figures that match, in the order of the unique index of their keys: SQLite would gather and sort them anew for each
/// batch.
macro_rules! in_order {
    ($under:expr, $filter:expr) => {
        matching!($under, $filter, true).order((dsl::indicator, dsl::period, dsl::organization, dsl::breakdown))
    };
}

/// The next rows after `last`, or the first; none at the end. The first call opens a cursor on PostgreSQL, which lives
/// as long as the transaction; on SQLite each call goes on in the index from where the last one ended.
pub async fn next(
    db: &mut Db,
    under: &Subtree,
    filter: &ObservationFilter,
    last: Option<&Row>,
) -> QueryResult<Vec<Row>> {
    let (under, mut filter, last) = (under.clone(), filter.clone(), last.cloned());
    if last.is_none() {
        let (under, filter) = (under.clone(), filter.clone());
        both!(db, pg | c | Declare(CURSOR, in_order!(under, filter).select(Row::as_select())).execute(c))
            .transpose()?;
    }
    both!(
        db,
        pg | c | Fetch::<Row>::from(CURSOR).load(c),
        sqlite | c | {
            let (is_of_one_indicator, is_of_one_period) = (filter.indicator.is_some(), filter.period.is_some());
            let period = filter.period.take_if(|_| !is_of_one_indicator);
            let mut query = in_order!(under, filter).limit(ROWS);
            if let Some(period) = period {
                // The plus keeps SQLite in the index of the keys: another would have to be sorted for each batch.
                query = query.filter(sql::<Bool>("+observations.period = ").bind::<Text, _>(period));
            }
            if let Some(row) = last {
                if is_of_one_indicator && is_of_one_period {
                    query = query.filter(dsl::organization.ge(row.organization.clone()));
                }
                query = query.filter(beyond(row, is_of_one_indicator));
            }
            query.select(Row::as_select()).load(c)
        }
    )
}

/// The keys after that of a row, as row values, which SQLite finds in the index.
fn beyond(
    row: Row,
    is_of_one_indicator: bool,
) -> Box<dyn BoxableExpression<observations::table, Sqlite, SqlType = Bool>> {
    let (period, organization, breakdown) = (row.period, row.organization, row.breakdown);
    if is_of_one_indicator {
        let key = "(observations.period, observations.organization, observations.breakdown) > (";
        let key = sql::<Bool>(key).bind::<Text, _>(period).sql(", ").bind::<Text, _>(organization).sql(", ");
        return Box::new(key.bind::<Text, _>(breakdown).sql(")"));
    }
    let key = "(observations.indicator, observations.period, observations.organization, observations.breakdown) > (";
    let key = sql::<Bool>(key).bind::<Text, _>(row.indicator).sql(", ").bind::<Text, _>(period).sql(", ");
    Box::new(key.bind::<Text, _>(organization).sql(", ").bind::<Text, _>(breakdown).sql(")"))
}
