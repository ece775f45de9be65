//! What organizations said, row by row and added up, before it is a figure.

use smallvec::{SmallVec, smallvec};

use crate::{
    base::db::types::Decimal,
    figures::rollup::{Missing, Reported},
    reference::calendars::Period,
};

/// A sum on its way; the parts and what was said instead of a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
    pub(super) value: i128,
    /// How many terms have numerator and denominator, or only a value.
    pub(super) fractions: usize,
    pub(super) values: usize,
    pub(super) not_applicable: usize,
    pub(super) not_available: usize,
}

impl Sum {
    pub(super) fn of(row: &Reported, is_ratio: bool) -> Self {
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

    pub(super) fn add(&mut self, other: &Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.value += other.value;
        self.fractions += other.fractions;
        self.values += other.values;
        self.not_applicable += other.not_applicable;
        self.not_available += other.not_available;
    }

    /// Whether something was said that stands for the whole subtree: a number, or that nothing arose.
    pub(super) fn is_figure(&self) -> bool {
        self.fractions + self.values + self.not_applicable > 0
    }

    /// Whether it comes to a number: nought of nought does not.
    pub(super) fn has_number(&self) -> bool {
        self.values > 0 || (self.fractions > 0 && self.denominator != 0)
    }
}

/// What one organization said of one period; the row of the whole wins over its breakdown.
#[derive(Debug, Default)]
pub(super) struct PeriodReport {
    pub(super) whole: Sum,
    pub(super) pieces: Sum,
    pub(super) rows: usize,
}

impl PeriodReport {
    pub(super) fn sum(&self) -> &Sum {
        if self.whole.is_figure() || !self.pieces.is_figure() { &self.whole } else { &self.pieces }
    }

    /// How many of the rows are in the sum.
    pub(super) fn terms(&self) -> usize {
        let sum = self.sum();
        sum.fractions + sum.values + sum.not_applicable + sum.not_available
    }
}

/// What one organization itself said over a period, from its own reports alone.
#[derive(Debug, Default)]
pub(super) struct OwnTotal {
    pub(super) sum: Sum,
    /// How many rows it was said in, and how many of them are not in the sum.
    pub(super) rows: usize,
    pub(super) left_out: usize,
    pub(super) periods: SmallVec<[Period; 2]>,
}

impl OwnTotal {
    pub(super) fn once(period: Period, own: &PeriodReport) -> Self {
        let left_out = own.rows.saturating_sub(own.terms());
        Self { sum: own.sum().clone(), rows: own.rows, left_out, periods: smallvec![period] }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sum.add(&other.sum);
        self.rows += other.rows;
        self.left_out += other.left_out;
        self.periods.extend(other.periods);
    }

    /// The last month it speaks of.
    pub(super) fn until(&self) -> Option<u8> {
        self.periods.iter().map(|period| period.last_month()).max()
    }
}
