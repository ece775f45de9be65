//! From what organizations reported to the figure of one organization over one period: pure, exact, nothing counted twice.

use std::collections::{BTreeMap, BTreeSet};

use super::store::Row;
use crate::{
    auth::Subtree,
    calendars::{Frequency, Period},
    db::types::{Decimal, OrgCode},
    indicators::model::Target,
    observations::{
        figure::{compare_ratio, compare_value, percent},
        model::Missing,
    },
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
    /// The sets of periods that can make up the asked one, best first.
    ///
    /// With a frequency: its periods within the asked one, none when the asked one is finer. Without: the asked period
    /// itself, then the coarsest pieces first.
    #[must_use]
    pub fn pieces(self, asked: Period) -> Vec<Vec<Period>> {
        if let Some(frequency) = self.frequency {
            return asked.constituents(frequency).into_iter().collect();
        }
        let finer = Frequency::ALL.iter().copied().rev().filter(|piece| *piece < asked.frequency());
        std::iter::once(vec![asked]).chain(finer.filter_map(|piece| asked.constituents(piece))).collect()
    }
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

/// A sum on its way; the parts and what was said instead of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sum {
    numerator: i128,
    denominator: i128,
    value: i128,
    /// How many terms have numerator and denominator, or only a value.
    fractions: usize,
    values: usize,
    not_applicable: usize,
    not_available: usize,
}

impl Sum {
    fn of(row: &Row, is_ratio: bool) -> Self {
        let scaled = |number: Decimal| i128::from(number.scaled());
        match (row.numerator, row.denominator, row.value, row.missing) {
            (.., Some(Missing::NotApplicable)) => Self { not_applicable: 1, ..Self::default() },
            (.., Some(_)) => Self { not_available: 1, ..Self::default() },
            (Some(n), Some(d), ..) if is_ratio => {
                Self { numerator: scaled(n), denominator: scaled(d), fractions: 1, ..Self::default() }
            }
            (_, _, Some(value), _) => Self { value: scaled(value), values: 1, ..Self::default() },
            _ => Self { not_available: 1, ..Self::default() },
        }
    }

    fn add(&mut self, other: &Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.value += other.value;
        self.fractions += other.fractions;
        self.values += other.values;
        self.not_applicable += other.not_applicable;
        self.not_available += other.not_available;
    }

    /// Whether something was said that stands for the whole subtree: a number, or that nothing arose.
    fn is_figure(&self) -> bool {
        self.fractions + self.values + self.not_applicable > 0
    }
}

/// What one organization said of one period; the row of the whole wins over its breakdown.
#[derive(Debug, Default)]
struct Own {
    whole: Sum,
    pieces: Sum,
    rows: usize,
}

impl Own {
    fn sum(&self) -> &Sum {
        if self.whole.is_figure() || !self.pieces.is_figure() { &self.whole } else { &self.pieces }
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
    /// How many rows were left out because the whole, or an organization above, already stands for them.
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

    /// The figure of the reach over the asked period, from the best pieces that hold any data.
    #[must_use]
    pub fn combine(&self, reach: &Reach, asked: Period) -> Combined {
        let tries = self.nature.pieces(asked).into_iter().map(|pieces| self.combine_pieces(reach, &pieces));
        let mut none = Combined::default();
        for combined in tries {
            if combined.sum.is_figure() {
                return combined;
            }
            none.sum.add(&combined.sum);
        }
        none
    }

    fn combine_pieces(&self, reach: &Reach, pieces: &[Period]) -> Combined {
        let mut combined = Combined { is_ratio: self.nature.is_ratio, ..Combined::default() };
        if self.nature.is_flow {
            for period in pieces {
                self.add_topmost(&mut combined, reach, std::slice::from_ref(period));
            }
        } else {
            self.add_topmost(&mut combined, reach, pieces);
        }
        combined
    }

    /// Adds each organization that has a figure in one of the periods (its last) and none above it that has one.
    fn add_topmost(&self, combined: &mut Combined, reach: &Reach, periods: &[Period]) {
        let mut covered: Option<&str> = None;
        let inside = self.reporters.range(reach.path.clone()..).take_while(|(path, _)| path.starts_with(&reach.path));
        for (path, reporter) in inside.filter(|(path, _)| !reach.is_alone || **path == reach.path) {
            let mut said = periods.iter().filter_map(|period| Some((period, reporter.periods.get(period)?)));
            if covered.is_some_and(|above| path.starts_with(above)) {
                combined.superseded += said.map(|(_, own)| own.rows).sum::<usize>();
                continue;
            }
            let last = said.rfind(|(_, own)| own.sum().is_figure());
            let Some((period, own)) = last else { continue };
            covered = Some(path);
            combined.sum.add(own.sum());
            combined.superseded += own.rows - own.terms();
            combined.periods.insert(*period);
            if !combined.contributors.contains(&reporter.code) {
                combined.contributors.push(reporter.code.clone());
            }
        }
    }
}

impl Own {
    /// How many of the rows are in the sum.
    fn terms(&self) -> usize {
        let sum = self.sum();
        sum.fractions + sum.values + sum.not_applicable + sum.not_available
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
