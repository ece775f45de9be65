//! What an answer always holds: serde writes a field that has no value as null, so a generated type may rely on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema, path::Paths};

use super::operations;

/// Requires every field that may be null in schemas that are only answered. What may be absent there is never null, and
/// what is sent may leave such a field out, so schemas of requests stay as they are.
pub(super) fn require(schemas: &mut BTreeMap<String, RefOr<Schema>>, paths: &mut Paths) {
    let sent = sent(schemas, paths);
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !sent.contains(*name)) {
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        for (name, property) in &object.properties {
            if is_nullable(&serde_json::to_value(property).unwrap_or_default()) && !object.required.contains(name) {
                object.required.push(name.clone());
            }
        }
    }
}

/// Names of the schemas that a request body reaches.
fn sent(schemas: &BTreeMap<String, RefOr<Schema>>, paths: &mut Paths) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = Vec::new();
    for (_, operation) in paths.paths.values_mut().flat_map(operations) {
        names_in(&serde_json::to_value(&operation.request_body).unwrap_or_default(), &mut open);
    }
    while let Some(name) = open.pop() {
        if let Some(schema) = schemas.get(&name)
            && found.insert(name)
        {
            names_in(&serde_json::to_value(schema).unwrap_or_default(), &mut open);
        }
    }
    found
}

fn names_in(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let reference = object.get("$ref").and_then(Value::as_str);
            names.extend(reference.and_then(|text| text.strip_prefix("#/components/schemas/")).map(str::to_owned));
            object.values().for_each(|inner| names_in(inner, names));
        }
        Value::Array(items) => items.iter().for_each(|inner| names_in(inner, names)),
        _ => {}
    }
}

fn is_nullable(property: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let among = |name: &str, is_meant: &dyn Fn(&Value) -> bool| {
        property.get(name).and_then(Value::as_array).is_some_and(|all| all.iter().any(is_meant))
    };
    among("type", &is_null) || among("oneOf", &|choice| choice.get("type").is_some_and(is_null))
}
