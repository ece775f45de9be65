//! Finds everything that is wrong with what was sent, when the quick way of reading it has failed.
//!
//! Serde stops at the first fault. So the value is read again and again, each time without the places that are known to
//! be wrong; what is not there at all is told by the type's own schema.

mod json;
mod node;
mod reader;
mod refusal;
mod strict;

use std::collections::{BTreeMap, HashSet};

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

pub(crate) use json::{malformed, parse};
pub(crate) use node::Node;
use reader::Reader;
use refusal::child;
pub(crate) use refusal::{Refusal, Why};

/// How many faults of one request are told.
const MAX_VIOLATIONS: usize = 50;
/// How many bytes may be read again for it: a large body is told of fewer faults, and costs little more than a good one.
const EFFORT: usize = 4 << 20;

/// Reads `T` from the value.
pub(crate) fn read<T: DeserializeOwned>(root: &Node) -> Result<T, Refusal> {
    read_without(root, &HashSet::new())
}

fn read_without<T: DeserializeOwned>(root: &Node, skipped: &HashSet<String>) -> Result<T, Refusal> {
    T::deserialize(Reader { node: root, at: "#".to_owned(), skipped }).map_err(|refusal| refusal.at("#", root))
}

/// Every fault that reading `T` from the value meets, `size` bytes of it; what is missing from the whole comes once.
pub(crate) fn refusals<T: DeserializeOwned>(root: &Node, size: usize) -> Vec<Refusal> {
    let (mut found, mut skipped) = (Vec::new(), HashSet::new());
    let rounds = (EFFORT / size.max(1)).clamp(1, MAX_VIOLATIONS);
    for _ in 0..rounds {
        let Err(refusal) = read_without::<T>(root, &skipped) else { break };
        // What lacks something is passed over as a whole; a field that was passed over is not missing.
        let wrong = if refusal.is_missing() { parent(&refusal.at) } else { refusal.at.as_str() }.to_owned();
        if !skipped.contains(&refusal.at) {
            found.push(refusal);
        }
        if wrong == "#" || !skipped.insert(wrong) {
            break;
        }
    }
    found
}

/// The pointers to everything that `T` requires and the value does not have.
pub(crate) fn missing<T: ToSchema>(root: &Node) -> Vec<String> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let schema = |schema| serde_json::to_value(schema).unwrap_or_default();
    let named = named.into_iter().map(|(name, one)| (name, schema(one))).collect();
    let mut found = Vec::new();
    compare(&schema(T::schema()), root, "#", &named, &mut found);
    found.truncate(MAX_VIOLATIONS);
    found
}

fn compare(schema: &Value, node: &Node, at: &str, named: &BTreeMap<String, Value>, found: &mut Vec<String>) {
    if let Some(target) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        return named.get(target).map_or((), |schema| compare(schema, node, at, named, found));
    }
    // `oneOf` says that null may stand for the other.
    for one in schema["oneOf"].as_array().into_iter().flatten().filter(|one| one["type"] != "null") {
        compare(one, node, at, named, found);
    }
    match node {
        Node::Object(fields) => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let absent = required.filter(|name| !fields.iter().any(|(field, _)| field == name));
            found.extend(absent.map(|name| child(at, name)));
            for (name, node) in fields {
                let part = schema["properties"].get(name).unwrap_or(&Value::Null);
                compare(part, node, &child(at, name), named, found);
            }
        }
        Node::List(items) if schema["items"].is_object() => {
            for (index, node) in items.iter().enumerate() {
                compare(&schema["items"], node, &child(at, &index.to_string()), named, found);
            }
        }
        _ => {}
    }
}

fn parent(at: &str) -> &str {
    at.rsplit_once('/').map_or("#", |(parent, _)| parent)
}
