//! Indicators and their targets in the database.

use super::model::{Indicator, IndicatorFilter, IndicatorTargets, Target, TargetOp};
use crate::base::{
    db::{
        Above, Inside,
        prelude::*,
        schema::{
            indicator_targets as targets,
            indicators::{self, dsl},
            observations, organizations,
        },
        types::{Decimal, IndicatorCode, OrgCode, holding},
    },
    subtree::Subtree,
};

/// Rows whose owner is in the part of the tree. A subquery and not a join: a lock must not lock the owner too.
macro_rules! within {
    ($under:expr) => {{
        let part = organizations::table.filter(Inside::of(&$under)).select(organizations::code);
        indicators::table.filter(dsl::organization.eq_any(part))
    }};
}

/// Rows whose owner is in the part of the tree or above it.
macro_rules! readable {
    ($under:expr) => {{
        let near = Inside::of(&$under).or(Above::of(&$under));
        indicators::table
            .filter(dsl::organization.eq_any(organizations::table.filter(near).select(organizations::code)))
    }};
}

/// Rows that match a filter, for the list and its count alike.
macro_rules! matching {
    ($under:expr, $filter:expr) => {{
        let mut query = readable!($under).into_boxed();
        if let Some(document) = $filter.document {
            query = query.filter(dsl::document.eq(document));
        }
        if let Some(group) = $filter.group {
            query = query.filter(dsl::group.eq(group));
        }
        if let Some(kind) = $filter.kind {
            query = query.filter(dsl::kind.eq(kind));
        }
        if let Some(q) = $filter.q {
            query = query.filter(dsl::search.like(holding(q.as_str())).escape('\\'));
        }
        query
    }};
}

/// The indicators that match, by code, after the code `after`; without their targets.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &IndicatorFilter,
    after: Option<String>,
    rows: i64,
) -> QueryResult<Vec<Indicator>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter);
        if let Some(after) = after {
            query = query.filter(dsl::code.gt(after));
        }
        query.order(dsl::code).limit(rows).select(Indicator::as_select()).load(c)
    })
}

/// How many indicators match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &IndicatorFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter).count().get_result(c))
}

/// One indicator that may be read from the part of the tree, without its targets.
pub async fn find(db: &mut Db, under: &Subtree, code: &IndicatorCode) -> QueryResult<Option<Indicator>> {
    let (under, code) = (under.clone(), code.clone());
    both!(db, |c| readable!(under).filter(dsl::code.eq(code)).select(Indicator::as_select()).load(c)).map(only)
}

/// One indicator of the part, without its targets, kept from change by others until the transaction ends.
pub async fn lock(db: &mut Db, under: &Subtree, code: &IndicatorCode) -> QueryResult<Option<Indicator>> {
    let (under, code) = (under.clone(), code.clone());
    both!(
        db,
        pg | c | within!(under).filter(dsl::code.eq(code)).select(Indicator::as_select()).for_no_key_update().load(c),
        sqlite | c | within!(under).filter(dsl::code.eq(code)).select(Indicator::as_select()).load(c)
    )
    .map(only)
}

/// Which of the codes the part may read.
pub async fn known(db: &mut Db, under: &Subtree, codes: Vec<IndicatorCode>) -> QueryResult<Vec<IndicatorCode>> {
    let under = under.clone();
    both!(db, |c| readable!(under).filter(dsl::code.eq_any(codes)).select(dsl::code).load(c))
}

/// The readable ones of these indicators, kept as they are until the transaction ends; others may still read them.
pub async fn hold(db: &mut Db, under: &Subtree, codes: Vec<IndicatorCode>) -> QueryResult<Vec<Indicator>> {
    let under = under.clone();
    both!(
        db,
        pg | c
            | readable!(under)
                .filter(dsl::code.eq_any(codes))
                .order(dsl::code)
                .select(Indicator::as_select())
                // Not `FOR KEY SHARE`: that one lets `lock` through.
                .for_share()
                .load(c),
        sqlite | c | readable!(under).filter(dsl::code.eq_any(codes)).select(Indicator::as_select()).load(c)
    )
}

/// Adds an indicator; 0 when the code is taken.
pub async fn insert(db: &mut Db, indicator: &Indicator) -> QueryResult<usize> {
    let row = indicator.clone();
    both!(db, |c| diesel::insert_into(indicators::table).values(row).on_conflict_do_nothing().execute(c))
}

/// Puts a new version in the place of the old.
pub async fn replace(db: &mut Db, indicator: &Indicator) -> QueryResult<usize> {
    let row = indicator.clone();
    both!(db, |c| diesel::update(indicators::table.find(row.code.clone())).set(row).execute(c))
}

/// Whether anything was ever reported for the indicator.
pub async fn has_observations(db: &mut Db, code: &IndicatorCode) -> QueryResult<bool> {
    let code = code.clone();
    let rows: Vec<i32> = both!(db, |c| observations::table
        .filter(observations::indicator.eq(code))
        .limit(1)
        .select(observations::version)
        .load(c))?;
    Ok(!rows.is_empty())
}

type TargetRow = (IndicatorCode, Option<OrgCode>, Option<i32>, TargetOp, Decimal);

/// The targets of some indicators, each set in its own order.
pub async fn targets_of(db: &mut Db, codes: Vec<IndicatorCode>) -> QueryResult<Vec<(IndicatorCode, Target)>> {
    let rows: Vec<TargetRow> = both!(db, |c| targets::table
        .filter(targets::indicator.eq_any(codes))
        .order((targets::indicator, targets::position))
        .select((targets::indicator, targets::organization, targets::year, targets::op, targets::value))
        .load(c))?;
    Ok(rows.into_iter().map(target_of).collect())
}

/// The targets of some indicators that a part of the tree may know, each set in its own order: those for all, its own, and
/// those of the organizations above it.
pub async fn visible_targets(
    db: &mut Db,
    under: &Subtree,
    codes: Vec<IndicatorCode>,
) -> QueryResult<Vec<(IndicatorCode, Target)>> {
    let under = under.clone();
    let rows: Vec<TargetRow> = both!(db, |c| {
        let near = Inside::of(&under).or(Above::of(&under));
        let known = organizations::table.filter(near).select(organizations::code.nullable());
        targets::table
            .filter(targets::indicator.eq_any(codes))
            .filter(targets::organization.is_null().or(targets::organization.eq_any(known)))
            .order((targets::indicator, targets::position))
            .select((targets::indicator, targets::organization, targets::year, targets::op, targets::value))
            .load(c)
    })?;
    Ok(rows.into_iter().map(target_of).collect())
}

fn target_of((code, organization, year, op, value): TargetRow) -> (IndicatorCode, Target) {
    (code, Target { organization, year, op, value })
}

/// Puts a new set of targets in the place of the old, with its version.
pub async fn replace_targets(db: &mut Db, set: &IndicatorTargets) -> QueryResult<()> {
    let IndicatorTargets { indicator: code, targets: set, version, updated_at, .. } = set.clone();
    let changed = code.clone();
    both!(db, |c| diesel::update(indicators::table.find(changed))
        .set((dsl::targets_version.eq(version), dsl::targets_updated_at.eq(updated_at)))
        .execute(c))?;
    let old = code.clone();
    both!(db, |c| diesel::delete(targets::table.filter(targets::indicator.eq(old))).execute(c))?;
    for (position, target) in (0_i32..).zip(set) {
        let code = code.clone();
        both!(db, |c| diesel::insert_into(targets::table)
            .values((
                targets::indicator.eq(code),
                targets::position.eq(position),
                targets::organization.eq(target.organization),
                targets::year.eq(target.year),
                targets::op.eq(target.op),
                targets::value.eq(target.value),
            ))
            .execute(c))?;
    }
    Ok(())
}
