//! How often something is reported (tần suất).

use crate::base::db::types::string_enum;

string_enum! {
    /// How often something is reported (tần suất).
    Frequency {
        /// Every month (tháng).
        Month = "month",
        /// Every three months (quý).
        Quarter = "quarter",
        /// Every six months (sáu tháng).
        HalfYear = "half_year",
        /// Once a year, over its first nine months (chín tháng).
        NineMonths = "nine_months",
        /// Once a year (năm).
        Year = "year",
    }
}

impl Frequency {
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
