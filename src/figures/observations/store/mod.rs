//! Figures in the database: the current version of each; what they were before is in the log.

mod export;
mod upsert;

pub use export::next;
pub use upsert::{UpsertResult, upsert};

use super::model::{ObservationFilter, Row};
use crate::{
    base::{
        db::{
            in_subtree,
            prelude::*,
            schema::{
                changes,
                observations::{self, dsl},
            },
            types::{Instant, ObservationId},
        },
        log::{Change, Subject},
        subtree::Subtree,
    },
    reference::calendars::{Frequency, Period},
};

/// Rows about organizations of the part of the tree.
macro_rules! within {
    ($under:expr) => {{
        use $crate::base::db::{Among, schema::organizations};
        let part = organizations::table.filter(Among::of(&$under)).select(organizations::code);
        observations::table.filter(dsl::organization.eq_any(part))
    }};
}

/// Rows that match a filter, for the list and its count alike. With `as_of` the status was perhaps another then: rows
/// that have changed since pass, for the version of that time to be looked at. `$one_by_one`: SQLite looks at the place of
/// each row that it meets, and does not gather the rows of the part first.
macro_rules! matching {
    ($under:expr, $filter:expr) => {
        matching!($under, $filter, $filter.organization.is_some() || $under.is_whole())
    };
    ($under:expr, $filter:expr, $one_by_one:expr) => {{
        let mut query = if $one_by_one {
            observations::table.filter(in_subtree!(dsl::organization, $under)).into_boxed()
        } else {
            within!($under).into_boxed()
        };
        if let Some(organization) = $filter.organization {
            query = query.filter(dsl::organization.eq(organization));
        }
        if let Some(indicator) = $filter.indicator {
            query = query.filter(dsl::indicator.eq(indicator));
        }
        if let Some(period) = $filter.period {
            query = query.filter(dsl::period.eq(period));
        }
        if let Some(from) = $filter.period_from {
            query = query.filter(dsl::period.ge(from).and(dsl::period.like(alike(from))));
        }
        if let Some(to) = $filter.period_to {
            query = query.filter(dsl::period.le(to).and(dsl::period.like(alike(to))));
        }
        match ($filter.as_of, $filter.status) {
            (None, None) => query,
            (None, Some(status)) => query.filter(dsl::status.eq(status)),
            (Some(at), None) => query.filter(dsl::created_at.le(at.0)),
            (Some(at), Some(status)) => {
                query.filter(dsl::created_at.le(at.0)).filter(dsl::status.eq(status).or(dsl::updated_at.gt(at.0)))
            }
        }
    }};
}

pub(crate) use matching;
pub(crate) use within;

/// The `LIKE` pattern of the periods of one frequency; within it their names sort by time.
fn alike(period: Period) -> String {
    let letter = match period.frequency() {
        Frequency::Month => 'M',
        Frequency::Quarter => 'Q',
        Frequency::HalfYear => 'S',
        Frequency::NineMonths => '9',
        Frequency::Year => 'A',
    };
    format!("____-{letter}%")
}

/// The figures that match, by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &ObservationFilter,
    after: Option<ObservationId>,
    rows: i64,
) -> QueryResult<Vec<Row>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter);
        if let Some(after) = after {
            query = query.filter(dsl::id.gt(after));
        }
        query.order(dsl::id).limit(rows).select(Row::as_select()).load(c)
    })
}

/// How many figures match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &ObservationFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter).count().get_result(c))
}

/// One figure about the part of the tree.
pub async fn find(db: &mut Db, under: &Subtree, id: ObservationId) -> QueryResult<Option<Row>> {
    let under = under.clone();
    both!(db, |c| observations::table
        .filter(in_subtree!(dsl::organization, under, alone))
        .filter(dsl::id.eq(id))
        .select(Row::as_select())
        .load(c))
    .map(only)
}

/// The versions of figures up to a moment, as the log has them, oldest first.
pub async fn versions_until(db: &mut Db, ids: &[ObservationId], at: Instant) -> QueryResult<Vec<Change>> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    both!(db, |c| changes::table
        .filter(changes::subject.eq(Subject::Observation).and(changes::subject_id.eq_any(ids)))
        .filter(changes::recorded_at.le(at))
        .order((changes::subject_id, changes::version))
        .select(Change::as_select())
        .load(c))
}
