//! The URL table: one line per operation, grouped by resource, nothing else.

use utoipa_actix_web::{scope, service_config::ServiceConfig};

use crate::{app, auth, clients, documents, inspections, me, organizations, problem, telemetry};

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
        .service(documents::api::list_documents)
        .service(documents::api::create_document)
        .service(documents::api::get_document)
        .service(documents::api::update_document)
        .service(documents::api::get_document_by_key)
        .service(documents::api::put_document_by_key)
        .service(documents::api::list_document_history)
        .service(inspections::api::list_inspections)
        .service(inspections::api::create_inspection)
        .service(inspections::api::get_inspection)
        .service(inspections::api::update_inspection)
        .service(inspections::api::list_inspection_history)
        .service(clients::api::list_clients)
        .service(clients::api::create_client)
        .service(clients::api::get_client)
        .service(clients::api::update_client)
        .service(clients::api::create_client_secret);
}
