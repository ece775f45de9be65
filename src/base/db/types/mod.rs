//! The types that both databases and the wire share: parsed once, at the edge, into values that cannot be wrong.

mod cleaning;
mod code;
mod day;
mod decimal;
mod id;
mod inline;
mod instant;
mod iso;
mod json;
mod number;
mod parsed;
mod stored;
mod string_enum;
mod text;

pub use cleaning::is_blank;
pub use code::{DocumentNumber, IndicatorCode, OrgCode, RecordKey, SourceCode};
pub use day::Day;
pub use decimal::{Decimal, Percent, Vnd};
pub use id::{
    ClientId, DeadlineChangeId, DocumentId, InspectionId, ObservationId, ProgressUpdateId, TaskId, UnknownId,
};
pub use inline::Inline;
pub use instant::Instant;
pub use json::JsonText;
pub use stored::reading as reading_stored;
pub(crate) use string_enum::{schema as string_enum_schema, string_enum};
pub use text::{LongText, ShortText, fold, holding};

/// The SQL types that the two databases spell differently; everything else uses diesel's own.
pub mod sql {
    use diesel::{query_builder::QueryId, sql_types::SqlType};

    /// `uuid` on PostgreSQL, a 16-byte `BLOB` on SQLite.
    #[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
    pub struct Uuid;

    /// `timestamptz` on PostgreSQL, microseconds since 1970 in an `INTEGER` on SQLite.
    #[derive(Debug, Clone, Copy, Default, QueryId, SqlType)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
    pub struct Instant;
}

/// The schema of a text with a well-known format.
fn formatted_string(
    format: utoipa::openapi::KnownFormat,
    description: &str,
    most: usize,
) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::{
        SchemaFormat,
        schema::{ObjectBuilder, SchemaType, Type},
    };
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::KnownFormat(format)))
        .max_length(Some(most))
        .description(Some(description))
        .into()
}
