//! A day of the calendar: exactly `YYYY-MM-DD` wherever it is sent, so that every reader of `format: date` can read it.

use std::{fmt, ops::Deref, str::FromStr};

use chrono::{Datelike, Days, NaiveDate};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Date,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{
    KnownFormat, SchemaFormat,
    schema::{ObjectBuilder, SchemaType, Type},
};

use super::{iso, stored};
use crate::base::i18n::Bilingual;

/// Years that a day may be in when it is sent: outside them it is a slip of the keyboard.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A day, without a time zone. What is sent is judged; what a table or a calendar's arithmetic holds may be any day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Date)]
pub struct Day(NaiveDate);

impl Day {
    /// The last day there is.
    pub const MAX: Self = Self(NaiveDate::MAX);
    /// What a sender is told, whichever part of it is wrong.
    pub(crate) const RULE: Bilingual = Bilingual::new(
        "phải là một ngày có thật từ năm 1900 đến năm 2199, viết năm-tháng-ngày đủ 10 ký tự, ví dụ \"2026-12-31\"",
        "must be a day that exists, in the years 1900 to 2199, written year-month-day in 10 characters, such as \"2026-12-31\"",
    );

    /// So many days later, at most the last day there is.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        self.0.checked_add_days(Days::new(days.into())).map_or(Self::MAX, Self)
    }
}

impl Deref for Day {
    type Target = NaiveDate;

    fn deref(&self) -> &NaiveDate {
        &self.0
    }
}

impl From<NaiveDate> for Day {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

impl FromStr for Day {
    type Err = Bilingual;

    fn from_str(text: &str) -> Result<Self, Bilingual> {
        written(text).filter(|day| YEARS.contains(&day.year())).map(Self).ok_or(Self::RULE)
    }
}

/// The day that ten characters name; chrono's own parser also takes `26-1-5` and ` 2026 - 01 - 05`.
fn written(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |sum: u32, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
    };
    NaiveDate::from_ymd_opt(number(&[y1, y2, y3, y4])?.try_into().ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        iso::with_day(self.0, |text| f.write_str(text))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        iso::with_day(self.0, |text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Day;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
        match text.parse() {
            Err(_) if stored::is_reading() => text.parse().map(Day).map_err(E::custom),
            read => read.map_err(E::custom),
        }
    }
}

impl<DB: Backend> FromSql<Date, DB> for Day
where
    NaiveDate: FromSql<Date, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDate::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<Date, DB> for Day
where
    NaiveDate: ToSql<Date, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
            .min_length(Some(10))
            .max_length(Some(10))
            .description(Some("A day (ngày) in Ho Chi Minh City: exactly `YYYY-MM-DD`, in the years 1900 to 2199."))
            .examples(["2026-11-30"])
            .into()
    }
}

impl utoipa::ToSchema for Day {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_ten_characters_of_a_real_day() {
        for text in ["1900-01-01", "2024-02-29", "2026-11-30", "2199-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
            assert_eq!(serde_json::to_string(&text.parse::<Day>().unwrap()).unwrap(), format!("\"{text}\""));
        }
        for text in [
            "",
            "25-5-22",
            "2026-2-5",
            " 2026-02-05",
            "2026-02-05 ",
            "2026 - 02 - 05",
            "2026-02-30",
            "2026-13-01",
            "2026-00-10",
            "+12026-01-01",
            "-0044-03-15",
            "0001-01-01",
            "1899-12-31",
            "2200-01-01",
            "05/02/2026",
            "20260205",
            "2026-02-0５",
            "+026-02-05",
            "2026-02-05T00:00:00Z",
            "2026–02–5",
        ] {
            assert_eq!(text.parse::<Day>(), Err(Day::RULE), "{text}");
        }
    }

    #[test]
    fn a_day_that_was_stored_before_the_rule_is_read_back() {
        for text in ["\"0001-01-01\"", "\"+12026-01-01\"", "\"-0044-03-15\""] {
            assert!(serde_json::from_str::<Day>(text).is_err());
            let day: Day = stored::reading(|| serde_json::from_str(text)).unwrap();
            assert_eq!(serde_json::to_string(&day).unwrap(), text);
        }
        assert!(!stored::is_reading());
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        assert_eq!(Day::MAX.plus(60), Day::MAX);
        assert_eq!("2026-12-30".parse::<Day>().unwrap().plus(3).to_string(), "2027-01-02");
    }
}
