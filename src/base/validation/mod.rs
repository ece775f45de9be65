//! Finds everything that is wrong with what was sent, when the quick way of reading it has failed.
//!
//! Serde stops at the first fault. So the value is read again and again, each time without the places that are known to
//! be wrong; what is not there at all is told by the type's own schema.

mod json;
mod node;
mod reader;
mod refusal;
mod strict;

use std::{
    cell::Cell,
    collections::{BTreeMap, HashSet},
};

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

pub(crate) use json::{Parser, malformed, parse, parse_file};
pub(crate) use node::Node;
use reader::Reader;
use refusal::child;
pub(crate) use refusal::{Refusal, Why};

/// How many faults of one request are told.
const MAX_VIOLATIONS: usize = 50;

/// How many bytes may be read again to tell what is wrong with one body, or with all rows of one: of many faults fewer are
/// told, and a bad body costs little more than a good one.
pub(crate) struct Effort(Cell<usize>);

impl Effort {
    /// Nothing spent yet.
    pub const fn new() -> Self {
        Self(Cell::new(4 << 20))
    }

    /// How often so many bytes may be read again; once at least, for the first fault is always told.
    fn rounds(&self, size: usize) -> usize {
        (self.0.get() / Self::cost(size)).clamp(1, MAX_VIOLATIONS)
    }

    fn spend(&self, size: usize) {
        self.0.set(self.0.get().saturating_sub(Self::cost(size)));
    }

    fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// To begin costs something too.
    const fn cost(size: usize) -> usize {
        if size < 256 { 256 } else { size }
    }
}

/// Reads `T` from the value.
pub(crate) fn read<T: DeserializeOwned>(root: &Node) -> Result<T, Refusal> {
    read_without(root, &HashSet::new())
}

fn read_without<T: DeserializeOwned>(root: &Node, skipped: &HashSet<String>) -> Result<T, Refusal> {
    T::deserialize(Reader { node: root, at: "#".to_owned(), skipped }).map_err(|refusal| refusal.at("#", root))
}

/// Every fault that reading `T` from the value meets, `size` bytes of it; what is missing from the whole comes once.
pub(crate) fn refusals<T: DeserializeOwned>(root: &Node, size: usize, effort: &Effort) -> Vec<Refusal> {
    let (mut found, mut skipped) = (Vec::new(), HashSet::new());
    for _ in 0..effort.rounds(size) {
        effort.spend(size);
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

/// What a type requires, as its schema says.
struct Shape {
    schema: Value,
    named: BTreeMap<String, Value>,
}

impl Shape {
    fn of<T: ToSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let schema = |schema| serde_json::to_value(schema).unwrap_or_default();
        Self { named: named.into_iter().map(|(name, one)| (name, schema(one))).collect(), schema: schema(T::schema()) }
    }

    /// The pointers to everything that is required and that the value does not have.
    fn missing(&self, root: &Node) -> Vec<String> {
        let mut found = Vec::new();
        compare(&self.schema, root, "#", &self.named, &mut found);
        found.truncate(MAX_VIOLATIONS);
        found
    }
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
