//! An answer that can be kept and given again: what a repeated POST gets.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder,
    body::BoxBody,
    http::{StatusCode, header},
};
use serde::Serialize;

use super::etag::etag;
use crate::base::{problem::Problem, resource::Versioned};

/// Writes a value as the JSON body of an answer. `room` is about how many bytes that takes: a body that grows as it is
/// written is copied again and again.
pub fn json<T: Serialize>(answer: &mut HttpResponseBuilder, value: &T, room: usize) -> HttpResponse {
    let mut body = Vec::with_capacity(room);
    match sonic_rs::to_writer(&mut body, value) {
        Ok(()) => answer.content_type("application/json").body(body),
        Err(error) => HttpResponse::from_error(Problem::internal(error)),
    }
}

/// Status, headers and body of an answer, as they are stored for a repetition.
#[derive(Debug, Clone)]
pub struct JsonResponse {
    /// HTTP status.
    pub status: u16,
    /// Where the new resource is.
    pub location: Option<String>,
    /// The version of the resource answered.
    pub etag: Option<String>,
    /// JSON text.
    pub body: String,
    /// Whether this is the stored answer of an earlier request.
    pub replayed: bool,
}

impl JsonResponse {
    /// 201 with the place and version of what was created.
    ///
    /// # Errors
    /// `internal`, when the value cannot be written as JSON.
    pub fn created<T: Serialize + Versioned>(location: String, value: &T) -> Result<Self, Problem> {
        Ok(Self { etag: Some(etag(value.version())), ..Self::placed(location, value)? })
    }

    /// 201 with the place of what was created, when that has no versions.
    ///
    /// # Errors
    /// `internal`, when the value cannot be written as JSON.
    pub fn placed<T: Serialize>(location: String, value: &T) -> Result<Self, Problem> {
        Ok(Self { location: Some(location), ..Self::of(201, value)? })
    }

    /// 200 with the version of what was changed.
    ///
    /// # Errors
    /// `internal`, when the value cannot be written as JSON.
    pub fn changed<T: Serialize + Versioned>(value: &T) -> Result<Self, Problem> {
        Ok(Self { etag: Some(etag(value.version())), ..Self::of(200, value)? })
    }

    /// Any status with a JSON body.
    ///
    /// # Errors
    /// `internal`, when the value cannot be written as JSON.
    pub fn of<T: Serialize>(status: u16, value: &T) -> Result<Self, Problem> {
        let body = sonic_rs::to_string(value).map_err(Problem::internal)?;
        Ok(Self { status, location: None, etag: None, body, replayed: false })
    }
}

impl Responder for JsonResponse {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK));
        answer.content_type("application/json");
        if let Some(location) = self.location {
            answer.insert_header((header::LOCATION, location));
        }
        if let Some(etag) = self.etag {
            answer.insert_header((header::ETAG, etag));
        }
        if self.replayed {
            answer.insert_header(("Idempotency-Replayed", "true"));
        }
        answer.body(self.body)
    }
}
