//! From what organizations reported to the figure of one organization over one period: pure, exact, nothing counted twice.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    said::{Own, Said, Sum},
    store::Row,
};
use crate::{
    auth::Subtree,
    calendars::{Frequency, Period},
    db::types::OrgCode,
    indicators::model::Target,
    observations::figure::{compare_ratio, compare_value, percent},
};

/// What an indicator's figures are made of.
#[derive(Debug, Clone, Copy)]
pub struct Nature {
    /// 100 × Σ numerators ÷ Σ denominators, instead of Σ values.
    pub is_ratio: bool,
    /// Adds up over time; otherwise the last value stands.
    pub is_flow: bool,
    /// How often it is reported; none when each organization may choose.
    pub frequency: Option<Frequency>,
}

impl Nature {
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
pub struct Reach {
    /// Codes from the root down, each ended by `/`.
    pub path: String,
    /// Leaves out what is below.
    pub is_alone: bool,
}

impl Reach {
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

#[derive(Debug)]
struct Reporter {
    code: OrgCode,
    periods: BTreeMap<Period, Own>,
}

/// All that was reported of one indicator, by the organizations' paths.
#[derive(Debug)]
pub struct Reports {
    nature: Nature,
    reporters: BTreeMap<String, Reporter>,
}

/// A combined figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Numerator and denominator (not nought), each in ten-thousandths.
    Ratio(i128, i128),
    /// Ten-thousandths.
    Value(i128),
    /// Nothing arose: all said so, or the denominators add up to nought.
    NotApplicable,
    /// Nobody reported a number.
    NoData,
    /// Percentages without numerator and denominator cannot be added up.
    NotCombinable,
}

/// A figure and how it came about.
#[derive(Debug, Default)]
pub struct Combined {
    sum: Sum,
    is_ratio: bool,
    /// Whose reports were added, in the order of the tree.
    pub contributors: Vec<OrgCode>,
    /// Which periods they were of.
    pub periods: BTreeSet<Period>,
    /// How many rows were left out because the whole, or another organization above or below, stands for them.
    pub superseded: usize,
}

impl Reports {
    /// Sorts the rows by organization and period.
    #[must_use]
    pub fn new(nature: Nature, rows: Vec<Row>) -> Self {
        let mut reporters = BTreeMap::new();
        for row in rows {
            let sum = Sum::of(&row, nature.is_ratio);
            let reporter: &mut Reporter = reporters
                .entry(row.path)
                .or_insert_with(|| Reporter { code: row.organization, periods: BTreeMap::new() });
            let own: &mut Own = reporter.periods.entry(row.period).or_default();
            if row.breakdown.is_empty() { &mut own.whole } else { &mut own.pieces }.add(&sum);
            own.rows += 1;
        }
        Self { nature, reporters }
    }

    /// Path and code of every organization that said anything, in the order of the tree.
    pub fn reporters(&self) -> impl Iterator<Item = (&str, &OrgCode)> {
        self.reporters.iter().map(|(path, reporter)| (path.as_str(), &reporter.code))
    }

    /// Whether the organization itself said that it does not have the figure of that period.
    #[must_use]
    pub fn is_not_available(&self, path: &str, period: Period) -> bool {
        let own = self.reporters.get(path).and_then(|reporter| reporter.periods.get(&period));
        own.is_some_and(|own| own.sum().not_available > 0)
    }

    /// The figure of the reach over the asked period.
    #[must_use]
    pub fn combine(&self, reach: &Reach, asked: Period) -> Combined {
        let mut combined = Combined { is_ratio: self.nature.is_ratio, ..Combined::default() };
        let mut named = HashSet::new();
        for span in self.nature.spans(asked) {
            self.add_topmost(&mut combined, &mut named, reach, span);
        }
        combined
    }

    /// Adds each organization that has a figure over the span and none above it that stands for it.
    fn add_topmost<'a>(
        &'a self,
        combined: &mut Combined,
        named: &mut HashSet<&'a OrgCode>,
        reach: &Reach,
        span: Period,
    ) {
        let inside = self.reporters.range(reach.path.clone()..).take_while(|(path, _)| path.starts_with(&reach.path));
        let inside = inside.filter(|(path, _)| !reach.is_alone || **path == reach.path);
        let said: Vec<_> = inside.map(|(path, reporter)| (path, reporter, self.said(reporter, span))).collect();
        let mut covered: Option<&str> = None;
        for (place, (path, reporter, own)) in said.iter().enumerate() {
            if covered.is_some_and(|above| path.starts_with(above)) {
                combined.superseded += own.rows;
                continue;
            }
            if !own.sum.is_figure() {
                continue;
            }
            let mut below = said.iter().skip(place + 1).take_while(|(other, ..)| other.starts_with(path.as_str()));
            if below.any(|(.., lower)| self.gives_way(own, lower)) {
                combined.superseded += own.rows;
                continue;
            }
            covered = Some(path);
            combined.sum.add(&own.sum);
            combined.superseded += own.left_out;
            combined.periods.extend(&own.periods);
            if named.insert(&reporter.code) {
                combined.contributors.push(reporter.code.clone());
            }
        }
    }

    /// Whether a figure stands back for one below it: without a number for any number, and a stock for a later one.
    fn gives_way(&self, own: &Said, lower: &Said) -> bool {
        let is_stale = !self.nature.is_flow && lower.until() > own.until();
        lower.sum.has_number() && (is_stale || !own.sum.has_number())
    }

    /// What the organization itself said over the span.
    fn said(&self, reporter: &Reporter, span: Period) -> Said {
        if self.nature.is_flow { self.total(reporter, span) } else { self.last(reporter, span) }
    }

    /// Of a flow: what was reported for the period; else, without a frequency, the total of its parts.
    fn total(&self, reporter: &Reporter, period: Period) -> Said {
        let own = reporter.periods.get(&period);
        let mut said = own.map(|own| Said::once(period, own)).unwrap_or_default();
        if self.nature.frequency.is_none() && !said.sum.is_figure() {
            said = Said::default();
            for part in parts(period) {
                said.add(self.total(reporter, part));
            }
        }
        said
    }

    /// Of a stock: the last figure; of two that end together, that of the longer period.
    fn last(&self, reporter: &Reporter, span: Period) -> Said {
        let within = self.nature.periods(span).into_iter();
        let figures = within.filter_map(|period| Some((period, reporter.periods.get(&period)?)));
        let last = figures
            .filter(|(_, own)| own.sum().is_figure())
            .max_by_key(|(period, _)| (period.last_month(), period.frequency()));
        last.map(|(period, own)| Said::once(period, own)).unwrap_or_default()
    }
}

impl Combined {
    /// What the sum comes to.
    #[must_use]
    pub fn figure(&self) -> Figure {
        match (self.sum.fractions, self.sum.values) {
            (0, 0) if self.sum.not_applicable > 0 => Figure::NotApplicable,
            (0, 0) => Figure::NoData,
            (_, 0) if self.sum.denominator == 0 => Figure::NotApplicable,
            (_, 0) => Figure::Ratio(self.sum.numerator, self.sum.denominator),
            (0, terms) if terms == 1 || !self.is_ratio => Figure::Value(self.sum.value),
            _ => Figure::NotCombinable,
        }
    }

    /// Σ numerators and Σ denominators, when there are any.
    #[must_use]
    pub fn parts(&self) -> Option<(i128, i128)> {
        (self.sum.fractions > 0).then_some((self.sum.numerator, self.sum.denominator))
    }

    /// How many rows are in the sum.
    #[must_use]
    pub fn terms(&self) -> usize {
        self.sum.fractions + self.sum.values + self.sum.not_applicable
    }
}

impl Figure {
    /// The number shown, in ten-thousandths.
    #[must_use]
    pub fn shown(self) -> Option<i128> {
        match self {
            Self::Ratio(numerator, denominator) => percent(numerator, denominator),
            Self::Value(value) => Some(value),
            Self::NotApplicable | Self::NoData | Self::NotCombinable => None,
        }
    }

    /// Whether the exact figure, not the number shown, meets the target; none without a number.
    #[must_use]
    pub fn meets(self, target: &Target) -> Option<bool> {
        let standing = match self {
            Self::Ratio(numerator, denominator) => compare_ratio(numerator, denominator, target.value)?,
            Self::Value(value) => compare_value(value, target.value),
            Self::NotApplicable | Self::NoData | Self::NotCombinable => return None,
        };
        Some(target.op.is_met(standing))
    }
}
