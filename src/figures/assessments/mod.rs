//! Assessments (đánh giá): what was reported, put together over the tree and over time, against the targets.
//!
//! The figure of an organization for a period is its own report of that period, or else the sum over the topmost
//! organizations below it that reported: a report stands for its whole subtree, so what was reported further down is
//! not added again. A report of `not_available` is no figure: those below are asked. `not_applicable` (nothing arose), or
//! nought of nought, stands only when nobody below has a number; and a stock, only until somebody below reports a later one.

pub mod api;
mod loading;
pub mod model;
pub mod store;

use std::collections::BTreeMap;

pub use loading::Loading;

use model::{Assessment, AssessmentFilter, Computation, Exact, Place, Verdict};
use store::{Indicator, Wanted};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{Inline, OrgCode},
        },
        page::{Page, PageRequest},
        problem::{Problem, codes},
        subtree::Subtree,
    },
    figures::rollup::{
        combine::{AggregationRule, OrgScope, Reports},
        figure::Figure,
        target,
    },
    reference::{
        calendars::{self, Calendar, Frequency, Period},
        indicators::model::{IndicatorKind, Target},
        organizations,
    },
};

/// One indicator with its targets and all that was reported within a period below an organization.
#[derive(Debug)]
pub struct Subject {
    /// The indicator.
    pub indicator: Indicator,
    /// Every target it has.
    pub targets: Vec<Target>,
    /// What was reported.
    pub reports: Reports,
    /// Path and code of the organizations that have a target of their own.
    pub targeted: Vec<(Inline, OrgCode)>,
}

impl Indicator {
    /// How its figures are put together.
    #[must_use]
    pub fn aggregation_rule(&self) -> AggregationRule {
        AggregationRule { is_ratio: self.kind == IndicatorKind::Ratio, is_flow: self.flow, frequency: self.frequency }
    }
}

impl Subject {
    /// Puts the figure together and compares it, exactly, with the target that holds.
    #[must_use]
    pub fn assess(&self, organization: &OrgCode, scope: &OrgScope, period: Period) -> Assessment {
        let combined = self.reports.combine(scope, period);
        let target = target::choose(&self.targets, organization, period.year());
        let figure = combined.figure();
        let value = figure.shown();
        let verdict = match figure {
            Figure::NoData | Figure::NotCombinable => Verdict::NoData,
            Figure::NotApplicable => Verdict::NotApplicable,
            Figure::Ratio(..) | Figure::Value(_) => match target.and_then(|target| figure.meets(target)) {
                Some(true) => Verdict::Met,
                Some(false) => Verdict::NotMet,
                None => Verdict::NoTarget,
            },
        };
        let parts = combined.parts();
        Assessment {
            indicator: self.indicator.code.clone(),
            name: self.indicator.name.clone(),
            unit: self.indicator.unit.clone(),
            organization: organization.clone(),
            period,
            value: value.map(Exact),
            numerator: parts.map(|(numerator, _)| Exact(numerator)),
            denominator: parts.map(|(_, denominator)| Exact(denominator)),
            gap: value.zip(target).map(|(value, target)| Exact(value - i128::from(target.value.scaled()))),
            target: target.cloned(),
            verdict,
            computed: Computation::of(combined, self.indicator.flow, period),
        }
    }
}

/// One page of the assessments below an organization, by indicator, then by the order of the tree.
///
/// Listed are the organization itself and each one below it that reported or has a target of its own.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree or the calendar is not there; `invalid-cursor`.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: AssessmentFilter,
    page: &PageRequest,
) -> Result<Page<Assessment>, Problem> {
    let calendar = calendars::get_or_default(db, filter.calendar.as_ref()).await?;
    let after: Option<Place> = page.after()?;
    let period = match (&after, filter.period) {
        (Some(after), _) => after.period,
        (None, Some(period)) => period,
        (None, None) => month_of_today(&calendar, caller)?,
    };
    let under = organizations::get(db, caller, filter.under.as_ref().unwrap_or(caller.organization())).await?;
    let from = after.as_ref().filter(|_| !page.count).map(|after| after.indicator.clone());
    let wanted = Wanted { code: filter.indicator, from, documents: None };
    let readable = store::indicators(db, caller.subtree(), wanted).await?;
    let subtree = Subtree::at(under.path.clone());
    let rows = usize::try_from(page.rows()).unwrap_or(usize::MAX);
    let (mut items, mut total) = (Vec::new(), 0);
    let mut subjects = Loading::of(readable, subtree, period);
    while items.len() < rows || page.count {
        let Some(subject) = subjects.next(db).await? else { break };
        let listed = subject.listed(&under.path, &under.code);
        total += i64::try_from(listed.len()).unwrap_or(i64::MAX);
        for (path, code) in listed {
            let place = Place { period, indicator: subject.indicator.code.to_string(), path: path.to_owned() };
            if items.len() < rows && after.as_ref().is_none_or(|after| place.is_after(after)) {
                let scope = OrgScope { path: place.path.clone(), is_alone: false };
                items.push((place, subject.assess(code, &scope, period)));
            }
        }
    }
    let total = page.count.then_some(total);
    Ok(page.cut(items, total, |(place, _)| place.to_string()).map(|(_, assessment)| assessment))
}

impl Subject {
    fn listed<'a>(&'a self, path: &'a str, code: &'a OrgCode) -> BTreeMap<&'a str, &'a OrgCode> {
        let targeted = self.targeted.iter().map(|(path, code)| (&**path, code));
        std::iter::once((path, code)).chain(self.reports.reporters()).chain(targeted).collect()
    }
}

impl Place {
    fn is_after(&self, other: &Self) -> bool {
        (&self.indicator, &self.path) > (&other.indicator, &other.path)
    }
}

/// The month that a request means when it names no period.
///
/// # Errors
/// 400 outside the years that a period may name.
pub fn month_of_today(calendar: &Calendar, caller: &Caller) -> Result<Period, Problem> {
    let today = calendars::today(caller.now().utc());
    calendar.containing(today, Frequency::Month).ok_or_else(|| {
        let rule = crate::base::i18n::Bilingual::new("bắt buộc phải có", "is required");
        Problem::parameter("period", codes::REQUIRED, rule)
    })
}
