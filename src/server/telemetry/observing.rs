//! The layer that gives each request an id, turns every failure into a problem, bounds its time, measures and logs.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use uuid::Uuid;

use super::{
    metrics::{InFlight, Labels, Metrics, RouteLabels, known_method},
    origin,
};
use crate::{
    base::{
        clock::new_id,
        http::{Addresses, language_of},
        i18n::{Language, bilingual},
        networks::Networks,
        problem::{self, Problem, kinds},
        served::{Served, serving},
    },
    server::safety_headers::SafetyHeaders,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// In the place of a problem's slug, for a refusal in the form of RFC 6749.
const OAUTH: &str = "oauth-error";
/// The status, in log and metrics alone, of a request whose caller went away before the answer.
const ABANDONED: u16 = 499;

/// What the layer needs to know.
pub struct Observer {
    /// Where it counts.
    pub metrics: Arc<Metrics>,
    /// Who is believed about where a request comes from.
    pub proxies: Networks,
    /// What every answer carries.
    pub headers: SafetyHeaders,
    /// How long a request may take until it is answered.
    pub request_time: Duration,
}

/// What is known of a request before it is served, and is gone with it. Dropped before it has ended, it says that its caller
/// went away: what it asked may have been written.
struct Asked {
    observer: Data<Observer>,
    addresses: Option<Data<Addresses>>,
    has_ended: bool,
    began: Instant,
    method: Method,
    uri: Uri,
    trace: Option<String>,
    language: Option<HeaderValue>,
}

/// What became of it.
struct Outcome {
    route: String,
    status: u16,
    problem: Option<&'static str>,
}

/// The layer.
///
/// # Errors
/// What the framework itself could not turn into an answer, and the answer to a request that took too long.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, Error> {
    let observer = request.app_data::<Data<Observer>>().cloned();
    let observer = observer.ok_or_else(|| actix_web::error::ErrorInternalServerError("no observer"))?;
    let id = request_id(&request);
    let address = origin::address(request.peer_addr(), request.headers(), &observer.proxies);
    let served = Served::new(Arc::clone(&id), address);
    serving(served.into(), measured(id, request, next, observer)).await
}

async fn measured(
    id: Arc<str>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    observer: Data<Observer>,
) -> Result<ServiceResponse, Error> {
    let in_flight = InFlight::begin(&observer.metrics);
    let mut asked = Asked::of(&request, observer.clone());
    let answered = tokio::time::timeout(observer.request_time, next.call(request)).await;
    drop(in_flight);
    let Ok(response) = answered else {
        let (mut answer, slug) = too_late(&asked, observer.request_time, &id);
        finish(answer.headers_mut(), &id, &observer, asked.uri.path());
        asked.end(Outcome { route: asked.route(), status: answer.status().as_u16(), problem: Some(slug) });
        return Err(InternalError::from_response("too late", answer).into());
    };
    let response = response.inspect_err(|error| {
        let status = error.as_response_error().status_code().as_u16();
        asked.end(Outcome { route: asked.route(), status, problem: None });
    })?;
    let (mut response, problem) = settle(response, &id);
    finish(response.headers_mut(), &id, &observer, asked.uri.path());
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    asked.end(Outcome { route, status: response.status().as_u16(), problem });
    Ok(response)
}

impl Asked {
    fn of(request: &ServiceRequest, observer: Data<Observer>) -> Self {
        Self {
            observer,
            addresses: request.app_data::<Data<Addresses>>().cloned(),
            has_ended: false,
            began: Instant::now(),
            method: request.method().clone(),
            uri: request.uri().clone(),
            trace: trace_of(request).map(str::to_owned),
            language: request.headers().get(header::ACCEPT_LANGUAGE).cloned(),
        }
    }

    fn language(&self) -> Language {
        let mut headers = HeaderMap::new();
        if let Some(language) = &self.language {
            headers.insert(header::ACCEPT_LANGUAGE, language.clone());
        }
        language_of(&headers)
    }

    /// The route of a request that no handler has answered.
    fn route(&self) -> String {
        let pattern = self.addresses.as_ref().and_then(|addresses| addresses.pattern(self.uri.path()));
        pattern.unwrap_or("none").to_owned()
    }

    /// The line of the log, and the metrics.
    fn end(&mut self, Outcome { route, status, problem }: Outcome) {
        self.has_ended = true;
        let metrics = &self.observer.metrics;
        let took = self.began.elapsed();
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(method = self.method.as_str(), trace = self.trace, route, status, problem, micros, "answered");
        metrics.durations.get_or_create(&RouteLabels { route: route.clone() }).observe(took.as_secs_f64());
        metrics.requests.get_or_create(&Labels { method: known_method(&self.method), route, status }).inc();
        if let Some(kind) = problem {
            metrics.refusals.count(kind);
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.has_ended {
            self.end(Outcome { route: self.route(), status: ABANDONED, problem: None });
        }
    }
}

/// What every answer carries.
fn finish(headers: &mut HeaderMap, id: &str, observer: &Observer, path: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    observer.headers.add(headers, path);
}

/// The answer to a request that took too long, and its problem. What worked on it has been dropped.
fn too_late(asked: &Asked, time: Duration, id: &str) -> (HttpResponse, &'static str) {
    let seconds = time.as_secs();
    let mut problem = Problem::new(
        &kinds::UNAVAILABLE,
        bilingual!(
            "Yêu cầu chưa được trả lời sau {seconds} giây và đã bị dừng. Hãy thử lại sau thời gian ở Retry-After; với POST hãy gửi lại cùng Idempotency-Key.",
            "The request was not answered within {seconds} seconds and has been stopped. Try again after Retry-After; repeat a POST with its Idempotency-Key."
        ),
    );
    problem.retry_after = Some(5);
    problem.cause = Some(format!("not answered within {seconds} seconds"));
    (problem::render(&problem, asked.language(), id), problem.kind.slug)
}

/// What a refusal's own body must not take away.
const KEPT: [HeaderName; 3] =
    [header::ALLOW, HeaderName::from_static("ratelimit-policy"), HeaderName::from_static("ratelimit")];

/// Writes the body of every refusal, whoever gave it: a handler, an extractor, or the framework with a bare status. Also
/// answers its kind.
fn settle<B: MessageBody + 'static>(response: ServiceResponse<B>, id: &str) -> (ServiceResponse, Option<&'static str>) {
    let response = response.map_into_boxed_body();
    let status = response.status();
    if status.is_success() || status.is_redirection() || status.is_informational() {
        return (response, None);
    }
    let problem = response.response().error().and_then(Error::as_error::<Problem>);
    // A body with a type of its own (an OAuth error, a page) is left as it is.
    let kind = response.headers().get(header::CONTENT_TYPE);
    if problem.is_none() && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return (response, Some(OAUTH));
    }
    let language = language_of(response.request().headers());
    let of_status;
    let problem = if let Some(problem) = problem {
        problem
    } else {
        of_status = problem::for_status(status);
        &of_status
    };
    let (mut answer, slug) = (problem::render(problem, language, id), problem.kind.slug);
    for name in KEPT {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    (response.into_response(answer), Some(slug))
}

/// The caller's id when it is well formed, else a new one.
fn request_id(request: &ServiceRequest) -> Arc<str> {
    let theirs = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |id: &&str| {
        (1..=128).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match theirs.filter(is_plain) {
        Some(id) => id.into(),
        None => (&*new_id().hyphenated().encode_lower(&mut Uuid::encode_buffer())).into(),
    }
}

/// The trace id of a well-formed W3C `traceparent`.
fn trace_of(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (_, trace) = (parts.next()?, parts.next()?);
    (trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(trace)
}
