//! JSON read strictly: syntax is 400, anything else 422 with every place that is wrong.

use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::{Node, Refusal, Why, strict::Strict};
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

/// Parses strictly: syntax is 400, anything else 422 with every place that is wrong.
pub(crate) fn parse<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        return Err(malformed(&bilingual!("không phải UTF-8 ở byte {at}", "not UTF-8 at byte {at}")));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match T::deserialize(Strict(&mut json)).and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) if error.is_data() => {
            let root = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
            Err(violations::<T>(&root, bytes.len()).into())
        }
        Err(error) => Err(not_json(&error)),
    }
}

/// Every violation of a body: what cannot be read, in its order, and then what is missing.
fn violations<T: DeserializeOwned + ToSchema>(root: &Node, size: usize) -> Violations {
    let mut found: Vec<Violation> = super::refusals::<T>(root, size).into_iter().map(violation).collect();
    for at in super::missing::<T>(root) {
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
