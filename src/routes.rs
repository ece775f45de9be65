//! The URL table: one line per operation, grouped by resource, nothing else.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{
    app, assessments, auth, calendars, clients, documents, indicators, inspections, me, observations, organizations,
    periodic_reports, problem, progress, tasks, telemetry,
};

/// Every operation of the service.
pub fn all(routes: &mut ServiceConfig<'_>) {
    routes.service(auth::issue_token);
    routes.service(auth::revoke_token);
    routes.service(auth::get_jwks);
    routes.service(auth::get_metadata);

    routes.service(scope("/v1").configure(|routes| {
        reference(routes);
        work(routes);
        figures(routes);
    }));

    routes.service(app::get_health_live);
    routes.service(app::get_health_ready);
    routes.service(telemetry::get_metrics);
}

/// What everything else refers to.
fn reference(routes: &mut ServiceConfig<'_>) {
    routes.service(me::get_me);

    routes.service(problem::list_problems);
    routes.service(problem::get_problem);

    routes.service(clients::api::list_clients);
    routes.service(clients::api::create_client);
    routes.service(clients::api::get_client);
    routes.service(clients::api::update_client);
    routes.service(clients::api::create_client_secret);

    routes.service(organizations::api::list_organizations);
    routes.service(organizations::api::create_organization);
    routes.service(organizations::api::get_organization);
    routes.service(organizations::api::update_organization);
    routes.service(organizations::api::list_organization_history);

    routes.service(documents::api::list_documents);
    routes.service(documents::api::create_document);
    routes.service(documents::api::get_document);
    routes.service(documents::api::update_document);
    routes.service(documents::api::get_document_by_key);
    routes.service(documents::api::put_document_by_key);
    routes.service(documents::api::list_document_history);
}

/// Documents assign it; agencies do it and say how far they are.
fn work(routes: &mut ServiceConfig<'_>) {
    routes.service(tasks::api::list_tasks);
    routes.service(tasks::api::create_task);
    routes.service(tasks::summary::api::get_task_summary);
    routes.service(tasks::api::get_task);
    routes.service(tasks::api::update_task);
    routes.service(tasks::api::get_task_by_key);
    routes.service(tasks::api::put_task_by_key);
    routes.service(tasks::api::list_task_history);
    routes.service(tasks::transitions::api::list_task_transitions);
    routes.service(tasks::transitions::api::create_task_transition);
    routes.service(tasks::progress_updates::api::list_progress_updates);
    routes.service(tasks::progress_updates::api::create_progress_update);
    routes.service(tasks::deadline_changes::api::list_deadline_changes);
    routes.service(tasks::deadline_changes::api::create_deadline_change);

    routes.service(inspections::api::list_inspections);
    routes.service(inspections::api::create_inspection);
    routes.service(inspections::api::get_inspection);
    routes.service(inspections::api::update_inspection);
    routes.service(inspections::api::list_inspection_history);
}

/// What is measured, and what is read from all of it.
fn figures(routes: &mut ServiceConfig<'_>) {
    routes.service(indicators::api::list_indicators);
    routes.service(indicators::api::create_indicator);
    routes.service(indicators::api::get_indicator);
    routes.service(indicators::api::update_indicator);
    routes.service(indicators::api::list_indicator_history);
    routes.service(indicators::api::get_indicator_targets);
    routes.service(indicators::api::replace_indicator_targets);

    routes.service(observations::api::list_observations);
    routes.service(observations::api::create_observations);
    routes.service(observations::api::get_observation);
    routes.service(observations::api::list_observation_history);

    routes.service(calendars::api::list_calendars);
    routes.service(calendars::api::get_calendar);
    routes.service(calendars::api::list_calendar_periods);
    routes.service(calendars::api::get_calendar_period);

    routes.service(assessments::api::list_assessments);

    routes.service(progress::api::get_progress);
    routes.service(progress::api::get_document_rollup);

    routes.service(periodic_reports::api::get_periodic_report);
}
