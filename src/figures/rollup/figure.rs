//! A figure of an organization over a period, exact, and where it comes from.

use std::collections::BTreeSet;

use super::reported_totals::Sum;
use crate::{
    base::db::types::OrgCode,
    figures::rollup::exact::{compare_ratio, compare_value, percent},
    reference::{calendars::Period, indicators::model::Target},
};

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
    pub(super) sum: Sum,
    pub(super) is_ratio: bool,
    /// Whose reports were added, in the order of the tree.
    pub contributors: Vec<OrgCode>,
    /// Which periods they were of.
    pub periods: BTreeSet<Period>,
    /// How many rows were left out because the whole, or another organization above or below, stands for them.
    pub superseded: usize,
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
