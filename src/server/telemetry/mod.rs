//! Logs, request ids and metrics: what an operator sees.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, atomic::AtomicI64},
    time::Instant,
};

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    get,
    http::header::{self, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};
use tracing_subscriber::{filter::Targets, fmt, prelude::*, registry};
use uuid::Uuid;

mod format;
mod lines;
mod workers;

pub use lines::write_waiting;
pub use workers::WorkerMetrics;

use format::Json;

use crate::base::{
    clock::{Clock, new_id},
    http::language_of,
    problem,
    served::{Served, serving},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Starts the log on standard error, as JSON lines.
///
/// # Errors
/// When the log was started before, or has no thread to write it.
pub fn start(filter: Targets) -> Result<(), String> {
    let lines = lines::Lines::start().map_err(|error| error.to_string())?;
    let lines = fmt::layer().with_writer(lines).event_format(Json(Clock::system()));
    registry().with(filter).with(lines).try_init().map_err(|error| error.to_string())
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// What the service counts of itself.
pub struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    in_flight: Gauge<i64, AtomicI64>,
    /// What background workers did.
    pub workers: WorkerMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tiendo");
        let requests = Family::<Labels, Counter>::default();
        let durations = Family::<RouteLabels, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.000_5, 2.0, 15))
        });
        let in_flight = Gauge::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "Time to answer", durations.clone());
        registry.register("http_requests_in_flight", "Requests being answered", in_flight.clone());
        let workers = WorkerMetrics::registered(&mut registry);
        Self { registry, requests, durations, in_flight, workers }
    }
}

/// Get the metrics
///
/// For Prometheus: how many requests were answered, by method, route and status; how long they took, by route; how
/// many are being answered; what the background workers did. All names begin with `tiendo_`, and the numbers are of
/// this process since it started. No token is needed, so publish it to the monitoring network only.
#[utoipa::path(
    responses((status = 200, body = String, content_type = "application/openmetrics-text", description = "Metrics.")),
)]
#[get("/metrics")]
pub async fn get_metrics(metrics: Data<Arc<Metrics>>) -> HttpResponse {
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text)
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// The outermost layer: gives each request an id, turns every failure into a problem, measures and logs.
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = request_id(&request);
    let served = Served::new(Arc::clone(&id), address_of(&request));
    serving(served.into(), measured(id, request, next)).await
}

async fn measured(
    id: Arc<str>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let metrics = request.app_data::<Data<Arc<Metrics>>>().cloned();
    let in_flight = metrics.as_ref().map(|metrics| InFlight::begin(metrics));
    let method = request.method().clone();
    let trace = trace_of(&request).map(str::to_owned);

    let mut response = settle(next.call(request).await?, &id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "none".to_owned());
    let (status, took) = (response.status().as_u16(), began.elapsed());
    drop(in_flight);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(method = method.as_str(), trace, route, status, micros, "answered");
    if let Some(metrics) = &metrics {
        metrics.durations.get_or_create(&RouteLabels { route: route.clone() }).observe(took.as_secs_f64());
        metrics.requests.get_or_create(&Labels { method: known_method(&method), route, status }).inc();
    }
    Ok(response)
}

/// Counts a request for as long as it is held, also when the caller goes away.
struct InFlight(Gauge<i64, AtomicI64>);

impl InFlight {
    fn begin(metrics: &Metrics) -> Self {
        metrics.in_flight.inc();
        Self(metrics.in_flight.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What a refusal's own body must not take away.
const KEPT: [HeaderName; 3] =
    [header::ALLOW, HeaderName::from_static("ratelimit-policy"), HeaderName::from_static("ratelimit")];

/// Writes the body of every refusal, whoever gave it: a handler, an extractor, or the framework with a bare status.
fn settle<B: MessageBody + 'static>(response: ServiceResponse<B>, id: &str) -> ServiceResponse {
    let response = response.map_into_boxed_body();
    let status = response.status();
    if status.is_success() || status.is_redirection() || status.is_informational() {
        return response;
    }
    let problem = response.response().error().and_then(Error::as_error::<problem::Problem>);
    // A body with a type of its own (an OAuth error, a page) is left as it is.
    let kind = response.headers().get(header::CONTENT_TYPE);
    if problem.is_none() && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return response;
    }
    let language = language_of(response.request().headers());
    let mut answer = match problem {
        Some(problem) => problem::render(problem, language, id),
        None => problem::render(&problem::for_status(status), language, id),
    };
    for name in KEPT {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    response.into_response(answer)
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

fn address_of(request: &ServiceRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |peer| peer.ip());
    peer.to_canonical()
}

/// The trace id of a well-formed W3C `traceparent`.
fn trace_of(request: &ServiceRequest) -> Option<&str> {
    let value = request.headers().get("traceparent")?.to_str().ok()?;
    let mut parts = value.split('-');
    let (_, trace) = (parts.next()?, parts.next()?);
    (trace.len() == 32 && trace.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(trace)
}

/// Methods as a closed set, so that a caller cannot grow the metrics.
fn known_method(method: &actix_web::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}
