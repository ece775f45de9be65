//! The same contract in OpenAPI 3.0.3, for gateways and generators that read only that.
//!
//! 3.1 speaks JSON Schema 2020-12; 3.0 a dialect of its own. This turns each word that the document uses into the older
//! one; a test has an independent validator read the result.

use serde_json::{Map, Value, json};

/// The document of 3.1 as one of 3.0.
pub(super) fn of(mut document: Value) -> Value {
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".to_owned(), "3.0.3".into());
        if let Some(license) = root.get_mut("info").and_then(|info| info.get_mut("license")) {
            // SPDX expressions came with 3.1; the name says the same.
            license.as_object_mut().map(|license| license.remove("identifier"));
        }
    }
    convert(&mut document);
    document
}

fn convert(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(convert),
        Value::Object(object) => {
            for (name, inner) in object.iter_mut() {
                // What stands in an example is data, whatever its words look like.
                if !matches!(name.as_str(), "example" | "examples" | "value" | "default" | "enum") {
                    convert(inner);
                }
            }
            if let Some(examples) = object.get_mut("examples").and_then(Value::as_object_mut) {
                for example in examples.values_mut() {
                    if let Some(inner) = example.as_object_mut() {
                        inner.remove("$schema");
                    }
                }
            }
            dialect(object);
        }
        _ => {}
    }
}

/// One object: what only a schema has is changed, anything else is left.
fn dialect(object: &mut Map<String, Value>) {
    null_among_types(object);
    null_among_choices(object, "oneOf");
    null_among_choices(object, "anyOf");
    exclusive(object, "exclusiveMinimum", "minimum");
    exclusive(object, "exclusiveMaximum", "maximum");
    if let Some(only) = object.remove("const") {
        object.insert("enum".to_owned(), json!([only]));
    }
    if let Some(Value::Array(examples)) = object.get("examples")
        && let Some(first) = examples.first().cloned()
    {
        object.remove("examples");
        object.insert("example".to_owned(), first);
    }
    if object.remove("contentMediaType").is_some() {
        object.insert("format".to_owned(), "binary".into());
    }
    object.remove("propertyNames");
    // In 3.0 whatever stands beside a reference is not read.
    if object.contains_key("$ref") && object.len() > 1 {
        let reference = object.remove("$ref");
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

/// `"type": ["string", "null"]` is `"type": "string", "nullable": true`.
fn null_among_types(object: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = object.get("type") else { return };
    let mut others: Vec<_> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    let is_nullable = others.len() < types.len();
    match others.len() {
        1 => object.insert("type".to_owned(), others.remove(0)),
        _ => object.remove("type"),
    };
    if is_nullable {
        object.insert("nullable".to_owned(), true.into());
        if let Some(Value::Array(words)) = object.get_mut("enum")
            && !words.contains(&Value::Null)
        {
            words.push(Value::Null);
        }
    }
}

/// A choice with null is the other choice, nullable.
fn null_among_choices(object: &mut Map<String, Value>, word: &str) {
    let Some(Value::Array(choices)) = object.get_mut(word) else { return };
    let before = choices.len();
    choices.retain(|choice| choice["type"] != "null");
    if choices.len() == before {
        return;
    }
    if choices.len() == 1
        && let Some(only) = object.remove(word)
    {
        object.insert("allOf".to_owned(), only);
    }
    object.insert("nullable".to_owned(), true.into());
}

/// A bound that is itself excluded is a number in 3.1, a word beside the bound in 3.0.
fn exclusive(object: &mut Map<String, Value>, word: &str, bound: &str) {
    if let Some(Value::Number(value)) = object.get(word) {
        let value = value.clone();
        object.insert(bound.to_owned(), value.into());
        object.insert(word.to_owned(), true.into());
    }
}
