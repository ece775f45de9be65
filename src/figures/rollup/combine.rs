//! From what organizations reported to the figure of one organization over one period: pure, exact, nothing counted twice.

use std::collections::HashSet;

use smallvec::SmallVec;

use super::{
    Reported,
    figure::Combined,
    reported_totals::{OwnTotal, PeriodReport, Sum},
};
use crate::{
    base::{
        db::types::{Inline, OrgCode},
        subtree::Subtree,
    },
    reference::calendars::{Frequency, Period},
};

/// What an indicator's figures are made of.
#[derive(Debug, Clone, Copy)]
pub struct AggregationRule {
    /// 100 × Σ numerators ÷ Σ denominators, instead of Σ values.
    pub is_ratio: bool,
    /// Adds up over time; otherwise the last value stands.
    pub is_flow: bool,
    /// How often it is reported; none when each organization may choose.
    pub frequency: Option<Frequency>,
}

impl AggregationRule {
    /// Whose reports can count towards the asked period: of the frequency's periods within it; without a frequency, of
    /// itself and of all finer ones that add up to it.
    #[must_use]
    pub fn periods(self, asked: Period) -> Vec<Period> {
        match self.frequency {
            Some(frequency) => asked.constituents(frequency).unwrap_or_default(),
            None => Frequency::ALL.iter().filter_map(|piece| asked.constituents(*piece)).flatten().collect(),
        }
    }

    /// The periods over which a report stands for its subtree, and whose figures add up to the asked one.
    fn spans(self, asked: Period) -> Vec<Period> {
        if self.is_flow && self.frequency.is_some() { self.periods(asked) } else { vec![asked] }
    }
}

/// The coarsest finer periods that add up to this one.
fn parts(period: Period) -> Vec<Period> {
    let mut finer = Frequency::ALL.iter().rev().filter(|piece| **piece < period.frequency());
    finer.find_map(|piece| period.constituents(*piece)).unwrap_or_default()
}

/// Whose reports count: an organization with all below it, or it alone.
#[derive(Debug, Clone)]
pub struct OrgScope {
    /// Codes from the root down, each ended by `/`.
    pub path: String,
    /// Leaves out what is below.
    pub is_alone: bool,
}

impl OrgScope {
    /// Whether it covers a path.
    fn holds(&self, path: &str) -> bool {
        if self.is_alone { path == self.path } else { path.starts_with(&self.path) }
    }

    /// The range of paths that it covers.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        // What is below goes on with a character of a code, and `!` comes before all of them.
        if self.is_alone {
            (self.path.clone(), format!("{}!", self.path))
        } else {
            Subtree::at(self.path.clone()).range()
        }
    }
}

/// What one organization said, period by period.
#[derive(Debug)]
struct Reporter {
    path: Inline,
    code: OrgCode,
    periods: SmallVec<[(Period, PeriodReport); 1]>,
}

impl Reporter {
    fn of(&self, period: Period) -> Option<&PeriodReport> {
        self.periods.iter().find(|(known, _)| *known == period).map(|(_, own)| own)
    }
}

/// All that was reported of one indicator, in the order of the tree.
#[derive(Debug)]
pub struct Reports {
    aggregation_rule: AggregationRule,
    reporters: Vec<Reporter>,
}

impl Reports {
    /// Sorts the rows by organization and period.
    #[must_use]
    pub fn new(aggregation_rule: AggregationRule, rows: &[Reported]) -> Self {
        let mut order: Vec<&Reported> = rows.iter().collect();
        order.sort_unstable_by(|row, other| row.path.cmp(&other.path));
        let mut reporters: Vec<Reporter> = Vec::with_capacity(rows.len());
        for row in order {
            if reporters.last().is_none_or(|last| last.path != row.path) {
                let (path, code) = (row.path.clone(), row.organization.clone());
                reporters.push(Reporter { path, code, periods: SmallVec::new() });
            }
            let Some(Reporter { periods, .. }) = reporters.last_mut() else { continue };
            let place = periods.iter().position(|(known, _)| *known == row.period).unwrap_or_else(|| {
                periods.push((row.period, PeriodReport::default()));
                periods.len() - 1
            });
            if let Some((_, own)) = periods.get_mut(place) {
                if row.is_whole { &mut own.whole } else { &mut own.pieces }
                    .add(&Sum::of(row, aggregation_rule.is_ratio));
                own.rows += 1;
            }
        }
        Self { aggregation_rule, reporters }
    }

    /// Path and code of every organization that said anything, in the order of the tree.
    pub fn reporters(&self) -> impl Iterator<Item = (&str, &OrgCode)> {
        self.reporters.iter().map(|reporter| (&*reporter.path, &reporter.code))
    }

    /// Whether the organization itself said that it does not have the figure of that period.
    #[must_use]
    pub fn is_not_available(&self, path: &str, period: Period) -> bool {
        let place = self.reporters.binary_search_by(|reporter| (*reporter.path).cmp(path)).ok();
        let own = place.and_then(|place| self.reporters.get(place)).and_then(|reporter| reporter.of(period));
        own.is_some_and(|own| own.sum().not_available > 0)
    }

    /// The organizations of the reach that said anything.
    fn inside(&self, scope: &OrgScope) -> impl Iterator<Item = &Reporter> {
        let first = self.reporters.partition_point(|reporter| *reporter.path < *scope.path);
        self.reporters.iter().skip(first).take_while(|reporter| scope.holds(&reporter.path))
    }

    /// Whether anything in the reach stands for a figure over the asked period, so that the figure is not
    /// [`super::figure::Figure::NoData`]: one figure gives way to another only.
    #[must_use]
    pub fn has_figure(&self, scope: &OrgScope, asked: Period) -> bool {
        let said = |span| self.inside(scope).any(|reporter| self.said(reporter, span).sum.is_figure());
        self.aggregation_rule.spans(asked).into_iter().any(said)
    }

    /// The figure of the reach over the asked period.
    #[must_use]
    pub fn combine(&self, scope: &OrgScope, asked: Period) -> Combined {
        let mut combined = Combined { is_ratio: self.aggregation_rule.is_ratio, ..Combined::default() };
        let spans = self.aggregation_rule.spans(asked);
        let is_one = spans.len() == 1;
        for span in spans {
            self.add_topmost(&mut combined, scope, span);
        }
        if !is_one {
            // Whoever reported for several periods contributes once, in the place of the first.
            let mut named = HashSet::new();
            combined.contributors.retain(|code| named.insert(code.clone()));
        }
        combined
    }

    /// Adds each organization that has a figure over the span and none above it that stands for it.
    fn add_topmost(&self, combined: &mut Combined, scope: &OrgScope, span: Period) {
        let said: Vec<_> = self.inside(scope).map(|reporter| (reporter, self.said(reporter, span))).collect();
        let mut covered: Option<&str> = None;
        for (place, (reporter, own)) in said.iter().enumerate() {
            let path = &*reporter.path;
            if covered.is_some_and(|above| path.starts_with(above)) {
                combined.superseded += own.rows;
                continue;
            }
            if !own.sum.is_figure() {
                continue;
            }
            let mut below = said.iter().skip(place + 1).take_while(|(other, _)| other.path.starts_with(path));
            if below.any(|(_, lower)| self.gives_way(own, lower)) {
                combined.superseded += own.rows;
                continue;
            }
            covered = Some(path);
            combined.sum.add(&own.sum);
            combined.superseded += own.left_out;
            combined.periods.extend(&own.periods);
            combined.contributors.push(reporter.code.clone());
        }
    }

    /// Whether a figure stands back for one below it: without a number for any number, and a stock for a later one.
    fn gives_way(&self, own: &OwnTotal, lower: &OwnTotal) -> bool {
        let is_stale = !self.aggregation_rule.is_flow && lower.until() > own.until();
        lower.sum.has_number() && (is_stale || !own.sum.has_number())
    }

    /// What the organization itself said over the span.
    fn said(&self, reporter: &Reporter, span: Period) -> OwnTotal {
        if self.aggregation_rule.is_flow { self.total(reporter, span) } else { self.last(reporter, span) }
    }

    /// Of a flow: what was reported for the period; else, without a frequency, the total of its parts.
    fn total(&self, reporter: &Reporter, period: Period) -> OwnTotal {
        let own = reporter.of(period);
        let mut said = own.map(|own| OwnTotal::once(period, own)).unwrap_or_default();
        if self.aggregation_rule.frequency.is_none() && !said.sum.is_figure() {
            said = OwnTotal::default();
            for part in parts(period) {
                said.add(self.total(reporter, part));
            }
        }
        said
    }

    /// Of a stock: the last figure; of two that end together, that of the longer period.
    fn last(&self, reporter: &Reporter, span: Period) -> OwnTotal {
        let within = self.aggregation_rule.periods(span).into_iter();
        let figures = within.filter_map(|period| Some((period, reporter.of(period)?)));
        let last = figures
            .filter(|(_, own)| own.sum().is_figure())
            .max_by_key(|(period, _)| (period.last_month(), period.frequency()));
        last.map(|(period, own)| OwnTotal::once(period, own)).unwrap_or_default()
    }
}
