//! What an address says of a calendar: its code, and a period of it.

use serde::Deserialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Required, Schema, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, SchemaType},
    },
};

use super::Period;

/// The code of a calendar in an address; what is none is 404, before the database is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct CalendarCode(String);

impl CalendarCode {
    /// The code itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CalendarCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let is_letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        if (1..=32).contains(&text.len()) && text.bytes().all(is_letter) { Ok(Self(text)) } else { Err("no code") }
    }
}

impl PartialSchema for CalendarCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some("^[A-Z0-9_]{1,32}$")).into()
    }
}

impl ToSchema for CalendarCode {}

impl IntoParams for CalendarCode {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let meaning = "The code of the calendar (lịch báo cáo); `GET /v1/calendars` lists them, and any other is 404.";
        let code = ParameterBuilder::new()
            .name("code")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(meaning))
            .schema(Some(Self::schema()))
            .example(Some("ND09".into()));
        vec![code.build()]
    }
}

/// A period of a calendar, as an address names it.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PeriodOfCalendar {
    /// The code of the calendar (lịch báo cáo); `GET /v1/calendars` lists them, and any other is 404.
    #[param(value_type = String, example = "ND09", pattern = "^[A-Z0-9_]{1,32}$")]
    pub code: CalendarCode,
    /// The period (kỳ): a month `2026-M10`, a quarter `2026-Q4`, a half-year `2026-S2`, the first nine months `2026-9M` or
    /// a year `2026-A1`. What cannot be read so is 404.
    #[param(value_type = Period)]
    pub period: String,
}

/// A period, as an address names it.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct NamedPeriod {
    /// The period (kỳ): a month `2026-M10`, a quarter `2026-Q4`, a half-year `2026-S2`, the first nine months `2026-9M` or
    /// a year `2026-A1`. What cannot be read so is 404.
    #[param(value_type = Period)]
    pub period: String,
}
