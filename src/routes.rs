//! The URL table: one line per operation, grouped by resource, nothing else.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{app, auth, indicators, me, observations, organizations, problem, telemetry};

/// Every operation of the service.
pub fn all(routes: &mut ServiceConfig<'_>) {
    routes
        .service(auth::issue_token)
        .service(auth::revoke_token)
        .service(auth::get_jwks)
        .service(auth::get_metadata)
        .service(scope("/v1").configure(v1))
        .service(app::get_health_live)
        .service(app::get_health_ready)
        .service(telemetry::get_metrics);
}

fn v1(routes: &mut ServiceConfig<'_>) {
    routes
        .service(me::get_me)
        .service(problem::list_problems)
        .service(problem::get_problem)
        .service(organizations::api::list_organizations)
        .service(organizations::api::create_organization)
        .service(organizations::api::get_organization)
        .service(organizations::api::update_organization)
        .service(organizations::api::list_organization_history)
        .service(indicators::api::list_indicators)
        .service(indicators::api::create_indicator)
        .service(indicators::api::get_indicator)
        .service(indicators::api::update_indicator)
        .service(indicators::api::list_indicator_history)
        .service(indicators::api::get_indicator_targets)
        .service(indicators::api::replace_indicator_targets)
        .service(observations::api::list_observations)
        .service(observations::api::create_observations)
        .service(observations::api::get_observation)
        .service(observations::api::list_observation_history);
}
