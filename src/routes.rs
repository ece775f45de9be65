//! The URL table: one line per operation, grouped by resource, nothing else.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{app, assessments, auth, calendars, me, organizations, periodic_reports, problem, progress, telemetry};

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
        .service(calendars::api::list_calendars)
        .service(calendars::api::get_calendar)
        .service(calendars::api::list_calendar_periods)
        .service(calendars::api::get_calendar_period)
        .service(assessments::api::list_assessments)
        .service(progress::api::get_progress)
        .service(periodic_reports::api::get_periodic_report);
}
