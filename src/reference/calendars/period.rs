//! A reporting period as people name it: `2026-M07`, `2026-Q3`, `2026-S1`, `2026-9M`, `2026-A1`.
//!
//! A period is only a name; the days it covers are the business of a calendar.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Serialize};

use super::error::PeriodError;
use super::frequency::Frequency;
use crate::base::{
    db::prelude::{AsExpression, FromSqlRow, Text},
    i18n::Bilingual,
};

/// The years a period may name.
pub const YEARS: RangeInclusive<i32> = 2000..=2100;

/// One reporting period, sorted by year, then frequency, then number.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    year: i32,
    frequency: Frequency,
    number: u8,
}

impl Period {
    /// The period with this number, counted from 1 within its year.
    ///
    /// # Errors
    /// When the year is not one of [`YEARS`] or the year has no period of that number.
    pub fn new(year: i32, frequency: Frequency, number: u8) -> Result<Self, PeriodError> {
        if !YEARS.contains(&year) {
            return Err(PeriodError::Year);
        }
        if !(1..=frequency.per_year()).contains(&number) {
            return Err(PeriodError::Number(frequency));
        }
        Ok(Self { year, frequency, number })
    }

    /// The period of this frequency that counts a given month, none for the last quarter of a year in nine months.
    #[must_use]
    pub fn of_month(year: i32, month: u8, frequency: Frequency) -> Option<Self> {
        let number = month.checked_sub(1)? / frequency.months() + 1;
        Self::new(year, frequency, number).ok()
    }

    /// The year in the period's name.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.year
    }

    /// The frequency this period belongs to.
    #[must_use]
    pub const fn frequency(self) -> Frequency {
        self.frequency
    }

    /// The number of the period within its year, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The first month it counts, 1 to 12.
    #[must_use]
    pub const fn first_month(self) -> u8 {
        (self.number - 1) * self.frequency.months() + 1
    }

    /// The last month it counts, 1 to 12.
    #[must_use]
    pub const fn last_month(self) -> u8 {
        self.number * self.frequency.months()
    }

    /// The shorter periods that add up to this one exactly, or none when they cannot.
    #[must_use]
    pub fn constituents(self, part: Frequency) -> Option<Vec<Self>> {
        let (whole, piece) = (self.frequency.months(), part.months());
        if whole % piece != 0 {
            return None;
        }
        let first = (self.first_month() - 1) / piece + 1;
        let numbers = first..first + whole / piece;
        Some(numbers.map(|number| Self { frequency: part, number, ..self }).collect())
    }

    /// The period before it of the same frequency, or none before the first year.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.step(-1)
    }

    /// The period after it of the same frequency, or none after the last year.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.step(1)
    }

    fn step(self, by: i32) -> Option<Self> {
        let per_year = i32::from(self.frequency.per_year());
        let index = self.year * per_year + i32::from(self.number) - 1 + by;
        let number = u8::try_from(index.rem_euclid(per_year) + 1).ok()?;
        Self::new(index.div_euclid(per_year), self.frequency, number).ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, number, .. } = self;
        match self.frequency {
            Frequency::Month => write!(f, "{year}-M{number:02}"),
            Frequency::Quarter => write!(f, "{year}-Q{number}"),
            Frequency::HalfYear => write!(f, "{year}-S{number}"),
            Frequency::NineMonths => write!(f, "{year}-9M"),
            Frequency::Year => write!(f, "{year}-A{number}"),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((&[a, b, c, d, b'-'], kind)) = text.as_bytes().split_first_chunk() else {
            return Err(PeriodError::Form);
        };
        let year =
            i32::from(digit(a)?) * 1000 + i32::from(digit(b)?) * 100 + i32::from(digit(c)?) * 10 + i32::from(digit(d)?);
        let (frequency, number) = match *kind {
            [b'9', b'M'] => (Frequency::NineMonths, 1),
            [b'M', ten, one] => (Frequency::Month, digit(ten)? * 10 + digit(one)?),
            [b'Q', number] => (Frequency::Quarter, digit(number)?),
            [b'S', number] => (Frequency::HalfYear, digit(number)?),
            [b'A', number] => (Frequency::Year, digit(number)?),
            _ => return Err(PeriodError::Form),
        };
        Self::new(year, frequency, number)
    }
}

// One spelling per period: `2026-M7` and `2026-M07` would be two keys for one month.
fn digit(byte: u8) -> Result<u8, PeriodError> {
    if byte.is_ascii_digit() { Ok(byte - b'0') } else { Err(PeriodError::Form) }
}

impl TryFrom<String> for Period {
    /// In both languages, so that a field and a query parameter say the forms in the caller's.
    type Error = Bilingual;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map_err(|error: PeriodError| Bilingual::new(error.vi(), error.en()))
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn names(periods: &[Period]) -> String {
        periods.iter().map(Period::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_name_survives_the_wire() {
        for text in "2026-M01 2026-M12 2000-Q1 2100-Q4 2026-S2 2026-9M 2026-A1".split(' ') {
            let json = format!("\"{text}\"");
            assert_eq!(period(text).to_string(), text);
            assert_eq!(serde_json::to_string(&period(text)).ok(), Some(json.clone()));
            assert_eq!(serde_json::from_str::<Period>(&json).ok(), Some(period(text)));
        }
        let frequencies = serde_json::to_string(&Frequency::ALL).unwrap_or_default();
        assert_eq!(frequencies, r#"["month","quarter","half_year","nine_months","year"]"#);
    }

    #[test]
    fn a_wrong_name_says_what_is_wrong() {
        let form = "|2026|2026-|2026M07|2026-M7|2026-M007|2026-m07|2026-M+7|2026-M0७| 2026-M07|2026-M07 |26-M07|02026-M07\
            |2026-07|2026-Q03|2026-Q|2026-8M|2026-9m|2026-09M|2026-A|2026-W01|-026-M07|2026-M-1|2026--M07|+026-M07";
        for text in form.split('|') {
            assert_eq!(text.parse::<Period>(), Err(PeriodError::Form), "{text}");
        }
        for text in ["1999-M12", "2101-9M", "0000-A1"] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError::Year), "{text}");
        }
        let numbers = [
            (Frequency::Month, "2026-M00 2026-M13 2026-M99"),
            (Frequency::Quarter, "2026-Q0 2026-Q5"),
            (Frequency::HalfYear, "2026-S0 2026-S3"),
            (Frequency::Year, "2026-A0 2026-A2"),
        ];
        for (frequency, texts) in numbers {
            for text in texts.split(' ') {
                assert_eq!(text.parse::<Period>(), Err(PeriodError::Number(frequency)), "{text}");
            }
        }
        let refused = serde_json::from_str::<Period>("\"2026-M13\"").map_err(|error| error.to_string());
        assert!(refused.is_err_and(|message| message.contains("M01 to M12")));
        assert!(serde_json::from_str::<Period>("202607").is_err());
    }

    #[test]
    fn a_period_splits_only_where_the_parts_add_up() {
        use Frequency::{HalfYear, Month, NineMonths, Quarter, Year};
        let six = "2026-M01 2026-M02 2026-M03 2026-M04 2026-M05 2026-M06";
        let nine = format!("{six} 2026-M07 2026-M08 2026-M09");
        let twelve = format!("{nine} 2026-M10 2026-M11 2026-M12");
        let cases = [
            ("2026-M05", Month, "2026-M05"),
            ("2026-Q3", Month, "2026-M07 2026-M08 2026-M09"),
            ("2026-S1", Month, six),
            ("2026-S2", Quarter, "2026-Q3 2026-Q4"),
            ("2026-9M", Month, &nine),
            ("2026-9M", Quarter, "2026-Q1 2026-Q2 2026-Q3"),
            ("2026-9M", NineMonths, "2026-9M"),
            ("2026-A1", Month, &twelve),
            ("2026-A1", Quarter, "2026-Q1 2026-Q2 2026-Q3 2026-Q4"),
            ("2026-A1", HalfYear, "2026-S1 2026-S2"),
        ];
        for (whole, part, expected) in cases {
            let parts = period(whole).constituents(part).map(|parts| names(&parts));
            assert_eq!(parts.as_deref(), Some(expected), "{whole}");
        }
        let apart = [("2026-M01", Quarter), ("2026-Q1", HalfYear), ("2026-S1", NineMonths), ("2026-S1", Year)];
        for (whole, part) in apart.into_iter().chain([("2026-9M", HalfYear), ("2026-A1", NineMonths)]) {
            assert_eq!(period(whole).constituents(part), None, "{whole}");
        }
    }

    #[test]
    fn neighbours_keep_the_frequency_and_stop_at_the_ends() {
        let pairs =
            "2025-M12 2026-M01|2026-M01 2026-M02|2025-Q4 2026-Q1|2025-S2 2026-S1|2025-9M 2026-9M|2025-A1 2026-A1";
        for (before, after) in pairs.split('|').filter_map(|pair| pair.split_once(' ')) {
            assert_eq!(period(before).next(), Some(period(after)));
            assert_eq!(period(after).previous(), Some(period(before)));
            assert!(period(before) < period(after));
        }
        assert_eq!(period("2000-M01").previous(), None);
        assert_eq!(period("2100-9M").next(), None);
    }

    #[test]
    fn a_month_counts_in_at_most_one_period_of_each_frequency() {
        let of = |month| {
            Frequency::ALL.iter().copied().filter_map(move |f| Period::of_month(2026, month, f)).collect::<Vec<_>>()
        };
        assert_eq!(names(&of(9)), "2026-M09 2026-Q3 2026-S2 2026-9M 2026-A1");
        assert_eq!(names(&of(10)), "2026-M10 2026-Q4 2026-S2 2026-A1");
        assert_eq!((of(0), of(13)), (vec![], vec![]));
    }
}
