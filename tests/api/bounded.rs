//! The schemas: each says what it is, in Vietnamese too, and bounds all that is sent; a nullable field that is answered
//! is always there.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::openapi::{document, operations};

/// Text of requests without an upper bound, and why.
const UNBOUNDED: &[(&str, &str)] = &[
    ("TokenRequest.scope", "words of the vocabulary in any order; a word that is none is refused"),
    ("TokenRequest.client_id", "compared with the ids that are known; RFC 6749 sets no size"),
    ("TokenRequest.client_secret", "hashed and compared; RFC 6749 sets no size"),
    ("TokenRequest.client_assertion", "a signed text; the size of the body bounds it"),
    ("RevocationRequest.token", "compared with the tokens that are known; RFC 7009 sets no size"),
    ("RevocationRequest.token_type_hint", "never read, as RFC 7009 allows"),
    ("RevocationRequest.client_id", "as TokenRequest.client_id"),
    ("RevocationRequest.client_secret", "as TokenRequest.client_secret"),
    ("RevocationRequest.client_assertion", "as TokenRequest.client_assertion"),
    ("update_task If-Match", "compared with the current version; another is 412, and what is no tag 400"),
    ("ClientCreate.scopes", "a list of words of the vocabulary, which may repeat; the size of the body bounds it"),
];

/// Schemas that are no nouns of the domain, and have no Vietnamese word that would say more.
const TECHNICAL: &[&str] =
    &["Health", "Metadata", "Problem", "ProblemCatalogue", "ProblemError", "RevocationRequest", "TokenRequest"];

fn schemas(document: &Value) -> &Map<String, Value> {
    document["components"]["schemas"].as_object().unwrap()
}

/// Calls `visit` with every schema inside one, and its place.
fn walk(schema: &Value, place: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(place, schema);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        walk(property, &format!("{place}.{name}"), visit);
    }
    if schema["items"].is_object() {
        walk(&schema["items"], place, visit);
    }
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        walk(choice, place, visit);
    }
}

fn is(schema: &Value, kind: &str) -> bool {
    schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind))
}

fn references(value: &Value, found: &mut Vec<String>) {
    walk(value, "", &mut |_, schema| {
        let name = schema["$ref"].as_str().and_then(|text| text.strip_prefix("#/components/schemas/"));
        found.extend(name.map(str::to_owned));
    });
}

/// Names of the schemas that are sent: those of bodies and parameters, and all that they refer to.
fn sent(document: &Value) -> BTreeSet<String> {
    let mut open = Vec::new();
    for (_, operation) in operations(document) {
        for content in operation["requestBody"]["content"].as_object().into_iter().flat_map(Map::values) {
            references(&content["schema"], &mut open);
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            references(&parameter["schema"], &mut open);
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            references(&schemas(document)[&name], &mut open);
        }
    }
    assert!(found.len() > 40, "the walk finds what is sent: {found:?}");
    found
}

fn faults_of(schema: &Value, place: &str, faults: &mut Vec<String>) {
    walk(schema, place, &mut |place, schema| {
        if UNBOUNDED.iter().any(|(name, _)| *name == place) {
            return;
        }
        let bounded = |words: &[&str]| words.iter().any(|word| !schema[*word].is_null());
        if is(schema, "string") && !bounded(&["maxLength", "pattern", "enum"]) && schema["format"] != "uuid" {
            faults.push(format!("{place}: text without maxLength, pattern or enum"));
        }
        if is(schema, "integer") && !bounded(&["minimum", "maximum"]) {
            faults.push(format!("{place}: a number without minimum or maximum"));
        }
        if is(schema, "array") && !bounded(&["maxItems"]) {
            faults.push(format!("{place}: a list without maxItems"));
        }
    });
}

#[test]
fn every_schema_says_what_it_is() {
    let document = document();
    let says = |schema: &Value| schema["description"].as_str().is_some_and(|text| text.len() > 10);
    let silent: Vec<_> = schemas(&document).iter().filter(|(_, schema)| !says(schema)).map(|(name, _)| name).collect();
    assert!(silent.is_empty(), "schemas without a description (a doc comment above the type): {silent:?}");
}

#[test]
fn every_noun_of_the_domain_has_its_vietnamese_word() {
    let is_vietnamese = |text: &str| {
        text.chars().any(|c| "ăâđêôơưàáạảãằắặẳẵầấậẩẫèéẹẻẽềếệểễìíịỉĩòóọỏõồốộổỗờớợởỡùúụủũừứựửữỳýỵỷỹ".contains(c))
    };
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in schemas(&document) {
        let said = schema["description"].as_str().unwrap_or("");
        let is_page = schema["properties"]["next_cursor"].is_object();
        let is_known = TECHNICAL.contains(&name.as_str());
        if !is_page && is_vietnamese(said) == is_known {
            faults.push(format!("{name}: {said}"));
        }
    }
    assert!(faults.is_empty(), "say the Vietnamese word, or no longer call it technical:\n  {}", faults.join("\n  "));
}

#[test]
fn whatever_is_sent_is_bounded() {
    let document = document();
    let mut faults = Vec::new();
    for name in sent(&document) {
        faults_of(&schemas(&document)[&name], &name, &mut faults);
    }
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            // Headers are opaque here; the server bounds all of them together.
            if parameter["in"] != "header" {
                faults_of(&parameter["schema"], &format!("{name}: {}", parameter["name"]), &mut faults);
            }
        }
    }
    assert!(faults.is_empty(), "bound them as the code does, or say here why not:\n  {}", faults.join("\n  "));
}

#[test]
fn every_number_has_a_size_and_an_end() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in schemas(&document) {
        walk(schema, name, &mut |place, schema| {
            let is_sized = schema["format"] == "int32" || schema["format"] == "int64";
            if is(schema, "integer") && (!is_sized || (schema["minimum"].is_null() && schema["maximum"].is_null())) {
                faults.push(format!("{place}: {schema}"));
            }
        });
    }
    assert!(faults.is_empty(), "numbers without int32 or int64, or without a bound:\n  {}", faults.join("\n  "));
}

#[test]
fn empty_text_is_no_date() {
    let document = document();
    let mut dates = 0;
    for (name, schema) in schemas(&document) {
        walk(schema, name, &mut |place, schema| {
            if schema["format"] == "date" {
                dates += 1;
                assert_eq!((&schema["minLength"], &schema["maxLength"]), (&10.into(), &10.into()), "{place}");
            }
        });
    }
    assert!(dates > 20, "{dates}");
}

#[test]
fn a_nullable_field_that_is_only_answered_is_always_there() {
    let document = document();
    let sent = sent(&document);
    let mut faults = Vec::new();
    for (name, schema) in schemas(&document).iter().filter(|(name, _)| !sent.contains(*name)) {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let choices = property["oneOf"].as_array().into_iter().flatten();
            let is_nullable = is(property, "null") || choices.into_iter().any(|choice| is(choice, "null"));
            let is_required = schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == field));
            if is_nullable && !is_required {
                faults.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(faults.is_empty(), "written as null, never left out, so required:\n  {}", faults.join("\n  "));
}

#[test]
fn every_word_of_a_vocabulary_is_explained() {
    let document = document();
    let mut words = 0;
    for (name, schema) in schemas(&document) {
        for word in schema["enum"].as_array().into_iter().flatten() {
            words += 1;
            let line = format!("- `{}`: ", word.as_str().unwrap());
            assert!(schema["description"].as_str().unwrap().contains(&line), "{name}: {line}");
        }
    }
    assert!(words > 80, "{words}");
}
