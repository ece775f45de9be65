//! What most operations would say alike, and so need not: their tag, their formats, what their answers hold.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::Value;
use utoipa::openapi::{
    Content, Object, RefOr, Response, Schema, Type,
    path::{Operation, Parameter},
    schema::SchemaType,
};

/// Where the page of operations shows what stands at an address; everything else is pushed or pulled.
const TAGS: &[(&str, &str)] = &[
    ("/.well-known/", "Start here"),
    ("/health/", "Operations"),
    ("/metrics", "Operations"),
    ("/oauth2/", "Start here"),
    ("/v1/calendars", "Reference"),
    ("/v1/clients", "Reference"),
    ("/v1/documents", "Reference"),
    ("/v1/indicators", "Reference"),
    ("/v1/me", "Start here"),
    ("/v1/organizations", "Reference"),
    ("/v1/problems", "Reference"),
];

/// The schemas of the document, by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Fills in what the operation does not say itself.
pub(super) fn add(operation: &mut Operation, method: &Method, path: &str, schemas: &Schemas) {
    if operation.tags.as_ref().is_none_or(Vec::is_empty) {
        operation.tags = Some(vec![tag(method, path).to_owned()]);
    }
    let formats = take_formats(operation);
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") {
        let text = || Content::new(Some(Object::with_type(SchemaType::Type(Type::String))));
        answer.content.extend(formats.into_iter().map(|format| (format, RefOr::T(text()))));
    }
    let is_upsert = *method == Method::PUT && operation.responses.responses.contains_key("201");
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            answer.description = described(status, method, is_upsert, answer, schemas);
        }
    }
}

fn tag(method: &Method, path: &str) -> &'static str {
    match TAGS.iter().find(|(prefix, _)| path.starts_with(prefix)) {
        Some((_, tag)) => tag,
        None if *method == Method::GET => "Pull",
        None => "Push",
    }
}

/// The media types of a list besides JSON: they stand in the `Accept` that `Format` puts among the parameters.
fn take_formats(operation: &mut Operation) -> Vec<String> {
    let is_accept = |each: &RefOr<Parameter>| matches!(each, RefOr::T(each) if each.name == "Accept");
    let Some(parameters) = &mut operation.parameters else { return Vec::new() };
    let Some(at) = parameters.iter().position(is_accept) else { return Vec::new() };
    let RefOr::T(Parameter { schema: Some(RefOr::T(Schema::Object(schema))), .. }) = parameters.remove(at) else {
        return Vec::new();
    };
    let types = schema.enum_values.into_iter().flatten();
    types.filter_map(|each| each.as_str().map(str::to_owned)).collect()
}

/// OpenAPI requires a description of every response.
fn described(status: &str, method: &Method, is_upsert: bool, answer: &Response, schemas: &Schemas) -> String {
    let thing = schema_of(answer).map(words).unwrap_or_default();
    match (status, method) {
        ("207", _) => "Each row has an outcome of its own.".to_owned(),
        ("400" | "401", _) => "An OAuth error (RFC 6749, 5.2).".to_owned(),
        ("200", _) if is_upsert => "It was there, and is now as sent.".to_owned(),
        ("201", _) if is_upsert => "It is new; `Location` says where it is.".to_owned(),
        _ if thing.is_empty() => "The answer.".to_owned(),
        ("201", _) => format!("The new {thing}; `Location` says where it is."),
        ("200", &(Method::PUT | Method::PATCH)) => format!("The {thing} after the change."),
        _ => match schema_of(answer).and_then(|name| items(schemas.get(name)?)) {
            Some(item) if answer.content.len() > 1 => {
                format!("One page of {}; as CSV or NDJSON the whole list.", plural(&words(&item)))
            }
            Some(item) => format!("One page of {}.", plural(&words(&item))),
            None => format!("The {thing}."),
        },
    }
}

/// The name of the schema of an answer's body.
fn schema_of(answer: &Response) -> Option<&str> {
    match answer.content.values().next()? {
        RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. }) => reference.ref_location.rsplit('/').next(),
        _ => None,
    }
}

/// The name of the schema of a page's items; none of what is no page.
fn items(schema: &RefOr<Schema>) -> Option<String> {
    let page = serde_json::to_value(schema).ok()?;
    page.pointer("/properties/next_cursor")?;
    page.pointer("/properties/items/items/$ref").and_then(Value::as_str)?.rsplit('/').next().map(str::to_owned)
}

/// `ProgressUpdate` is a progress update.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn plural(thing: &str) -> String {
    thing.strip_suffix('y').map_or_else(|| format!("{thing}s"), |stem| format!("{stem}ies"))
}
