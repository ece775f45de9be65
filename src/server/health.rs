//! Whether the process runs, and whether requests can be served.

use actix_web::{HttpResponse, get, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    access::oauth::TokenService,
    base::{db::Store, problem::Problem},
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
pub async fn get_health_live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether requests can be served
///
/// For the load balancer (Kubernetes readiness): 200 when the database answers and the signing keys can be read, 503
/// when not, so that no request is sent here meanwhile. It costs one small query; every few seconds is often enough. No
/// token is needed.
#[utoipa::path(responses((status = 200, description = "Requests can be served.", body = Health)))]
#[get("/health/ready")]
pub async fn get_health_ready(state: Data<TokenService>, store: Data<Store>) -> Result<HttpResponse, Problem> {
    state.keys().reload(&store).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
