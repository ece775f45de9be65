//! Whether the process runs, and whether requests can be served.

use actix_web::{HttpResponse, get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::readiness::Readiness;
use crate::{
    access::oauth::TokenService,
    base::{db::Store, http::NoQuery, problem::Problem},
};

/// Whether the service works.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process runs
///
/// For the supervisor that restarts the service (systemd, Docker, Kubernetes liveness): 200 as long as requests are
/// answered at all. It does not look at the database, so that an outage of the database does not restart the service;
/// for that use `GET /health/ready`. No token is needed.
#[utoipa::path(responses((status = 200, description = "The process runs.", body = Health)))]
#[get("/health/live")]
pub async fn get_health_live(_: NoQuery) -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether requests can be served
///
/// For the load balancer (Kubernetes readiness): 200 when a token could be issued and a write would be taken now, 503
/// when not, so that no request is sent here meanwhile. It is found out by a small write, at most once a second however
/// many ask. No token is needed.
#[utoipa::path(responses((status = 200, description = "Requests can be served.", body = Health)))]
#[get("/health/ready")]
pub async fn get_health_ready(
    _: NoQuery,
    readiness: Data<Readiness>,
    tokens: Data<TokenService>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    readiness.check(&tokens, &store).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
