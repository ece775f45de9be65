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
use utoipa::ToSchema;

use super::{
    reading::{self, Node, Why},
    strict::Strict,
};
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

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Json<T> {
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
            serde_urlencoded::from_bytes(&bytes)
                .map(Self)
                .map_err(|_| malformed(&Bilingual::new("biểu mẫu sai", "the form is not right")))
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
        Ok(Err(_)) => Err(malformed(&Bilingual::new(
            "nội dung bị đứt giữa chừng hoặc không được mã hóa như header đã nói",
            "the body broke off or is not encoded as its headers say",
        ))),
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

fn malformed(reason: &Bilingual) -> Problem {
    let Bilingual { vi, en } = reason;
    Problem::new("malformed-request", say!("Không đọc được nội dung: {vi}.", "The body cannot be read: {en}."))
}

fn not_json(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    malformed(&if error.is_eof() {
        say!(
            "JSON bị thiếu phần cuối (dòng {line}, cột {column})",
            "the JSON has no end (line {line}, column {column})"
        )
    } else {
        say!("JSON sai cú pháp ở dòng {line}, cột {column}", "the JSON is not well-formed: {error}")
    })
}

/// Parses strictly: syntax is 400, anything else 422 with every place that is wrong.
pub(crate) fn parse<T: DeserializeOwned + ToSchema>(bytes: &[u8]) -> Result<T, Problem> {
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        return Err(malformed(&say!("không phải UTF-8 ở byte {at}", "not UTF-8 at byte {at}")));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match T::deserialize(Strict(&mut json)).and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) if error.is_data() => {
            let root = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
            Err(Problem::body(faults::<T>(&root, bytes.len())))
        }
        Err(error) => Err(not_json(&error)),
    }
}

/// Every fault of a body: what cannot be read, in its order, and then what is missing.
fn faults<T: DeserializeOwned + ToSchema>(root: &Node, size: usize) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for refusal in reading::refusals::<T>(root, size) {
        let code = match refusal.why {
            Why::Rule(_) => "invalid-value",
            Why::Type(_) | Why::Word(_) => "wrong-type",
            Why::Unknown(_) => "unknown-field",
            Why::Missing => "required",
            Why::Repeated => "duplicate-field",
        };
        let Bilingual { vi, en } = &refusal.detail;
        let detail = if refusal.is_needless {
            say!(
                "{vi}; nếu không có, bỏ trường này hoặc gửi null",
                "{en}; if there is none, leave the field out or send null"
            )
        } else {
            refusal.detail
        };
        faults.push(Fault { place: Place::Pointer(refusal.at), code, detail });
    }
    for at in reading::missing::<T>(root) {
        let place = Place::Pointer(at);
        if faults.iter().all(|fault| fault.place != place) {
            faults.push(Fault {
                place, code: "required", detail: Bilingual::new("bắt buộc phải có", "is required")
            });
        }
    }
    // The two ways of reading disagree only when one of them is wrong; the sender is told as much as is known.
    if faults.is_empty() {
        let rule = Bilingual::new("không đúng như tài liệu nêu", "is not what the document says");
        faults.push(Fault { place: Place::Pointer("#".to_owned()), code: "wrong-type", detail: rule });
    }
    faults
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

/// A field of a merge patch that cannot be cleared: `null` is refused as any value of another type, not passed over.
pub(crate) fn not_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
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
