//! The headers of the document: what every answer carries, and what conditions and repetitions need.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::Method;
use utoipa::openapi::{
    Content, Object, Ref, RefOr, Required, Response, ResponseBuilder, Schema, Type,
    header::{Header, HeaderBuilder},
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::SchemaType,
};

/// Name, type, example and meaning of each header of an answer.
const HEADERS: &[(&str, Type, &str, &str)] = &[
    (
        "X-Request-Id",
        Type::String,
        "0199f3c0-7a1e-7000-8000-0000000000ff",
        "The id of this request: yours when you sent a well-formed one, else ours. Quote it to the operator.",
    ),
    ("ETag", Type::String, "\"1\"", "The version of the resource, for `If-Match` and `If-None-Match`."),
    (
        "Location",
        Type::String,
        "/v1/tasks/0199f3c0-7a1e-7000-8000-000000000001",
        "Where the new resource is read: its own address, or the list that it stands in.",
    ),
    (
        "Link",
        Type::String,
        "</v1/tasks?limit=50&cursor=…>; rel=\"next\"",
        "The next page (RFC 8288); absent on the last one.",
    ),
    (
        "Watermark",
        Type::String,
        "2026-11-23T02:00:00Z",
        "What to send as `updated_since` next time; absent when it was not sent this time.",
    ),
    (
        "Idempotency-Replayed",
        Type::String,
        "true",
        "`true` when this is the stored answer of an earlier request with the same `Idempotency-Key`.",
    ),
    ("Retry-After", Type::Integer, "1", "Seconds after which to try again."),
    (
        "RateLimit",
        Type::String,
        "\"minute\";r=5999;t=60",
        "What is left of the client's quota and, in seconds, when there is more.",
    ),
    ("RateLimit-Policy", Type::String, "\"minute\";q=6000;w=60", "The client's quota: requests in so many seconds."),
    (
        "WWW-Authenticate",
        Type::String,
        "Bearer realm=\"tiendo\", error=\"invalid_token\"",
        "How to authenticate (RFC 6750).",
    ),
];

/// The headers, for operations to refer to.
pub(super) fn components() -> BTreeMap<String, RefOr<Header>> {
    let described = HEADERS.iter().map(|(name, kind, example, meaning)| {
        let example = match kind {
            Type::Integer => example.parse::<i64>().ok().map(serde_json::Value::from),
            _ => Some((*example).into()),
        };
        let schema = Object::with_type(SchemaType::Type(kind.clone()));
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(*meaning)).example(example).build();
        ((*name).to_owned(), RefOr::T(header))
    });
    described.collect()
}

fn refer(response: &mut Response, names: &[&str]) {
    for name in names {
        let reference = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
        response.headers.insert((*name).to_owned(), reference);
    }
}

/// Gives an operation the conditional headers of the contract, and its answers their headers.
pub(super) fn add(operation: &mut Operation, method: &Method, versioned: &BTreeSet<String>) {
    let (is_paged, is_repeatable) = (has(operation, "cursor"), has(operation, "Idempotency-Key"));
    let is_followed = has(operation, "updated_since");
    let is_tagged = answers_one_of(operation, versioned);
    if *method == Method::PUT {
        let meaning = "Write only while this `ETag` is the current version; 412 when it is not.";
        push(operation, condition("If-Match", meaning));
    }
    if *method == Method::GET && is_tagged {
        push(
            operation,
            condition("If-None-Match", "The `ETag` you have: 304 without a body while it is still current."),
        );
        let unchanged = ResponseBuilder::new().description("You have the current version.").build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        refer(response, &["X-Request-Id"]);
        let is_good = status.starts_with('2');
        if is_good && is_paged {
            refer(response, &["Link"]);
        }
        if is_good && is_followed {
            refer(response, &["Watermark"]);
        }
        if is_good && is_repeatable {
            refer(response, &["Idempotency-Replayed"]);
        }
        if status == "201" {
            refer(response, &["Location"]);
        }
        if is_tagged && (is_good || status == "304") {
            refer(response, &["ETag"]);
        }
    }
}

/// The headers of a problem.
pub(super) fn add_to_problem(response: &mut Response, status: u16) {
    refer(response, &["X-Request-Id"]);
    match status {
        401 | 403 => refer(response, &["WWW-Authenticate"]),
        429 => refer(response, &["Retry-After", "RateLimit", "RateLimit-Policy"]),
        503 => refer(response, &["Retry-After"]),
        _ => {}
    }
}

fn push(operation: &mut Operation, parameter: Parameter) {
    operation.parameters.get_or_insert_default().push(RefOr::T(parameter));
}

fn condition(name: &str, meaning: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(meaning))
        .schema(Some(Object::with_type(SchemaType::Type(Type::String))))
        .build()
}

/// Names of the schemas of what has a version, and so an `ETag`.
pub(super) fn versioned(schemas: &BTreeMap<String, RefOr<Schema>>) -> BTreeSet<String> {
    let has_version = |schema: &RefOr<Schema>| matches!(schema, RefOr::T(Schema::Object(object)) if object.properties.contains_key("version"));
    schemas.iter().filter(|(_, schema)| has_version(schema)).map(|(name, _)| name.clone()).collect()
}

fn answers_one_of(operation: &Operation, versioned: &BTreeSet<String>) -> bool {
    let good = ["200", "201"].into_iter().filter_map(|status| operation.responses.responses.get(status));
    good.filter_map(|response| match response {
        RefOr::T(response) => response.content.values().next(),
        RefOr::Ref(_) => None,
    })
    .any(|content| {
        matches!(content, RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. })
            if reference.ref_location.rsplit('/').next().is_some_and(|name| versioned.contains(name)))
    })
}

fn has(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|each| matches!(each, RefOr::T(each) if each.name == name))
}
