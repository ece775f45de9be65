//! Periods and frequencies as columns, path parameters and schemas: one spelling on the wire and in the table.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Text,
};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, SchemaType, Type},
};

use super::{frequency::Frequency, period::Period};

impl<DB: Backend> FromSql<Text, DB> for Period
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(String::from_sql(value)?.parse()?)
    }
}

impl ToSql<Text, diesel::pg::Pg> for Period {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        std::io::Write::write_fmt(out, format_args!("{self}"))?;
        Ok(IsNull::No)
    }
}

impl ToSql<Text, diesel::sqlite::Sqlite> for Period {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}

impl<DB: Backend> FromSql<Text, DB> for Frequency
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let word = String::from_sql(value)?;
        Ok(Self::ALL.into_iter().find(|each| each.as_str() == word).ok_or("not a frequency")?)
    }
}

impl<DB: Backend> ToSql<Text, DB> for Frequency
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.as_str(), out)
    }
}

impl utoipa::PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^(20[0-9]{2}|2100)-(M(0[1-9]|1[0-2])|Q[1-4]|S[12]|9M|A1)$"))
            .max_length(Some(8))
            .description(Some(
                "A reporting period (kỳ): a month `2026-M07`, a quarter `2026-Q3`, a half-year `2026-S1`, nine months `2026-9M`, a year `2026-A1`.",
            ))
            .examples(["2026-M10"])
            .into()
    }
}

impl utoipa::ToSchema for Period {}
