//! From a problem to an answer; the only place that logs a failure of ours.

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde_json::{Map, Value, json};

use super::{Place, Problem, Violation, kinds};
use crate::base::i18n::Language;

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// A bare status: [`render`] writes the body, because only it knows the language and the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The problem as `application/problem+json`, logged once when it is ours.
#[must_use]
pub fn render(problem: &Problem, language: Language, instance: &str) -> HttpResponse {
    match (&problem.cause, problem.kind.status) {
        (Some(cause), 500..) => tracing::error!(problem = problem.kind.slug, cause, "a request failed"),
        (cause, _) => tracing::debug!(problem = problem.kind.slug, cause, "a request was refused"),
    }
    let mut answer = HttpResponseBuilder::new(problem.status_code());
    answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    answer.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    if let Some(seconds) = problem.retry_after {
        answer.insert_header((header::RETRY_AFTER, seconds));
    }
    if problem.is(&kinds::UNSUPPORTED_CONTENT_ENCODING) {
        // RFC 9110, 15.5.16.
        answer.insert_header((header::ACCEPT_ENCODING, "gzip, deflate"));
    }
    if let Some(challenge) = challenge(problem) {
        answer.insert_header((header::WWW_AUTHENTICATE, challenge));
    }
    answer.json(body(problem, language, instance))
}

fn body(problem: &Problem, language: Language, instance: &str) -> Value {
    let mut body = Map::new();
    body.insert("type".into(), format!("/v1/problems/{}", problem.kind.slug).into());
    body.insert("title".into(), problem.kind.title.say(language).into());
    body.insert("status".into(), problem.kind.status.into());
    body.insert("detail".into(), problem.detail.say(language).into());
    body.insert("instance".into(), instance.into());
    if let Some(version) = problem.version {
        body.insert("version".into(), version.into());
    }
    if !problem.errors.is_empty() {
        body.insert(
            "errors".into(),
            problem.errors.iter().map(|violation| violation_body(violation, language)).collect(),
        );
    }
    Value::Object(body)
}

fn violation_body(violation: &Violation, language: Language) -> Value {
    let (name, place) = match &violation.place {
        Place::Pointer(at) => ("pointer", at),
        Place::Parameter(at) => ("parameter", at),
        Place::Header(at) => ("header", at),
    };
    let mut body = json!({ name: place, "code": violation.code, "detail": violation.detail.say(language) });
    // A row of a bulk push is counted from 1, as a person counts the lines of a sheet.
    if let (Place::Pointer(at), Some(rows)) = (&violation.place, body.as_object_mut())
        && let Some(row) = at.strip_prefix("#/").and_then(|at| at.split('/').next()?.parse::<usize>().ok())
    {
        rows.insert("row".into(), (row + 1).into());
    }
    body
}

/// RFC 6750, 3: no error code when no credentials came.
fn challenge(problem: &Problem) -> Option<String> {
    if problem.is(&kinds::TOKEN_MISSING) {
        return Some("Bearer realm=\"tiendo\"".to_owned());
    }
    if problem.is(&kinds::TOKEN_INVALID) {
        return Some("Bearer realm=\"tiendo\", error=\"invalid_token\"".to_owned());
    }
    let scope = problem.challenge.as_ref().filter(|_| problem.is(&kinds::SCOPE_MISSING))?;
    Some(format!("Bearer realm=\"tiendo\", error=\"insufficient_scope\", scope=\"{scope}\""))
}

/// The problem that stands for a bare status of the framework.
#[must_use]
pub fn for_status(status: StatusCode) -> Problem {
    let kind = match status.as_u16() {
        400 => &kinds::MALFORMED_REQUEST,
        404 => &kinds::NOT_FOUND,
        405 => &kinds::METHOD_NOT_ALLOWED,
        406 => &kinds::NOT_ACCEPTABLE,
        408 => &kinds::REQUEST_TIMEOUT,
        413 => &kinds::BODY_TOO_LARGE,
        415 => &kinds::UNSUPPORTED_MEDIA_TYPE,
        431 => &kinds::HEAD_TOO_LARGE,
        _ => &kinds::INTERNAL,
    };
    Problem::new(kind, kind.title.clone())
}
