//! Conditional requests: the ETag of a resource is made from its version alone.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header};
use serde::Serialize;
use utoipa::IntoParams;

use super::response::json;
use crate::base::{i18n::Bilingual, problem::Problem, resource::Versioned};

/// The strong ETag of a version (RFC 9110, 8.8.3).
#[must_use]
pub fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The caller's condition on a change; a request without one is 428.
#[derive(Debug, Clone, IntoParams)]
#[into_params(names("If-Match"), parameter_in = Header)]
pub struct IfMatch(
    /// The `ETag` of the version you read, with its quotes: the change happens only while that is still the current one, so
    /// nobody's change is overwritten unseen. Missing is 428, stale is 412; then read again, and decide anew.
    #[param(example = "\"1\"")]
    String,
);

impl IfMatch {
    /// The condition that a version just read still holds.
    #[must_use]
    pub fn version(version: i32) -> Self {
        Self(etag(version))
    }

    /// Passes when the condition names the current version.
    ///
    /// # Errors
    /// `version-stale` with the current version.
    pub fn check(&self, current: i32) -> Result<(), Problem> {
        let wanted = etag(current);
        if self.0.split(',').any(|tag| tag.trim() == wanted || tag.trim() == "*") {
            Ok(())
        } else {
            Err(Problem::stale(current))
        }
    }

    /// What answers a change that came without the condition it needs.
    #[must_use]
    pub fn required() -> Problem {
        Problem::new(
            "if-match-required",
            Bilingual::new(
                "Hãy gửi If-Match với ETag của bản đã đọc.",
                "Send If-Match with the ETag of the version you read.",
            ),
        )
    }
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        ready(value.map(|value| Self(value.to_owned())).ok_or_else(Self::required))
    }
}

/// One resource with its ETag; 304 when the caller has this version already.
pub struct Tagged<T>(pub T);

impl<T: Serialize + Versioned> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let tag = etag(self.0.version());
        let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_read = matches!(*request.method(), actix_web::http::Method::GET | actix_web::http::Method::HEAD);
        if is_read
            && known.is_some_and(|known| {
                known.split(',').any(|each| matches!(each.trim(), "*") || each.trim().trim_start_matches("W/") == tag)
            })
        {
            return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
        }
        json(HttpResponse::Ok().insert_header((header::ETAG, tag)), &self.0, 2048)
    }
}
