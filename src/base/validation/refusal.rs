//! Why a value could not be read, kept apart from its words: serde's own errors are one English string.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use super::node::Node;
use crate::base::{
    db::types::Day,
    i18n::{Bilingual, bilingual},
    problem::push_step,
};

/// What was wrong.
#[derive(Debug)]
pub(crate) enum Why {
    /// A rule of ours, in our own words.
    Rule(Bilingual),
    /// Another type, or a value that another crate cannot read: what it expected, in serde's words.
    Type(String),
    /// Not one of these words.
    Word(&'static [&'static str]),
    /// No such field among these.
    Unknown(&'static [&'static str]),
    /// Not there.
    Missing,
    /// There twice.
    Repeated,
}

/// What was wrong, and where.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub why: Why,
    /// JSON pointer as a URI fragment; empty until the reader knows it.
    pub at: String,
    /// The field that is meant, when `at` names the object around it.
    pub(super) field: Option<String>,
    /// The rule, in both languages.
    pub detail: Bilingual,
    /// An empty text where nothing need be sent: its sender most likely means that there is none.
    pub is_needless: bool,
}

impl Refusal {
    fn of(why: Why, field: Option<&str>) -> Self {
        let field = field.map(|name| cut(name).to_owned());
        Self { why, at: String::new(), field, detail: Bilingual::new("", ""), is_needless: false }
    }

    /// Says where it was and what is wanted there, unless a part further in has said it.
    pub(super) fn at(mut self, at: &str, node: &Node) -> Self {
        if self.at.is_empty() {
            self.at = self.field.as_deref().map_or_else(|| at.to_owned(), |field| child(at, field));
            self.detail = self.words(node);
        }
        self
    }

    /// Says what was expected when another crate did not.
    pub(super) fn expecting(mut self, expected: &str) -> Self {
        if let Why::Type(text) = &mut self.why
            && text.is_empty()
        {
            expected.clone_into(text);
        }
        self
    }

    fn words(&self, node: &Node) -> Bilingual {
        match &self.why {
            Why::Rule(rule) => rule.clone(),
            Why::Type(expected) => must_be(expected, node),
            Why::Word(words) => {
                let words = words.join(", ");
                bilingual!("phải là một trong: {words}", "must be one of: {words}")
            }
            Why::Unknown([]) => Bilingual::new("không nhận trường nào", "no fields are taken"),
            Why::Unknown(known) => {
                let known = known.join(", ");
                bilingual!(
                    "không có trường này; các trường được nhận: {known}",
                    "there is no such field; the fields are: {known}"
                )
            }
            Why::Missing => Bilingual::new("bắt buộc phải có", "is required"),
            Why::Repeated => {
                Bilingual::new("trường bị lặp lại; chỉ gửi một lần", "the field is repeated; send it once")
            }
        }
    }
}

/// A pointer to a field or an item of what another points to (RFC 6901, 3 and 6).
pub(super) fn child(at: &str, name: &str) -> String {
    let mut pointer = at.to_owned();
    push_step(&mut pointer, cut(name));
    pointer
}

/// A name as far as it is told: no field of ours is longer, and a body may consist of one name.
fn cut(name: &str) -> &str {
    name.char_indices().nth(MAX_NAME).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}

/// How many characters of a name are told.
const MAX_NAME: usize = 200;

/// Translates what serde's visitors expect, with the likely mend of what was sent.
fn must_be(expected: &str, node: &Node) -> Bilingual {
    let rule = match (expected, node) {
        ("a string", Node::Number(number)) => {
            bilingual!("phải là chuỗi, ví dụ \"{number}\"", "must be a string, such as \"{number}\"")
        }
        ("a string", _) => Bilingual::new("phải là chuỗi", "must be a string"),
        ("a boolean", _) => Bilingual::new("phải là true hoặc false", "must be true or false"),
        ("a sequence", _) => Bilingual::new("phải là mảng: [ … ]", "must be an array: [ … ]"),
        ("i16" | "i32" | "i64" | "u16" | "u32" | "u64" | "usize", Node::Text(text))
            if text.len() < 20 && text.parse::<i64>().is_ok() =>
        {
            bilingual!(
                "phải là số nguyên, không đặt trong ngoặc kép, ví dụ {text}",
                "must be a whole number without quotes, such as {text}"
            )
        }
        ("i16" | "i32" | "i64" | "u16" | "u32" | "u64" | "usize", _) => {
            Bilingual::new("phải là số nguyên, ví dụ 12", "must be a whole number, such as 12")
        }
        ("a map" | "an object", _) => an_object(),
        (expected, _) if expected.starts_with("struct ") => an_object(),
        ("a day", _) => Day::RULE,
        (expected, _) if expected.contains("UUID") => Bilingual::new(
            "phải là id (UUID) như dịch vụ đã trả về, ví dụ \"0199f3c0-7a1e-7000-8000-000000000001\"",
            "must be an id (UUID) as the service gave it, such as \"0199f3c0-7a1e-7000-8000-000000000001\"",
        ),
        _ => Bilingual::new(
            "không đúng kiểu hoặc giá trị mà tài liệu nêu cho trường này",
            "is not of the type or value that the document gives for this field",
        ),
    };
    let Bilingual { vi, en } = &rule;
    if matches!(node, Node::Null) { bilingual!("{vi}, không được là null", "{en}, not null") } else { rule }
}

const fn an_object() -> Bilingual {
    Bilingual::new("phải là đối tượng: { … }", "must be an object: { … }")
}

impl Error for Refusal {
    fn custom<T: Display>(message: T) -> Self {
        let text = message.to_string();
        Self::of(Bilingual::from_error(&text).map_or_else(|| Why::Type(String::new()), Why::Rule), None)
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Why::Type(expected.to_string()), None)
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(Why::Type(expected.to_string()), None)
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::of(Why::Type(expected.to_string()), None)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::of(Why::Word(expected), None)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::of(Why::Unknown(expected), Some(field))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::of(Why::Missing, Some(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::of(Why::Repeated, Some(field))
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.detail.en)
    }
}

impl std::error::Error for Refusal {}
