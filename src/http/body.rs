//! Bodies: JSON and forms, read whole, parsed strictly, refused with the place and the rule.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::StatusCode,
    web::{Bytes, Data},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::strict::Strict;
use crate::{
    bilingual::{Bilingual, say},
    problem::{Fault, Place, Problem},
    settings::Settings,
};

/// A JSON body (`application/json`), and what tells it from another.
pub struct Json<T> {
    /// The parsed body.
    pub value: T,
    /// SHA-256 of the bytes that came.
    pub digest: [u8; 32],
}

impl<T> Json<T> {
    /// The parsed body alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = matches!(request.content_type(), "application/json" | "application/merge-patch+json");
        let (time, bytes) = (body_time(request), Bytes::from_request(request, payload));
        Box::pin(async move {
            if !is_json {
                return Err(unsupported());
            }
            let bytes = whole(bytes, time).await?;
            Ok(Self { value: parse(&bytes)?, digest: Sha256::digest(&bytes).into() })
        })
    }
}

/// A form body (`application/x-www-form-urlencoded`), as OAuth 2.0 sends it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type() == "application/x-www-form-urlencoded";
        let (time, bytes) = (body_time(request), Bytes::from_request(request, payload));
        Box::pin(async move {
            if !is_form {
                return Err(unsupported());
            }
            let bytes = whole(bytes, time).await?;
            serde_urlencoded::from_bytes(&bytes).map(Self).map_err(|error| malformed(&error.to_string()))
        })
    }
}

fn body_time(request: &HttpRequest) -> Duration {
    request.app_data::<Data<Settings>>().map_or(Duration::from_secs(30), |settings| settings.body_time)
}

/// The bytes of a body, which must all be here within `time`, however they trickle in.
async fn whole(bytes: impl Future<Output = Result<Bytes, actix_web::Error>>, time: Duration) -> Result<Bytes, Problem> {
    match tokio::time::timeout(time, bytes).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_too_large(&error) => Err(Problem::new(
            "body-too-large",
            Bilingual::new(
                "Nội dung lớn hơn 10 MiB; hãy chia thành nhiều lần gửi.",
                "The body is larger than 10 MiB; send it in several parts.",
            ),
        )),
        Ok(Err(_)) => Err(malformed("the body broke off or is not encoded as its headers say")),
        Err(_) => {
            let seconds = time.as_secs();
            Err(Problem::new(
                "request-timeout",
                say!("Nội dung chưa đến đủ sau {seconds} giây.", "The body was not complete after {seconds} seconds."),
            ))
        }
    }
}

fn is_too_large(error: &actix_web::Error) -> bool {
    matches!(error.as_error(), Some(PayloadError::Overflow))
        || error.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE
}

fn unsupported() -> Problem {
    Problem::new(
        "unsupported-media-type",
        Bilingual::new(
            "Content-Type phải là kiểu mà tài liệu nêu cho thao tác này (thường là application/json).",
            "Content-Type must be the one the document names for this operation (usually application/json).",
        ),
    )
}

fn malformed(reason: &str) -> Problem {
    Problem::new("malformed-request", say!("Không đọc được nội dung: {reason}.", "The body cannot be read: {reason}."))
}

/// Parses strictly: syntax is 400, anything else 422 with its pointer.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(malformed(&format!("not UTF-8 at byte {}", error.valid_up_to())));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| refusal(&error))?;
    json.end().map_err(|error| malformed(&error.to_string()))?;
    Ok(value)
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    if !error.inner().is_data() {
        return malformed(&error.inner().to_string());
    }
    let (field, code, detail) = explain(&error.inner().to_string());
    let mut pointer = pointer(error.path());
    if let Some(field) = field
        && !pointer.ends_with(&format!("/{field}"))
    {
        pointer = format!("{pointer}/{}", escape(&field));
    }
    Problem::body(vec![Fault { place: Place::Pointer(pointer), code, detail }])
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = "#".to_owned();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => pointer = format!("{pointer}/{}", escape(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// RFC 6901, 3 and 6.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Says in both languages what serde found, and names the field when it is not yet in the path.
fn explain(text: &str) -> (Option<String>, &'static str, Bilingual) {
    if let Some(rule) = Bilingual::from_error(text) {
        return (None, "invalid-value", rule);
    }
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    let quoted = |prefix: &str| text.strip_prefix(prefix)?.split('`').next().map(str::to_owned);
    if let Some(field) = quoted("unknown field `") {
        let known = text.split_once("expected ").map_or("", |(_, known)| known).replace('`', "");
        let known = if known.is_empty() { "-".to_owned() } else { known };
        return (
            Some(field),
            "unknown-field",
            say!(
                "không có trường này; các trường được nhận: {known}",
                "there is no such field; the fields are: {known}"
            ),
        );
    }
    if let Some(field) = quoted("missing field `") {
        return (Some(field), "required", Bilingual::new("bắt buộc phải có", "is required"));
    }
    if let Some(field) = quoted("duplicate field `") {
        return (Some(field), "duplicate-field", Bilingual::new("trường bị lặp lại", "the field is repeated"));
    }
    (None, "wrong-type", say!("sai kiểu hoặc giá trị: {text}", "wrong type or value: {text}"))
}

/// A field of a merge patch (RFC 7396): absent keeps, `null` clears, a value sets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patched<T> {
    /// Not in the patch.
    #[default]
    Keep,
    /// `null`.
    Clear,
    /// A value.
    Set(T),
}

/// A field of a merge patch that cannot be cleared: `null` is refused, not passed over.
pub(crate) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    match Option::deserialize(deserializer)? {
        None => Err(serde::de::Error::custom(Bilingual::new("không thể bỏ trống (null)", "cannot be cleared (null)"))),
        some => Ok(some),
    }
}

impl<T> Patched<T> {
    /// Puts the patch onto an optional field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }
}

impl<T> Patched<Vec<T>> {
    /// Puts the patch onto a list, which `null` empties: an absent list and an empty one are the same thing once kept.
    pub fn apply_list(self, list: &mut Vec<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => list.clear(),
            Self::Set(items) => *list = items,
        }
    }
}

impl<T> From<Option<T>> for Patched<T> {
    /// What replaces the field whatever it holds.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patched<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
