//! A small structured value in one column, kept as the text that was written.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt::Debug;

use super::{Inline, stored};

/// Stored as JSON text on both databases; on the wire it is the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(transparent)]
pub struct JsonText<T: Debug>(pub T);

impl<T: Debug> std::ops::Deref for JsonText<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Debug + DeserializeOwned, DB: Backend> FromSql<Text, DB> for JsonText<T>
where
    Inline: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = Inline::from_sql(value)?;
        Ok(Self(stored::reading(|| serde_json::from_str(&text))?))
    }
}

impl<T: Debug + Serialize> ToSql<Text, diesel::pg::Pg> for JsonText<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::pg::Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(serialize::IsNull::No)
    }
}

impl<T: Debug + Serialize> ToSql<Text, diesel::sqlite::Sqlite> for JsonText<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, diesel::sqlite::Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(serialize::IsNull::No)
    }
}
