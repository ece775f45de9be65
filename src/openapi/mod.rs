//! The OpenAPI document: what the macros cannot know, and the pages that show it.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{self, Data},
};
use serde::Serialize;
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        Content, OpenApi as Spec, Ref, RefOr, Response, ResponseBuilder, Server,
        security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme},
    },
};
use utoipa_swagger_ui::SwaggerUi;

use utoipa_actix_web::AppExt;

use crate::{auth::ScopeName, routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tiến Độ",
        description = "A province's systems push tasks and figures; the Department of Science and Technology pulls progress that stands up to inspection.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "Start here", description = "Get a token and see who you are."),
        (name = "Push", description = "Tasks, progress and figures, from the systems that have them."),
        (name = "Pull", description = "Progress, assessments and reports, for those who ask."),
        (name = "Reference", description = "The tree of organizations, documents, indicators, calendars, problems."),
        (name = "Operations", description = "Health and metrics."),
    ),
    components(schemas(ProblemBody, ProblemError)),
)]
struct Base;

/// A problem (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct ProblemBody {
    /// Its kind: an address under `/v1/problems` that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/v1/problems/invalid-body")]
    kind: String,
    /// Constant for the kind, in the language asked for by `Accept-Language` (`vi` or `en`).
    title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What happened this time, and the way out.
    detail: String,
    /// The request's id, as in `X-Request-Id`.
    instance: String,
    /// The current version, when `If-Match` was stale.
    #[schema(nullable = false)]
    version: Option<i32>,
    /// Each place that is wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemError>,
}

/// One place that is wrong, and the rule it broke.
#[derive(Serialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer into the body, as a URI fragment.
    #[schema(nullable = false, example = "#/due_on")]
    pointer: Option<String>,
    /// Name of the query parameter.
    #[schema(nullable = false, example = "limit")]
    parameter: Option<String>,
    /// Name of the header.
    #[schema(nullable = false, example = "Idempotency-Key")]
    header: Option<String>,
    /// Number of the row of a bulk push, from 1.
    #[schema(nullable = false, example = 3)]
    row: Option<usize>,
    /// A stable word for programs.
    #[schema(example = "invalid-value")]
    code: String,
    /// The rule and the way out.
    detail: String,
}

/// The document before the operations are added to it.
#[must_use]
pub fn base(issuer: &str) -> Spec {
    let mut spec = Base::openapi();
    spec.servers = Some(vec![Server::new(issuer)]);
    let scopes = ScopeName::ALL.iter().map(|scope| (scope.as_str(), scope.meaning())).collect::<Scopes>();
    let flow = Flow::ClientCredentials(ClientCredentials::new(format!("{issuer}/oauth2/token"), scopes));
    if let Some(components) = &mut spec.components {
        components.add_security_scheme("oauth2", SecurityScheme::OAuth2(OAuth2::new([flow])));
    }
    spec
}

/// The finished document, as text.
pub struct Document(String);

impl Document {
    /// The document of the service at `issuer`, without a running service.
    #[must_use]
    pub fn of_service(issuer: &str) -> Self {
        let (_, spec) =
            actix_web::App::new().into_utoipa_app().openapi(base(issuer)).configure(routes::all).split_for_parts();
        Self::of(spec)
    }

    /// Gives every operation its problems, and the document its text.
    #[must_use]
    pub fn of(mut spec: Spec) -> Self {
        for item in spec.paths.paths.values_mut() {
            let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
            for operation in operations.into_iter().flatten() {
                describe(&mut operation.responses.responses);
                let problem = ResponseBuilder::new()
                    .description("A problem: what was wrong, where, and the way out.")
                    .content(
                        "application/problem+json",
                        Content::new(Some(RefOr::Ref(Ref::from_schema_name("ProblemBody")))),
                    )
                    .build();
                operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
            }
        }
        Self(spec.to_pretty_json().unwrap_or_default())
    }

    /// The document as JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// OpenAPI requires a description of every response; the body's schema says the rest.
fn describe(responses: &mut BTreeMap<String, RefOr<Response>>) {
    for (status, response) in responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let words = match status.as_str() {
                "201" => "Created; Location says where it is.",
                "207" => "Each row has an outcome of its own.",
                "400" | "401" => "An OAuth error (RFC 6749, 5.2).",
                _ => "The answer.",
            };
            words.clone_into(&mut response.description);
        }
    }
}

/// The document and the page that shows it, from the binary.
pub fn pages(routes: &mut web::ServiceConfig) {
    let config = utoipa_swagger_ui::Config::from("/openapi.json");
    routes
        .service(get_openapi)
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").config(config));
}

#[get("/openapi.json")]
async fn get_openapi(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(document.text().to_owned())
}
