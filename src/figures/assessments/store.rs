//! What assessments read: indicators, their targets, and what was reported.

use crate::{
    base::{
        db::{
            Above, Inside,
            prelude::*,
            schema::{indicator_targets, indicators, observations, organizations},
            types::{DocumentId, IndicatorCode, Inline, OrgCode, ShortText},
        },
        subtree::Subtree,
    },
    figures::rollup::Reported,
    reference::{
        calendars::{Frequency, Period},
        indicators::model::IndicatorKind,
    },
};

/// What an assessment needs to know of an indicator.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = indicators)]
pub struct Indicator {
    /// Its code.
    pub code: IndicatorCode,
    /// Its name.
    pub name: ShortText,
    /// What it is counted in.
    pub unit: ShortText,
    /// What kind of number it is.
    pub kind: IndicatorKind,
    /// Adds up over time.
    pub flow: bool,
    /// How often it is reported.
    pub frequency: Option<Frequency>,
}

/// Which indicators are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this one.
    pub code: Option<IndicatorCode>,
    /// Only from this code on.
    pub from: Option<String>,
    /// Only of these documents.
    pub documents: Option<Vec<DocumentId>>,
}

/// The indicators that a caller may read, by code: those of its subtree and those that stand over it.
pub async fn indicators(db: &mut Db, readable: &Subtree, wanted: Wanted) -> QueryResult<Vec<Indicator>> {
    let readable = readable.clone();
    both!(db, |c| {
        let near = Inside::of(&readable).or(Above::of(&readable));
        let mut query = indicators::table.inner_join(organizations::table).filter(near).into_boxed();
        if let Some(code) = wanted.code {
            query = query.filter(indicators::code.eq(code));
        }
        if let Some(from) = wanted.from {
            query = query.filter(indicators::code.ge(from));
        }
        if let Some(documents) = wanted.documents {
            query = query.filter(indicators::document.eq_any(documents));
        }
        query.order(indicators::code).select(Indicator::as_select()).load(c)
    })
}

/// Indicator, path and code of the organizations of the part that have a target of their own, for the year or for any.
pub async fn targeted(
    db: &mut Db,
    under: &Subtree,
    indicators: Vec<IndicatorCode>,
    year: i32,
) -> QueryResult<Vec<(IndicatorCode, Inline, OrgCode)>> {
    let under = under.clone();
    both!(db, |c| {
        let (from, to) = under.range();
        indicator_targets::table
            .inner_join(organizations::table.on(indicator_targets::organization.eq(organizations::code.nullable())))
            .filter(indicator_targets::indicator.eq_any(indicators))
            .filter(indicator_targets::year.is_null().or(indicator_targets::year.eq(year)))
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .order((indicator_targets::indicator, organizations::path))
            .distinct()
            .select((indicator_targets::indicator, organizations::path, organizations::code))
            .load(c)
    })
}

/// What the organizations of the part reported of these indicators for these periods.
pub async fn rows(
    db: &mut Db,
    under: &Subtree,
    indicators: Vec<IndicatorCode>,
    periods: Vec<Period>,
) -> QueryResult<Vec<Reported>> {
    let under = under.clone();
    both!(db, |c| {
        let (from, to) = under.range();
        observations::table
            .inner_join(organizations::table)
            .filter(observations::indicator.eq_any(indicators).and(observations::period.eq_any(periods)))
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .select((
                observations::indicator,
                organizations::path,
                organizations::code,
                observations::period,
                observations::breakdown.eq(""),
                observations::numerator,
                observations::denominator,
                observations::value,
                observations::missing,
            ))
            .load(c)
    })
}
