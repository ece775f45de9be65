//! A moment in UTC, to the microsecond, as both databases keep it.

use std::str::FromStr;

use chrono::{DateTime, SubsecRound, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::BigInt,
    sqlite::Sqlite,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{iso, parsed::parsed, sql};
use crate::base::i18n::Bilingual;

/// PostgreSQL counts from 2000-01-01T00:00:00Z: microseconds between that and 1970.
const PG_EPOCH: i64 = 946_684_800_000_000;

/// A moment in UTC, cut to microseconds, so that what is answered is what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql::Instant)]
pub struct Instant(DateTime<Utc>);

impl Instant {
    /// The moment as chrono has it.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// Microseconds since 1970, the form SQLite keeps.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0.timestamp_micros()
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.trunc_subsecs(6))
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        iso::with_moment(self.0, |text| f.write_str(text))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        iso::with_moment(self.0, |text| serializer.serialize_str(text))
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer)
    }
}

impl FromStr for Instant {
    type Err = Bilingual;

    fn from_str(text: &str) -> Result<Self, Bilingual> {
        const FORM: Bilingual = Bilingual::new(
            "phải là thời điểm RFC 3339, như 2026-07-14T17:00:00Z",
            "must be an instant like 2026-07-14T17:00:00Z (RFC 3339)",
        );
        DateTime::parse_from_rfc3339(text).map(|at| at.to_utc().into()).map_err(|_| FORM)
    }
}

impl FromSql<sql::Instant, Pg> for Instant {
    fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        from_micros(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?.checked_add(PG_EPOCH))
    }
}

impl ToSql<sql::Instant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.micros().checked_sub(PG_EPOCH).ok_or("instant out of range")?;
        std::io::Write::write_all(out, &micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Instant, Sqlite> for Instant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        from_micros(Some(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?))
    }
}

impl ToSql<sql::Instant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}

fn from_micros(micros: Option<i64>) -> deserialize::Result<Instant> {
    Ok(Instant(micros.and_then(DateTime::from_timestamp_micros).ok_or("instant out of range")?))
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        super::formatted_string(
            utoipa::openapi::KnownFormat::DateTime,
            "A moment (thời điểm) as RFC 3339 has it, such as `2026-11-14T17:00:00Z`; answered in UTC, to the microsecond.",
            35,
        )
    }
}

impl utoipa::ToSchema for Instant {}
