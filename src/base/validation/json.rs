//! JSON read strictly: syntax is 400, anything else 422 with every place that is wrong.

use std::{cell::OnceCell, marker::PhantomData};

use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{
    Effort, Node, Refusal, Shape, Why,
    strict::{Left, Strict},
};
use crate::base::{
    i18n::{Bilingual, bilingual},
    problem::{Place, Problem, Violation, Violations, codes, kinds},
};

/// 400: what came is no JSON (or form) at all.
pub(crate) fn malformed(reason: &Bilingual) -> Problem {
    let Bilingual { vi, en } = reason;
    Problem::new(
        &kinds::MALFORMED_REQUEST,
        bilingual!("Không đọc được nội dung: {vi}.", "The body cannot be read: {en}."),
    )
}

fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    malformed(&if error.is_eof() {
        bilingual!(
            "JSON bị thiếu phần cuối (dòng {line}, cột {column})",
            "the JSON has no end (line {line}, column {column})"
        )
    } else {
        bilingual!("JSON sai cú pháp ở dòng {line}, cột {column}", "the JSON is not well-formed: {error}")
    })
}

/// How many values a body may hold: three times what the longest list with all its fields does.
const MAX_VALUES: usize = 100_000;

/// Parses strictly: syntax is 400, anything else 422 with every place that is wrong.
pub(crate) fn parse<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    Parser::new().parse(bytes)
}

/// [`parse`] for a file that the operator gives, however much it holds.
pub(crate) fn parse_file<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    Parser::new().parse_within(bytes, usize::MAX)
}

/// Parses one after another; what is spent on telling what is wrong is spent on all of them together.
pub(crate) struct Parser<T> {
    effort: Effort,
    shape: OnceCell<Shape>,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + ToSchema> Parser<T> {
    /// Of which nothing is spent yet.
    pub const fn new() -> Self {
        Self { effort: Effort::new(), shape: OnceCell::new(), kind: PhantomData }
    }

    /// Parses strictly, as [`parse`].
    pub fn parse(&self, bytes: &[u8]) -> Result<T, Problem> {
        self.parse_within(bytes, MAX_VALUES)
    }

    fn parse_within(&self, bytes: &[u8], most: usize) -> Result<T, Problem> {
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            return Err(malformed(&bilingual!("không phải UTF-8 ở byte {at}", "not UTF-8 at byte {at}")));
        }
        match read::<T>(bytes, most)? {
            Ok(value) => Ok(value),
            Err(error) if error.is_data() => match read::<Node>(bytes, most)? {
                Ok(root) => Err(self.violations(&root, bytes.len()).into()),
                Err(error) => Err(not_json(&error)),
            },
            Err(error) => Err(not_json(&error)),
        }
    }

    /// Every violation of a body: what cannot be read, in its order, and then what is missing.
    fn violations(&self, root: &Node, size: usize) -> Violations {
        let refusals = super::refusals::<T>(root, size, &self.effort);
        let mut found: Vec<Violation> = refusals.into_iter().map(violation).collect();
        let missing = if self.effort.is_spent() && !found.is_empty() {
            Vec::new()
        } else {
            self.effort.spend(size);
            self.shape.get_or_init(Shape::of::<T>).missing(root)
        };
        for at in missing {
            let place = Place::Pointer(at);
            if found.iter().all(|violation| violation.place != place) {
                let detail = Bilingual::new("bắt buộc phải có", "is required");
                found.push(Violation { place, code: codes::REQUIRED, detail });
            }
        }
        let mut violations = Violations::in_body();
        violations.extend(found);
        // The two ways of reading disagree only when one of them is wrong; the sender is told as much as is known.
        if violations.is_empty() {
            let rule = Bilingual::new("không đúng như tài liệu nêu", "is not what the document says");
            violations.here(codes::WRONG_TYPE, rule);
        }
        violations
    }
}

/// Reads a value of at most so many values, with nothing behind it.
fn read<T: DeserializeOwned>(bytes: &[u8], most: usize) -> Result<serde_json::Result<T>, Problem> {
    let (mut json, left) = (serde_json::Deserializer::from_slice(bytes), Left::of(most));
    let read = T::deserialize(Strict(&mut json, &left)).and_then(|value| json.end().map(|()| value));
    if left.is_exceeded() { Err(too_many_values(most)) } else { Ok(read) }
}

/// 413: it is small enough, but what is read of it would not be.
fn too_many_values(most: usize) -> Problem {
    Problem::new(
        &kinds::BODY_TOO_LARGE,
        bilingual!(
            "Nội dung có hơn {most} giá trị; hãy chia thành nhiều lần gửi.",
            "The body holds more than {most} values; send it in several parts."
        ),
    )
}

fn violation(refusal: Refusal) -> Violation {
    let code = match refusal.why {
        Why::Rule(_) => codes::INVALID_VALUE,
        Why::Type(_) | Why::Word(_) => codes::WRONG_TYPE,
        Why::Unknown(_) => codes::UNKNOWN_FIELD,
        Why::Missing => codes::REQUIRED,
        Why::Repeated => codes::DUPLICATE_FIELD,
    };
    let Bilingual { vi, en } = &refusal.detail;
    let detail = if refusal.is_needless {
        bilingual!(
            "{vi}; nếu không có, bỏ trường này hoặc gửi null",
            "{en}; if there is none, leave the field out or send null"
        )
    } else {
        refusal.detail
    };
    Violation { place: Place::Pointer(refusal.at), code, detail }
}
