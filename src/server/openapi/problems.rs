//! The problems of the document: their shape, and which operation can give which, read off the catalogue.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Content, Ref, RefOr, Required, Response, ResponseBuilder,
    path::{Operation, ParameterIn, Paths},
    security::SecurityRequirement,
};

use super::{headers, operations};
use crate::{
    base::problem::{GivenBy, ProblemKind},
    pages::problems::catalogue::CATALOGUE,
};

/// Gives an operation a response for every status that one of its problems has.
pub(super) fn add(operation: &mut Operation) {
    let mut by_status = BTreeMap::<u16, Vec<&str>>::new();
    for kind in CATALOGUE.iter().filter(|kind| can_give(operation, kind)) {
        by_status.entry(kind.status).or_default().push(kind.slug);
    }
    for (status, slugs) in by_status {
        let reference = RefOr::Ref(Ref::from_response_name(slugs.join(".")));
        match operation.responses.responses.get_mut(&status.to_string()) {
            // An OAuth endpoint answers some statuses in its own form (RFC 6749, 5.2), and may answer a problem too.
            Some(RefOr::T(response)) => {
                response.content.insert("application/problem+json".to_owned(), RefOr::T(content(&slugs)));
            }
            _ => {
                operation.responses.responses.insert(status.to_string(), reference);
            }
        }
    }
}

/// The responses that operations share, each named by its problems.
pub(super) fn components(paths: &mut Paths) -> BTreeMap<String, RefOr<Response>> {
    let mut found = BTreeMap::new();
    for (_, operation) in paths.paths.values_mut().flat_map(operations) {
        for response in operation.responses.responses.values() {
            if let RefOr::Ref(reference) = response {
                let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
                found
                    .entry(name.to_owned())
                    .or_insert_with(|| RefOr::T(response_of(&name.split('.').collect::<Vec<_>>())));
            }
        }
    }
    found
}

fn response_of(slugs: &[&str]) -> Response {
    let kinds: Vec<_> = CATALOGUE.iter().filter(|kind| slugs.contains(&kind.slug)).collect();
    let titles: Vec<_> = kinds.iter().map(|kind| format!("`{}`: {}.", kind.slug, kind.title.en)).collect();
    let mut response = ResponseBuilder::new()
        .description(titles.join(" "))
        .content("application/problem+json", content(slugs))
        .build();
    headers::add_to_problem(&mut response, kinds.first().map_or(500, |kind| kind.status));
    response
}

fn content(slugs: &[&str]) -> Content {
    let mut content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    for slug in slugs {
        let example = RefOr::Ref(Ref::new(format!("#/components/examples/{slug}")));
        content.examples.insert((*slug).to_owned(), example);
    }
    content
}

fn can_give(operation: &Operation, kind: &ProblemKind) -> bool {
    let name = operation.operation_id.as_deref().unwrap_or_default();
    match kind.given_by {
        GivenBy::NoOperation => false,
        GivenBy::Every => true,
        GivenBy::Secured => is_secured(operation),
        GivenBy::Naming => has_parameter(operation, |place, name| {
            matches!(place, ParameterIn::Path) || matches!(name, "under" | "organization")
        }),
        GivenBy::Paged => has_parameter(operation, |_, name| name == "cursor"),
        GivenBy::Formatted => answer_formats(operation) > 1,
        GivenBy::WithBody => operation.request_body.is_some(),
        GivenBy::WithJson => takes_json(operation),
        GivenBy::Creating => operation.responses.responses.contains_key("201"),
        GivenBy::Repeatable => has_parameter(operation, |_, name| name == "Idempotency-Key"),
        GivenBy::Ingesting => has_parameter(operation, |_, name| name == "on_error"),
        GivenBy::Conditional => has_parameter(operation, |_, name| name == "If-Match"),
        GivenBy::OnlyConditional(besides) => besides.contains(&name) || needs_condition(operation),
        GivenBy::These(names) => names.contains(&name),
    }
}

fn has_parameter(operation: &Operation, is_meant: impl Fn(&ParameterIn, &str) -> bool) -> bool {
    operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if is_meant(&parameter.parameter_in, &parameter.name)))
}

fn needs_condition(operation: &Operation) -> bool {
    operation.parameters.iter().flatten().any(|parameter| {
        matches!(parameter, RefOr::T(parameter) if parameter.name == "If-Match" && parameter.required == Required::True)
    })
}

fn is_secured(operation: &Operation) -> bool {
    operation.security.iter().flatten().any(|requirement| *requirement != SecurityRequirement::default())
}

fn answer_formats(operation: &Operation) -> usize {
    match operation.responses.responses.get("200") {
        Some(RefOr::T(response)) => response.content.len(),
        _ => 0,
    }
}

fn takes_json(operation: &Operation) -> bool {
    matches!(&operation.request_body, Some(RefOr::T(body)) if body.content.contains_key("application/json"))
}
