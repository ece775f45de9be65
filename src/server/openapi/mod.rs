//! The OpenAPI document: what the macros cannot know, and the pages that show it.

mod bounds;
mod defaults;
mod examples;
mod headers;
mod pages;
mod parameters;
mod permits;
mod problems;
mod required_fields;
mod version_3_0;

use actix_web::http::Method;
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Spec, PathItem, Server,
        path::Operation,
        security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme},
    },
};
use utoipa_actix_web::AppExt;

pub use pages::{Documents, operations_of_addresses, pages};

use super::routes;
use crate::{
    base::{
        auth::ScopeName,
        ingest::OnError,
        problem::{ProblemBody, ProblemError},
    },
    figures::periodic_reports::model::ReportFormat,
};
use examples::Examples;

#[derive(OpenApi)]
#[openapi(
    info(
        // Generators make package names of the title, so it is ASCII.
        title = "Tiendo API",
        description = include_str!("introduction.md"),
        contact(name = "The operator of this service (đơn vị vận hành)"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "Start here", description = "Bắt đầu: get a token, see who you are and what you may."),
        (name = "Push", description = "Gửi: tasks, progress, inspections and figures, from the systems that have them."),
        (name = "Pull", description = "Lấy: progress, assessments and reports, for those who ask."),
        (name = "Reference", description = "Danh mục: organizations, documents, indicators, calendars, clients, problems: what everything else refers to."),
        (name = "Operations", description = "Vận hành: health and metrics, for those who run the service."),
    ),
    components(schemas(ProblemBody, ProblemError, OnError, ReportFormat)),
)]
struct Base;

/// Where the service is that the document is written for, until it is served.
const WRITTEN_FOR: &str = "http://127.0.0.1:8080";

/// The document before the operations are added to it.
fn base() -> Spec {
    let mut spec = Base::openapi();
    spec.servers = Some(vec![Server::new(WRITTEN_FOR)]);
    let scopes = ScopeName::ALL.iter().map(|scope| (scope.as_str(), scope.meaning())).collect::<Scopes>();
    let flow = Flow::ClientCredentials(ClientCredentials::new(format!("{WRITTEN_FOR}/oauth2/token"), scopes));
    if let Some(components) = &mut spec.components {
        components.add_security_scheme("oauth2", SecurityScheme::OAuth2(OAuth2::new([flow])));
    }
    spec
}

/// The finished document, as text.
pub struct Document {
    version_3_1: String,
    version_3_0: String,
}

impl Document {
    /// The document as the operations say it; `openapi/` holds what was written of it, and that is served.
    #[must_use]
    pub fn of_operations() -> Self {
        let (_, spec) =
            actix_web::App::new().into_utoipa_app().openapi(base()).configure(routes::described).split_for_parts();
        Self::of(spec)
    }

    /// Gives every operation its scopes, defaults, problems, headers and examples, and the document its text.
    fn of(mut spec: Spec) -> Self {
        let examples = Examples::recorded();
        let components = spec.components.get_or_insert_default();
        components.schemas.values_mut().for_each(bounds::finish);
        components.schemas.remove("Day");
        required_fields::require(&mut components.schemas, &mut spec.paths);
        let versioned = headers::versioned(&components.schemas);
        permits::add(&mut spec.paths);
        for (path, item) in &mut spec.paths.paths {
            for (method, operation) in operations(item) {
                defaults::add(operation, &method, path, &components.schemas);
                headers::add(operation, &method, &versioned);
                problems::add(operation);
                examples.add(operation);
                parameters::finish(operation);
            }
        }
        components.headers = headers::components();
        components.examples = examples::of_problems();
        components.responses = problems::components(&mut spec.paths);
        let older = version_3_0::of(serde_json::to_value(&spec).unwrap_or_default());
        let line_end = |text: String| text + "\n";
        Self {
            version_3_1: line_end(spec.to_pretty_json().unwrap_or_default()),
            version_3_0: line_end(format!("{older:#}")),
        }
    }

    /// The document of OpenAPI 3.1 as JSON text.
    #[must_use]
    pub fn version_3_1(&self) -> &str {
        &self.version_3_1
    }

    /// The same for readers of OpenAPI 3.0.
    #[must_use]
    pub fn version_3_0(&self) -> &str {
        &self.version_3_0
    }
}

/// The operations of an address, each with its method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}
