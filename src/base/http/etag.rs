//! Conditional requests: the ETag of a resource is made from its version alone.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header};
use serde::Serialize;
use utoipa::IntoParams;

use super::response::json;
use crate::base::{
    problem::Problem,
    resource::{Precondition, Versioned},
};

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
    #[param(example = "\"1\"", value_type = String)]
    Precondition,
);

impl Deref for IfMatch {
    type Target = Precondition;

    fn deref(&self) -> &Precondition {
        &self.0
    }
}

/// The versions that the tags of a header name.
fn versions(value: &str) -> Precondition {
    if value.trim() == "*" {
        return Precondition::Any;
    }
    let tags = value.split(',').filter_map(|tag| tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    Precondition::Versions(tags.collect())
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        ready(value.map(|value| Self(versions(value))).ok_or_else(Precondition::required))
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
