//! The same contract in OpenAPI 3.0.3, for gateways and generators that read only that.
//!
//! 3.1 speaks JSON Schema 2020-12; 3.0 a dialect of its own. This turns each word that the document uses into the older
//! one; a test has independent validators read the result.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

type Object = Map<String, Value>;

/// The document of 3.1 as one of 3.0.
pub(super) fn of(mut document: Value) -> Value {
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut conversion = Conversion { schemas, nullable: BTreeSet::new() };
    conversion.convert(&mut document);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        conversion.add_nullable(schemas);
    }
    remove_unused(&mut document);
    if let Some(root) = document.as_object_mut() {
        root.insert("openapi".to_owned(), "3.0.3".into());
    }
    if let Some(license) = document.pointer_mut("/info/license").and_then(Value::as_object_mut) {
        // SPDX expressions came with 3.1; an address says the same.
        license.shift_remove("identifier");
        license.insert("url".to_owned(), "https://spdx.org/licenses/".into());
    }
    document
}

struct Conversion {
    /// Those of the whole document, as 3.1 has them: what a reference leads to.
    schemas: Object,
    /// Names of those that somewhere may be null.
    nullable: BTreeSet<String>,
}

impl Conversion {
    fn convert(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.convert(item)),
            Value::Object(object) => {
                for (name, inner) in object.iter_mut() {
                    match (name.as_str(), inner) {
                        // What stands in an example is data, whatever its words look like.
                        ("example" | "examples" | "default" | "enum", _) => {}
                        // A property may have any of those names.
                        ("properties", Value::Object(properties)) => {
                            properties.values_mut().for_each(|property| self.convert(property));
                        }
                        (_, inner) => self.convert(inner),
                    }
                }
                self.null_among_choices(object);
                dialect(object);
            }
            _ => {}
        }
    }

    /// A choice between null and a reference. In 3.0 `nullable` counts only beside a `type`: a text or a number is
    /// written out; what has a name of its own (an object, an enum) is referred to as `Nullable…`.
    fn null_among_choices(&mut self, object: &mut Object) {
        let Some(Value::Array(choices)) = object.get("oneOf") else { return };
        let [choice, null] = choices.as_slice() else { return };
        if null.get("type").is_none_or(|kind| kind != "null") {
            return;
        }
        // The choice has been converted: a reference with a description stands in `allOf`.
        let reference = choice.get("$ref").or_else(|| choice.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        let Some(name) = reference.and_then(|reference| reference.rsplit('/').next()) else { return };
        let Some(Value::Object(target)) = self.schemas.get(name) else { return };
        let description = object.get("description").or_else(|| choice.get("description")).cloned();
        let is_named = target.contains_key("properties") || target.contains_key("enum") || target.contains_key("oneOf");
        let mut instead = if is_named {
            self.nullable.insert(name.to_owned());
            Object::from_iter([("$ref".to_owned(), format!("#/components/schemas/Nullable{name}").into())])
        } else {
            let mut target = target.clone();
            dialect(&mut target);
            target.insert("nullable".to_owned(), true.into());
            target
        };
        if let Some(description) = description {
            instead.insert("description".to_owned(), description);
        }
        *object = instead;
    }

    fn add_nullable(&self, schemas: &mut Object) {
        for name in &self.nullable {
            if let Some(Value::Object(schema)) = schemas.get(name) {
                let mut schema = schema.clone();
                make_nullable(&mut schema);
                schemas.insert(format!("Nullable{name}"), schema.into());
            }
        }
    }
}

/// Some schemas were referred to only where they may be null.
fn remove_unused(document: &mut Value) {
    let mut used = BTreeSet::new();
    references(document, &mut used);
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(&format!("#/components/schemas/{name}")));
    }
}

fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|inner| references(inner, found));
        }
        _ => {}
    }
}

/// One object: what only a schema has is changed, anything else is left.
fn dialect(object: &mut Object) {
    null_among_types(object);
    exclusive(object, "exclusiveMinimum", "minimum");
    exclusive(object, "exclusiveMaximum", "maximum");
    if let Some(only) = object.shift_remove("const") {
        object.insert("enum".to_owned(), json!([only]));
    }
    if let Some(Value::Array(examples)) = object.get("examples") {
        let first = examples.first().cloned().unwrap_or_default();
        object.shift_remove("examples");
        object.insert("example".to_owned(), first);
    }
    if object.shift_remove("contentMediaType").is_some() {
        object.insert("format".to_owned(), "binary".into());
    }
    object.shift_remove("propertyNames");
    // In 3.0 whatever stands beside a reference is not read.
    if object.len() > 1
        && let Some(reference) = object.shift_remove("$ref")
    {
        object.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

/// `"type": ["string", "null"]` is `"type": "string", "nullable": true`.
fn null_among_types(object: &mut Object) {
    let Some(Value::Array(types)) = object.get("type") else { return };
    let mut others: Vec<_> = types.iter().filter(|kind| *kind != "null").cloned().collect();
    let is_nullable = others.len() < types.len();
    match others.len() {
        1 => object.insert("type".to_owned(), others.remove(0)),
        _ => object.shift_remove("type"),
    };
    if is_nullable {
        make_nullable(object);
    }
}

fn make_nullable(object: &mut Object) {
    object.insert("nullable".to_owned(), true.into());
    if let Some(Value::Array(words)) = object.get_mut("enum")
        && !words.contains(&Value::Null)
    {
        words.push(Value::Null);
    }
}

/// A bound that is itself excluded is a number in 3.1, a word beside the bound in 3.0.
fn exclusive(object: &mut Object, word: &str, bound: &str) {
    if let Some(Value::Number(value)) = object.get(word) {
        let value = value.clone();
        object.insert(bound.to_owned(), value.into());
        object.insert(word.to_owned(), true.into());
    }
}
