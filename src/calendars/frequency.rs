//! How often something is reported.

use serde::{Deserialize, Serialize};

/// How often something is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// Every month.
    Month,
    /// Every three months.
    Quarter,
    /// Every six months.
    HalfYear,
    /// Once a year, over its first nine months.
    NineMonths,
    /// Once a year.
    Year,
}

impl Frequency {
    /// Every frequency, shortest first.
    pub const ALL: [Self; 5] = [Self::Month, Self::Quarter, Self::HalfYear, Self::NineMonths, Self::Year];

    /// The number of months that one period covers.
    #[must_use]
    pub const fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::NineMonths => 9,
            Self::Year => 12,
        }
    }

    /// The number of periods in one year.
    #[must_use]
    pub const fn per_year(self) -> u8 {
        12 / self.months()
    }
}
