//! Codes that people give: organizations, indicators, source systems and their keys.

use super::{
    cleaning::{exact, mended},
    inline::Inline,
    number::is_number,
    parsed::parsed,
};
use crate::base::i18n::Bilingual;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;
use utoipa::openapi::{
    Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::{ObjectBuilder, SchemaType, Type},
};

macro_rules! code {
    ($name:ident, $parameter:literal, $form:path, $valid:path, $rule:ident, $most:literal, $pattern:literal, $doc:literal, $example:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(transparent)]
        pub struct $name(Inline);

        impl $name {
            /// The code itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Bilingual;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let text = $form(text);
                if $valid(&text) { Ok(Self(text.as_ref().into())) } else { Err($rule) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                parsed(deserializer)
            }
        }

        impl<DB: Backend> FromSql<Text, DB> for $name
        where
            Inline: FromSql<Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Inline::from_sql(value).map(Self)
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            Inline: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .min_length(Some(1))
                    .max_length(Some($most))
                    .pattern(Some($pattern))
                    .description(Some($doc))
                    .examples([$example])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![
                    ParameterBuilder::new()
                        .name($parameter)
                        .parameter_in(ParameterIn::Path)
                        .required(Required::True)
                        .description(Some($doc))
                        .schema(Some(<Self as utoipa::PartialSchema>::schema()))
                        .build(),
                ]
            }
        }
    };
}

const CODE_RULE: Bilingual = Bilingual::new(
    "phải là mã: 1 đến 64 ký tự A-Z a-z 0-9 . _ -, bắt đầu bằng chữ hoặc số",
    "must be a code: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit",
);
const KEY_RULE: Bilingual = Bilingual::new("phải có 1 đến 200 ký tự in được", "must be 1 to 200 printable characters");

const NUMBER_RULE: Bilingual = Bilingual::new(
    "phải theo một trong ba dạng số, ký hiệu: hành chính 2273/KH-UBND (dự thảo: /KH-TTr), quy phạm 09/2019/NĐ-CP, của Đảng 57-NQ/TW; dài nhất 100 ký tự",
    "must follow one of the three grammars of numbers: administrative 2273/KH-UBND (a draft: /KH-TTr), normative 09/2019/NĐ-CP, Party 57-NQ/TW; at most 100 characters",
);

code!(
    OrgCode,
    "code",
    exact,
    is_code,
    CODE_RULE,
    64,
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "The code of an organization (cơ quan, đơn vị): 1 to 64 letters, digits, `.`, `_`, `-`; the first is a letter or digit. It never changes.",
    "LC-TTR"
);
code!(
    IndicatorCode,
    "code",
    exact,
    is_code,
    CODE_RULE,
    64,
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "The code of an indicator (chỉ tiêu): 1 to 64 letters, digits, `.`, `_`, `-`; the first is a letter or digit. It never changes.",
    "CT01"
);
code!(
    SourceCode,
    "source",
    exact,
    is_code,
    CODE_RULE,
    64,
    "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "The code of the system that owns a record (hệ thống nguồn): 1 to 64 letters, digits, `.`, `_`, `-`; the first is a letter or digit.",
    "qlvb"
);
code!(
    RecordKey,
    "source_key",
    exact,
    is_key,
    KEY_RULE,
    200,
    r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$",
    "The record's own id in the system that owns it (khóa trong hệ thống nguồn), unique there for ever: 1 to 200 printable characters. It is brought to composed form (Unicode NFC), white space at its ends is dropped; else it is kept exactly.",
    "000.00.00.H35,2025/05/22,2273/KH-UBND"
);

code!(
    DocumentNumber,
    "number",
    numbered,
    is_number,
    NUMBER_RULE,
    100,
    r"^(([0-9]+[a-z]?)?/[A-ZĐa-z]+(-[A-ZĐ&a-z0-9]+)*|[0-9]+/[0-9]{4}/[A-ZĐ]+[0-9]*(-[A-ZĐa-z&]+)*|[0-9]+-[A-ZĐ][A-ZĐa-z]*/[A-ZĐ]+)$",
    "The number and notation of a document (số, ký hiệu), in one of three grammars: administrative `2273/KH-UBND` (a draft has no number yet: `/KH-TTr`), normative `09/2019/NĐ-CP`, Party `57-NQ/TW`.",
    "2273/KH-UBND"
);

fn is_code(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= 200 && !text.chars().any(char::is_control)
}

/// No grammar of numbers has an eth: `QÐ` was meant as `QĐ`.
fn numbered(text: &str) -> Cow<'_, str> {
    let text = exact(text);
    if text.chars().all(|c| mended(c) == c) { text } else { Cow::Owned(text.chars().map(mended).collect()) }
}
