//! Identifiers that the service names itself: UUIDv7, one type for each kind of record.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::Binary,
    sqlite::Sqlite,
};
use serde::{Deserialize, Serialize};
use std::io::Write;
use uuid::Uuid;

use super::sql;

/// The text is not a UUID, so no record has it.
#[derive(Debug)]
pub struct UnknownId;

impl std::fmt::Display for UnknownId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("must be a UUID")
    }
}

impl std::error::Error for UnknownId {}

macro_rules! id {
    ($($name:ident, $what:literal;)+) => { $(
        #[doc = concat!("Identifies ", $what, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = sql::Uuid)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownId;
            fn from_str(text: &str) -> Result<Self, UnknownId> {
                text.parse().map(Self).map_err(|_| UnknownId)
            }
        }

        impl FromSql<sql::Uuid, Pg> for $name {
            fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(Uuid::from_slice(value.as_bytes())?))
            }
        }

        impl ToSql<sql::Uuid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.0.as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl FromSql<sql::Uuid, Sqlite> for $name {
            fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                Ok(Self(Uuid::from_slice(&bytes)?))
            }
        }

        impl ToSql<sql::Uuid, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.as_bytes().as_slice());
                Ok(IsNull::No)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                super::formatted_string(utoipa::openapi::KnownFormat::Uuid, concat!("Identifies ", $what, "."), 36)
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>) -> Vec<utoipa::openapi::path::Parameter> {
                vec![
                    utoipa::openapi::path::ParameterBuilder::new()
                        .name("id")
                        .parameter_in(utoipa::openapi::path::ParameterIn::Path)
                        .required(utoipa::openapi::Required::True)
                        .description(Some(concat!("Identifies ", $what, "; another organization's is 404.")))
                        .schema(Some(<Self as utoipa::PartialSchema>::schema()))
                        .build(),
                ]
            }
        }
    )+ };
}

id! {
    TaskId, "a task (nhiệm vụ)";
    DocumentId, "a document (văn bản)";
    ProgressUpdateId, "a progress update (cập nhật tiến độ)";
    DeadlineChangeId, "a change of a task's due date (gia hạn)";
    InspectionId, "an inspection (kiểm tra)";
    ObservationId, "an observation (số liệu)";
    ClientId, "a client (hệ thống kết nối)";
}
