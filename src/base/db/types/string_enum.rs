//! Closed vocabularies: one word on the wire, in the table and in the document.

use utoipa::openapi::{
    RefOr, Schema,
    schema::{ObjectBuilder, SchemaType, Type},
};

/// The schema of a closed vocabulary: its description explains every word, for readers who see only the document.
pub fn schema(about: &[&str], words: &[(&'static str, &[&str])]) -> RefOr<Schema> {
    let sentence = |lines: &[&str]| lines.concat().trim().to_owned();
    let listed: Vec<_> = words.iter().map(|(word, lines)| format!("- `{word}`: {}", sentence(lines))).collect();
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words.iter().map(|(word, _)| *word)))
        .description(Some(format!("{}\n\n{}", sentence(about), listed.join("\n"))))
        .into()
}

/// Declares an enum whose variants are words of the contract, stored as they are written. A word without a doc line does
/// not compile: the document explains it by that line.
macro_rules! string_enum {
    ($(#[doc = $about:literal])+ $(#[derive($derived:ident)])? $name:ident {
        $($(#[doc = $meaning:literal])+ $(#[default $($nothing:tt)?])? $variant:ident = $word:literal,)+
    }) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow $(, $derived)?)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name {
            $($(#[doc = $meaning])+ $(#[default $($nothing)?])? #[serde(rename = $word)] $variant,)+
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                $crate::base::db::types::string_enum_schema(&[$($about),+], &[$(($word, &[$($meaning),+])),+])
            }
        }

        impl utoipa::ToSchema for $name {}

        impl $name {
            /// Every word, in the contract's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::base::i18n::Bilingual;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => {
                        let words = [$($word),+].join(", ");
                        Err($crate::base::i18n::bilingual!("phải là một trong: {words}", "must be one of: {words}"))
                    }
                }
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            $crate::base::db::types::Inline: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                Ok($crate::base::db::types::Inline::from_sql(value)?.parse::<Self>().map_err(|reason| reason.to_string())?)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
            }
        }
    };
}
pub(crate) use string_enum;
