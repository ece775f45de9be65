//! Text from outside: cleaned, bounded, free of control characters. Short ones are kept in place, as in
//! [`super::Inline`].

use std::borrow::Cow;

use super::{cleaning::clean, parsed::parsed, stored};
use crate::base::i18n::{Bilingual, bilingual};
use compact_str::CompactString;
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    serialize::{self, Output, ToSql},
    sql_types::Text,
    sqlite::Sqlite,
};
use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};

macro_rules! text {
    ($name:ident, $most:literal, $lines:literal, $pattern:literal, $example:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, AsExpression, FromSqlRow)]
        #[diesel(sql_type = Text)]
        #[serde(transparent)]
        pub struct $name(CompactString);

        impl $name {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = Bilingual;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                checked(text, $most, $lines).map(|text| Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if stored::is_reading() {
                    return CompactString::deserialize(deserializer).map(Self);
                }
                parsed(deserializer)
            }
        }

        impl FromSql<Text, Pg> for $name {
            /// Vietnamese is checked many bytes at a time, which the standard library does for ASCII only.
            fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(simdutf8::basic::from_utf8(value.as_bytes())?.into()))
            }
        }

        impl FromSql<Text, Sqlite> for $name {
            fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                <String as FromSql<Text, Sqlite>>::from_sql(value).map(|text| Self(text.into()))
            }
        }

        impl<DB: Backend> ToSql<Text, DB> for $name
        where
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.as_str().to_sql(out)
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
    };
}

// In words: no control characters but white space, and one character at least that is no space.
text!(
    ShortText,
    500,
    false,
    r"^[^\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F]*$",
    "Thanh tra tỉnh",
    "One line of text (văn bản một dòng): a name, a title, a label. 1 to 500 characters, one of them visible. Kept in composed form (Unicode NFC), white space of any sort as one space, none at the ends, without invisible characters, `Ð` as `Đ`."
);
text!(
    LongText,
    20_000,
    true,
    r"^[^\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F]*$",
    "Phát động chiến dịch tuyên truyền trên các phương tiện thông tin đại chúng",
    "Prose (văn bản nhiều dòng): a description, results, obstacles. 1 to 20,000 characters, one of them visible. Line breaks are kept, as `\\n`; each line as in a short text."
);

/// The text as it is kept, or what is wrong with it.
fn checked(text: &str, most: usize, lines: bool) -> Result<Cow<'_, str>, Bilingual> {
    let text = clean(text, lines);
    if text.is_empty() {
        return Err(Bilingual::new("không được để trống", "must not be empty"));
    }
    if text.len() > most && text.chars().nth(most).is_some() {
        return Err(bilingual!("dài nhất {most} ký tự", "at most {most} characters"));
    }
    // Bytes are looked at many at a time: a control character has one of these, or is a line feed that may stay.
    let may_hold_controls = text.bytes().any(|byte| byte < b' ' || matches!(byte, 0x7F | 0xC2));
    if !may_hold_controls || text.chars().all(|c| !c.is_control() || (lines && c == '\n')) {
        Ok(text)
    } else {
        Err(Bilingual::new(
            "không được chứa ký tự điều khiển (như NUL)",
            "must not hold control characters (such as NUL)",
        ))
    }
}

/// The form in which text is searched: lower case, without diacritics, so that "tien do" finds "Tiến độ".
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// The `LIKE` pattern of folded texts that hold this one, taken as it is; the escape is a backslash.
#[must_use]
pub fn holding(text: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_composed_bounded_and_printable() {
        assert_eq!("Tie\u{302}\u{301}n".parse::<ShortText>().unwrap().as_str(), "Tiến");
        for text in ["", "  ", "\u{a0}\u{200b}\u{feff}", "a\u{0}b", "a\u{1f}b", "a\u{7f}b"] {
            assert!(text.parse::<ShortText>().is_err(), "{text:?}");
            assert!(text.parse::<LongText>().is_err(), "{text:?}");
        }
        assert_eq!("two\nlines".parse::<ShortText>().unwrap().as_str(), "two lines");
        assert_eq!("two\r\nlines ".parse::<LongText>().unwrap().as_str(), "two\nlines");
        assert!("ế".repeat(500).parse::<ShortText>().is_ok());
        assert!("ế".repeat(501).parse::<ShortText>().is_err());
        assert!(format!("{}\u{200b} ", "ế".repeat(500)).parse::<ShortText>().is_ok());
    }

    #[test]
    fn a_text_is_the_same_after_a_round_trip() {
        let text: LongText = "  Kế\u{a0}hoạch\r\n\r\n- Ðất  đai\u{b}- Hết".parse().unwrap();
        let json = serde_json::to_string(&text).unwrap();
        assert_eq!(json, r#""Kế hoạch\n\n- Đất đai\n- Hết""#);
        assert_eq!(serde_json::from_str::<LongText>(&json).unwrap(), text);
    }

    #[test]
    fn a_text_that_was_stored_before_the_rule_is_read_back() {
        let read = stored::reading(|| serde_json::from_str::<ShortText>(r#""a  b\u00a0""#)).unwrap();
        assert_eq!(read.as_str(), "a  b\u{a0}");
        assert!(stored::reading(|| serde_json::from_str::<ShortText>(r#""\u200b""#)).is_ok());
    }

    #[test]
    fn search_ignores_case_and_marks() {
        assert_eq!(fold("Tiến Độ ĐÃ XONG"), "tien do da xong");
    }

    #[test]
    fn a_pattern_takes_the_text_as_it_is() {
        assert_eq!(holding(r"Đạt 90%_\"), r"%dat 90\%\_\\%");
    }
}
