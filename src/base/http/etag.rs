//! Conditional requests: the ETag of a resource is made from its version alone.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::{
        Method,
        header::{self, EntityTag, Header},
    },
};
use serde::Serialize;
use utoipa::IntoParams;

use super::{malformed::malformed_header, response::json};
use crate::base::{
    i18n::Bilingual,
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
    #[param(value_type = String, example = "\"1\"")]
    Precondition,
);

impl Deref for IfMatch {
    type Target = Precondition;

    fn deref(&self) -> &Precondition {
        &self.0
    }
}

/// What the header says, `None` when it says nothing; a tag that no version of ours has matches nothing. actix-web's
/// own `IfMatch` passes over tags it cannot read: a caller who forgot the quotes would be told that the version is
/// stale.
fn precondition(request: &HttpRequest) -> Result<Option<Precondition>, Problem> {
    let mut versions = Vec::new();
    let mut is_given = false;
    for value in request.headers().get_all(header::IF_MATCH) {
        let value = value.to_str().map_err(|_| malformed())?.trim();
        if value == "*" {
            return Ok(Some(Precondition::Any));
        }
        for tag in value.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            versions.extend(version_of(&tag.parse().map_err(|_| malformed())?));
            is_given = true;
        }
    }
    Ok(is_given.then_some(Precondition::Versions(versions)))
}

/// The version in a tag; what follows a dot depends on the day, and a change does not.
///
/// A weak tag counts as well. `If-Match` asks for the strong comparison (RFC 9110, 13.1.1), because a weak tag may
/// stand for other bytes; but ours are made from the version, never weak, and a proxy that compresses an answer weakens
/// them on the way. The version is what a change depends on, not the bytes.
fn version_of(tag: &EntityTag) -> Option<i32> {
    let tag = tag.tag();
    tag.split_once('.').map_or(tag, |(version, _)| version).parse().ok()
}

fn malformed() -> Problem {
    malformed_header(
        "If-Match",
        Bilingual::new(
            "phải là ETag đã đọc, trong dấu ngoặc kép như \"1\", hoặc danh sách ETag cách nhau bằng dấu phẩy, hoặc *",
            "must be the ETag that you read, in double quotes as \"1\", or such tags separated by commas, or *",
        ),
    )
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(precondition(request).and_then(|given| given.map(Self).ok_or_else(Precondition::required)))
    }
}

/// The caller's condition where it may be left out. `Option<IfMatch>` would take one that cannot be read for none.
#[derive(Debug, Clone)]
pub struct OptionalIfMatch(pub Option<Precondition>);

impl FromRequest for OptionalIfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(precondition(request).map(Self))
    }
}

/// One resource with its ETag; 304 when the caller has this version already.
pub struct Tagged<T>(pub T);

impl<T: Serialize + Versioned> Responder for Tagged<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let tag = etag(self.0.version());
        if matches!(*request.method(), Method::GET | Method::HEAD) && has_it_already(request, &tag) {
            return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
        }
        json(HttpResponse::Ok().insert_header((header::ETAG, tag)), &self.0, 2048)
    }
}

/// Whether `If-None-Match` names the tag, by the weak comparison (RFC 9110, 13.1.2). What cannot be read names nothing:
/// the caller is sent the whole answer then, which is never wrong.
fn has_it_already(request: &HttpRequest, tag: &str) -> bool {
    match (header::IfNoneMatch::parse(request), tag.parse::<EntityTag>()) {
        (Ok(header::IfNoneMatch::Any), _) => true,
        (Ok(header::IfNoneMatch::Items(known)), Ok(tag)) => known.iter().any(|each| each.weak_eq(&tag)),
        _ => false,
    }
}
