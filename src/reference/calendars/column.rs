//! Periods as columns and schemas: one spelling on the wire and in the table.

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

use super::period::Period;
use crate::base::db::types::Inline;

impl<DB: Backend> FromSql<Text, DB> for Period
where
    Inline: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Inline::from_sql(value)?.parse()?)
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

impl utoipa::PartialSchema for Period {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^(20[0-9]{2}|2100)-(M(0[1-9]|1[0-2])|Q[1-4]|S[12]|9M|A1)$"))
            .min_length(Some(7))
            .max_length(Some(8))
            .description(Some(
                "A reporting period (kỳ): a month `2026-M07`, a quarter `2026-Q3`, a half-year `2026-S1`, nine months `2026-9M`, a year `2026-A1`; the years are 2000 to 2100.",
            ))
            .examples(["2026-M10"])
            .into()
    }
}

impl utoipa::ToSchema for Period {}
