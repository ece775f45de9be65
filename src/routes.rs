//! The URL table: one line per operation, grouped by resource, nothing else.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{app, auth, me, organizations, problem, tasks, telemetry};

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
        .service(tasks::api::list_tasks)
        .service(tasks::api::create_task)
        .service(tasks::summary::api::get_task_summary)
        .service(tasks::api::get_task)
        .service(tasks::api::update_task)
        .service(tasks::api::get_task_by_key)
        .service(tasks::api::put_task)
        .service(tasks::api::list_task_history)
        .service(tasks::transitions::api::list_task_transitions)
        .service(tasks::transitions::api::create_task_transition)
        .service(tasks::progress_updates::api::list_progress_updates)
        .service(tasks::progress_updates::api::create_progress_update)
        .service(tasks::deadline_changes::api::list_deadline_changes)
        .service(tasks::deadline_changes::api::create_deadline_change);
}
