//! Exact numbers: integers scaled by 10⁴ from the wire to the disk and back, never a float.

use std::{fmt, str::FromStr};

use super::parsed::parsed;
use crate::base::i18n::Bilingual;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::BigInt,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, SchemaType, Type},
};

/// One unit in the last of the four places.
pub const SCALE: i64 = 10_000;
/// Fourteen digits before the point, four after it.
const LIMIT: i64 = 10_i64.pow(18);

/// A decimal with at most 14 digits before and 4 after the point; a JSON string on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
pub struct Decimal(i64);

impl Decimal {
    /// Nought.
    pub const ZERO: Self = Self(0);

    /// The number of ten-thousandths.
    #[must_use]
    pub fn scaled(self) -> i64 {
        self.0
    }

    /// From ten-thousandths, when they fit.
    #[must_use]
    pub fn from_scaled(scaled: i128) -> Option<Self> {
        i64::try_from(scaled).ok().filter(|scaled| scaled.abs() < LIMIT).map(Self)
    }
}

impl FromStr for Decimal {
    type Err = Bilingual;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: Bilingual = Bilingual::new(
            "phải là số thập phân viết trong chuỗi, như \"98.5\": nhiều nhất 14 chữ số trước và 4 chữ số sau dấu chấm",
            "must be a decimal written as text, like \"98.5\": at most 14 digits before and 4 after the point",
        );
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
        let plain = |text: &str, most: usize| {
            !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !plain(whole, 14) || part.is_some_and(|part| !plain(part, 4)) {
            return Err(FORM);
        }
        let whole: i64 = whole.parse().map_err(|_| FORM)?;
        let part: i64 = format!("{:0<4}", part.unwrap_or_default()).parse().map_err(|_| FORM)?;
        let scaled = whole * SCALE + part;
        Ok(Self(if negative { -scaled } else { scaled }))
    }
}

impl fmt::Display for Decimal {
    /// The shortest form: no trailing noughts after the point.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let part = format!("{part:04}");
        write!(f, "{sign}{whole}.{}", part.trim_end_matches('0'))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Decimal
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Decimal
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl utoipa::PartialSchema for Decimal {
    fn schema() -> RefOr<Schema> {
        decimal_schema(
            "An exact decimal number as text (số thập phân), never a float: at most 14 digits before and 4 after the point.",
            r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$",
            "98.5",
        )
    }
}

impl utoipa::ToSchema for Decimal {}

fn decimal_schema(description: &str, pattern: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some(pattern))
        .min_length(Some(1))
        .max_length(Some(20))
        .description(Some(description))
        .examples([example])
        .into()
}

/// A share of a whole from 0 to 100, exact to four places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct Percent(Decimal);

impl Percent {
    /// Nothing done yet.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// All done.
    pub const FULL: Self = Self(Decimal(100 * SCALE));
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = Self(Decimal::deserialize(deserializer)?);
        if (Self::ZERO..=Self::FULL).contains(&percent) {
            Ok(percent)
        } else {
            Err(de::Error::custom(Bilingual::new("phải từ \"0\" đến \"100\"", "must be from \"0\" to \"100\"")))
        }
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Percent
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Decimal::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Percent
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.0.to_sql(out)
    }
}

impl utoipa::PartialSchema for Percent {
    fn schema() -> RefOr<Schema> {
        decimal_schema(
            "A percentage (phần trăm) as text, from `0` to `100`, with at most 4 digits after the point.",
            r"^(-?0{1,14}(\.0{1,4})?|0{0,11}100(\.0{1,4})?|0{0,12}[0-9]{1,2}(\.[0-9]{1,4})?)$",
            "60",
        )
    }
}

impl utoipa::ToSchema for Percent {}

/// An amount of money in whole đồng (VND), from 0 to 10¹⁵ − 1; a JSON number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct Vnd(i64);

impl Vnd {
    /// 2⁵³ is the last whole number that every JSON reader keeps exact; this is the last power of ten below it.
    const MAX_SCALED: i64 = 999_999_999_999_999;

    /// The number of đồng.
    #[must_use]
    pub fn dong(self) -> i64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Vnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dong = i64::deserialize(deserializer)?;
        if (0..=Self::MAX_SCALED).contains(&dong) {
            Ok(Self(dong))
        } else {
            Err(de::Error::custom(Bilingual::new(
                "phải là số nguyên đồng từ 0 đến 999999999999999",
                "must be whole đồng from 0 to 999999999999999",
            )))
        }
    }
}

impl<DB: Backend> FromSql<BigInt, DB> for Vnd
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<BigInt, DB> for Vnd
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

impl utoipa::PartialSchema for Vnd {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Int64)))
            .minimum(Some(0))
            .maximum(Some(Self::MAX_SCALED))
            .description(Some("Money (kinh phí) in whole đồng (VND), from 0 to 999,999,999,999,999; a JSON number that every reader keeps exact."))
            .examples([250_000_000])
            .into()
    }
}

impl utoipa::ToSchema for Vnd {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for text in ["0", "98.5", "-0.0001", "99999999999999.9999", "100", "0.1"] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
        }
        assert_eq!("90.00".parse::<Decimal>(), "90".parse::<Decimal>());
    }

    #[test]
    fn what_is_not_plain_digits_is_refused() {
        for text in ["", ".5", "5.", "1e3", "+1", " 1", "1,5", "123456789012345", "0.12345", "--1", "١", "NaN"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }
}
