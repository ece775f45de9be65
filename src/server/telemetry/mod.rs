//! Logs, request ids and metrics: what an operator sees.

use std::sync::Arc;

use actix_web::{HttpResponse, get, web::Data};
use prometheus_client::encoding::text::encode;
use tracing_subscriber::{filter::Targets, fmt, prelude::*, registry};

mod format;
mod lines;
mod metrics;
mod observing;
mod origin;
mod workers;

pub use lines::write_waiting;
pub use metrics::{ConnectionMetrics, Cut, Metrics, Refusals, TurnedAway};
pub use observing::{Observer, observe};
pub use workers::WorkerMetrics;

use format::Json;

use crate::base::{clock::Clock, http::NoQuery};

/// Starts the log on standard error, as JSON lines.
///
/// # Errors
/// When the log was started before, or has no thread to write it.
pub fn start(filter: Targets) -> Result<(), String> {
    let lines = lines::Lines::start().map_err(|error| error.to_string())?;
    let lines = fmt::layer().with_writer(lines).event_format(Json(Clock::system()));
    registry().with(filter).with(lines).try_init().map_err(|error| error.to_string())
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
pub async fn get_metrics(_: NoQuery, metrics: Data<Arc<Metrics>>) -> HttpResponse {
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            HttpResponse::Ok().content_type("application/openmetrics-text; version=1.0.0; charset=utf-8").body(text)
        }
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
