//! The URL table: one line per operation, grouped by resource, nothing else.

use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{health, telemetry};
use crate::{
    access::{clients, me, oauth},
    figures::{assessments, observations, periodic_reports, progress},
    pages::problems,
    reference::{calendars, documents, indicators, organizations},
    work::{inspections, tasks},
};

/// The table twice: for the service, and with what the document says of each operation, which takes megabytes that no
/// worker needs. A resource is found by its prefix, so that not every pattern of the table is tried for every request.
macro_rules! table {
    ($($alone:path),* $(,)? ; $($prefix:literal: [$($operation:path),* $(,)?])*) => {
        /// Every operation, to be served.
        pub fn served(routes: &mut web::ServiceConfig) {
            $( routes.service($alone); )*
            $( routes.service(web::scope($prefix)$(.service($operation))*); )*
        }

        /// Every operation, to be described.
        pub fn described(routes: &mut ServiceConfig<'_>) {
            $( routes.service($alone); )*
            $( routes.service(utoipa_actix_web::scope($prefix)$(.service($operation))*); )*
        }
    };
}

table! {
    oauth::api::issue_token,
    oauth::api::revoke_token,
    oauth::api::get_jwks,
    oauth::api::get_metadata,
    health::get_health_live,
    health::get_health_ready,
    telemetry::get_metrics,
    ;

    "/v1/me": [
        me::api::get_me,
    ]
    "/v1/problems": [
        problems::api::list_problems,
        problems::api::get_problem,
    ]
    "/v1/clients": [
        clients::api::list_clients,
        clients::api::create_client,
        clients::api::get_client,
        clients::api::update_client,
        clients::api::create_client_secret,
    ]
    "/v1/organizations": [
        organizations::api::list_organizations,
        organizations::api::create_organization,
        organizations::api::get_organization,
        organizations::api::update_organization,
        organizations::api::list_organization_history,
    ]
    "/v1/documents": [
        documents::api::list_documents,
        documents::api::create_document,
        documents::api::get_document,
        documents::api::update_document,
        documents::api::get_document_by_key,
        documents::api::put_document_by_key,
        documents::api::list_document_history,
        progress::api::get_document_rollup,
    ]
    "/v1/tasks": [
        tasks::api::list_tasks,
        tasks::api::create_task,
        tasks::summary::api::get_task_summary,
        tasks::api::get_task,
        tasks::api::update_task,
        tasks::api::get_task_by_key,
        tasks::api::put_task_by_key,
        tasks::api::list_task_history,
        tasks::transitions::api::list_task_transitions,
        tasks::transitions::api::create_task_transition,
        tasks::progress_updates::api::list_progress_updates,
        tasks::progress_updates::api::create_progress_update,
        tasks::deadline_changes::api::list_deadline_changes,
        tasks::deadline_changes::api::create_deadline_change,
    ]
    "/v1/inspections": [
        inspections::api::list_inspections,
        inspections::api::create_inspection,
        inspections::api::get_inspection,
        inspections::api::update_inspection,
        inspections::api::list_inspection_history,
    ]
    "/v1/indicators": [
        indicators::api::list_indicators,
        indicators::api::create_indicator,
        indicators::api::get_indicator,
        indicators::api::update_indicator,
        indicators::api::list_indicator_history,
        indicators::api::get_indicator_targets,
        indicators::api::replace_indicator_targets,
    ]
    "/v1/observations": [
        observations::api::list_observations,
        observations::api::create_observations,
        observations::api::get_observation,
        observations::api::list_observation_history,
    ]
    "/v1/calendars": [
        calendars::api::list_calendars,
        calendars::api::get_calendar,
        calendars::api::list_calendar_periods,
        calendars::api::get_calendar_period,
    ]
    "/v1/assessments": [
        assessments::api::list_assessments,
    ]
    "/v1/progress": [
        progress::api::get_progress,
    ]
    "/v1/periodic-reports": [
        periodic_reports::api::get_periodic_report,
    ]
}
