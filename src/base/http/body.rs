//! Bodies: JSON and forms, read whole, parsed strictly, refused with the place and the rule.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::StatusCode,
    web::{Bytes, Data},
};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::base::{
    i18n::{Bilingual, bilingual},
    problem::{Problem, kinds},
    settings::Settings,
    validation::{malformed, parse},
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
            &kinds::BODY_TOO_LARGE,
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
                &kinds::REQUEST_TIMEOUT,
                bilingual!(
                    "Nội dung chưa đến đủ sau {seconds} giây.",
                    "The body was not complete after {seconds} seconds."
                ),
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
        &kinds::UNSUPPORTED_MEDIA_TYPE,
        Bilingual::new(
            "Content-Type phải là kiểu mà tài liệu nêu cho thao tác này (thường là application/json).",
            "Content-Type must be the one the document names for this operation (usually application/json).",
        ),
    )
}
