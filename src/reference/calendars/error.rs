//! What can be wrong with the name of a period, with a calendar, and with asking a broken one.

use std::{error::Error, fmt};

use super::frequency::Frequency;
use crate::base::problem::Violation;

/// What is wrong with the name of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodError {
    /// It does not look like the name of a period.
    Form,
    /// Its year is not one of [`YEARS`](super::period::YEARS).
    Year,
    /// Its year has no period of that number.
    Number(Frequency),
}

impl PeriodError {
    /// The sentence in Vietnamese.
    #[must_use]
    pub const fn vi(self) -> &'static str {
        match self {
            Self::Form => "kỳ được viết như 2026-M07, 2026-Q3, 2026-S1, 2026-9M hoặc 2026-A1",
            Self::Year => "năm của kỳ phải từ 2000 đến 2100",
            Self::Number(Frequency::Month) => "kỳ tháng phải từ M01 đến M12",
            Self::Number(Frequency::Quarter) => "kỳ quý phải từ Q1 đến Q4",
            Self::Number(Frequency::HalfYear) => "kỳ 6 tháng phải là S1 hoặc S2",
            Self::Number(Frequency::NineMonths) => "kỳ 9 tháng phải là 9M",
            Self::Number(Frequency::Year) => "kỳ năm phải là A1",
        }
    }

    /// The sentence in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Form => "a period is written 2026-M07, 2026-Q3, 2026-S1, 2026-9M or 2026-A1",
            Self::Year => "the year of a period is 2000 to 2100",
            Self::Number(Frequency::Month) => "the month of a period is M01 to M12",
            Self::Number(Frequency::Quarter) => "the quarter of a period is Q1 to Q4",
            Self::Number(Frequency::HalfYear) => "the half-year of a period is S1 or S2",
            Self::Number(Frequency::NineMonths) => "the nine months of a year are 9M",
            Self::Number(Frequency::Year) => "the whole of a year is A1",
        }
    }
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

impl Error for PeriodError {}

/// Why a calendar was refused.
#[derive(Debug)]
pub enum CalendarError {
    /// It is not JSON of the right shape.
    Json(serde_json::Error),
    /// It has the right shape but makes no sense.
    Rules(Vec<Violation>),
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Rules(broken) => {
                let lines: Vec<_> =
                    broken.iter().map(|violation| format!("{}: {}", violation.place, violation.detail.en)).collect();
                f.write_str(&lines.join("; "))
            }
        }
    }
}

impl Error for CalendarError {}

/// A calendar that was never validated asks for a date that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchDate;

impl fmt::Display for NoSuchDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the calendar asks for a date that does not exist")
    }
}

impl Error for NoSuchDate {}
