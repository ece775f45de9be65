//! The document: what it promises to generators and readers, and the page that shows it without the internet.

use std::collections::BTreeSet;

use base64::Engine;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tiendo::server::openapi::Document;

use crate::harness::{Api, Database};

pub fn document() -> Value {
    // The address of `cli::openapi`.
    serde_json::from_str(Document::of_operations().version_3_1()).unwrap()
}

/// Every operation: its name for a failure text, and itself.
pub fn operations(document: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or("without operationId");
            found.push((format!("{id} ({} {path})", method.to_uppercase()), operation));
        }
    }
    found
}

/// Calls `visit` with every object of the document and its place.
fn walk(value: &Value, place: &str, visit: &mut impl FnMut(&str, &serde_json::Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(place, object);
            for (name, inner) in object {
                walk(inner, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), visit);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                walk(inner, &format!("{place}/{at}"), visit);
            }
        }
        _ => {}
    }
}

/// Fails with every fault at once.
fn assert_none(faults: &[String], remedy: &str) {
    assert!(faults.is_empty(), "{remedy}\n  {}", faults.join("\n  "));
}

/// Names of the handlers.
fn names_of_handlers() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (file, handler) in crate::house::handlers() {
        let name = &handler.name;
        assert!(found.insert(name.clone()), "{file}: a second handler named {name}: operation ids must differ");
    }
    found
}

#[test]
fn the_committed_documents_are_the_generated_ones() {
    let document = Document::of_operations();
    for (file, generated, command) in [
        ("openapi/openapi.json", document.version_3_1(), "cargo run -- openapi"),
        ("openapi/openapi-3.0.json", document.version_3_0(), "cargo run -- openapi --version 3.0"),
    ] {
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        if generated != committed {
            let differs = generated.lines().zip(committed.lines()).position(|(new, old)| new != old);
            let at = differs.unwrap_or_else(|| generated.lines().count().min(committed.lines().count()));
            let line = |text: &str| text.lines().nth(at).unwrap_or("(its end)").to_owned();
            panic!(
                "{file} is not what the code says, and it is what is served. Renew it: {command} > {file}\n\
                 first difference in line {}:\n  generated {}\n  committed {}",
                at + 1,
                line(generated),
                line(&committed)
            );
        }
    }
}

#[test]
fn operation_ids_are_the_names_of_the_handlers() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
        assert!(ids.insert(id), "{name}: this operationId is there twice: rename the handler");
    }
    let hidden = BTreeSet::from(["get_openapi", "get_openapi_3_0", "get_documentation"].map(str::to_owned));
    let handlers = names_of_handlers();
    let missing: Vec<_> = handlers.difference(&ids).filter(|name| !hidden.contains(*name)).collect();
    assert!(
        missing.is_empty(),
        "handlers that are not in the document (add them to src/server/routes.rs): {missing:?}"
    );
    let unknown: Vec<_> = ids.difference(&handlers).collect();
    assert!(unknown.is_empty(), "operationIds that no handler has: {unknown:?}");
}

#[test]
fn every_operation_says_what_it_is_for_and_what_it_answers() {
    let document = document();
    let tags: Vec<_> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let summary = operation["summary"].as_str().unwrap_or("");
        if summary.is_empty() || summary.len() > 80 || summary.ends_with('.') {
            faults.push(format!(
                "{name}: the first doc line is its summary, up to 80 characters, no full stop: {summary:?}"
            ));
        }
        if !matches!(operation["tags"].as_array().map(Vec::as_slice), Some([tag]) if tags.contains(&tag)) {
            faults.push(format!("{name}: needs one tag of {tags:?}"));
        }
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            let is_shared = response["$ref"].is_string();
            if !is_shared && response["description"].as_str().is_none_or(str::is_empty) {
                faults.push(format!("{name}: its response {status} has no description, which OpenAPI requires"));
            }
        }
        let good: Vec<_> = responses.iter().filter(|(status, _)| status.starts_with('2')).collect();
        if good.is_empty() {
            faults.push(format!("{name}: has no 2xx response"));
        }
        for (status, response) in good {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            let contents = response["content"].as_object();
            let has_schema = contents.is_some_and(|kinds| kinds.values().all(|kind| kind["schema"].is_object()));
            let is_described_as_empty = contents.is_none() && described;
            if !has_schema && !is_described_as_empty {
                faults.push(format!("{name}: {status} needs a body, or a description that says why there is none"));
            }
        }
        if !responses.contains_key("500") {
            faults.push(format!("{name}: does not say that it may fail"));
        }
    }
    assert_none(&faults, "mend the #[utoipa::path] attribute or the doc comment of:");
}

#[test]
fn every_path_parameter_is_described() {
    let document = document();
    let mut faults = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let found = parameters.iter().find(|parameter| parameter["in"] == "path" && parameter["name"] == name);
                if !found.is_some_and(|parameter| parameter["required"] == true && parameter["schema"].is_object()) {
                    faults.push(format!("{method} {path}: {name} is not among its path parameters"));
                }
            }
            for parameter in parameters {
                if parameter["description"].as_str().is_none_or(str::is_empty) {
                    faults.push(format!("{method} {path}: parameter {} has no description", parameter["name"]));
                }
            }
        }
    }
    assert_none(&faults, "name path parameters in params(…), and give each field a doc line:");
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut faults = Vec::new();
    walk(&document, "#", &mut |place, object| {
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let found = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            if found.is_none() {
                faults.push(format!("{place} → {target}"));
            }
        }
    });
    assert_none(&faults, "references to nothing (add the type to components(schemas(…)), or derive ToSchema):");
}

#[test]
fn every_property_says_what_it_holds() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        walk(schema, name, &mut |place, object| {
            for (field, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
                // A reference that may be null has its description beside the reference.
                let choices = property["oneOf"].as_array().into_iter().flatten();
                if !choices
                    .chain([property])
                    .any(|choice| choice["description"].as_str().is_some_and(|text| !text.is_empty()))
                {
                    faults.push(format!("{place}.{field}"));
                }
            }
        });
    }
    assert_none(&faults, "write a doc line above the field, with its Vietnamese term where it has one:");
}

#[test]
fn no_name_trips_a_generator() {
    let document = document();
    let mut faults = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if name.starts_with("New") && name.chars().nth(3).is_some_and(char::is_uppercase) {
            faults.push(format!("{name}: Go makes a constructor of this name; call it …Create"));
        }
        if name.contains(['_', '<', '.']) {
            faults.push(format!("{name}: a generic type; declare a plain one (`page!`)"));
        }
        if schema["properties"]["items"]["items"].is_object()
            && schema["properties"]["items"]["items"].get("$ref").is_none()
        {
            faults.push(format!("{name}: the items of a page must be a $ref"));
        }
        walk(schema, name, &mut |place, object| {
            let bytes = object
                .get("items")
                .is_some_and(|items| items["format"] == "int32" && items["minimum"] == 0 && items["type"] == "integer");
            if bytes {
                faults.push(format!("{place}: bytes as an array of numbers; use format binary"));
            }
        });
    }
    assert_none(&faults, "see the house's list of what generators stumble over:");
}

#[test]
fn examples_are_of_the_type_that_they_show() {
    let document = document();
    let mut faults = Vec::new();
    walk(&document["components"]["schemas"], "", &mut |place, object| {
        let (Some(example), Some(kind)) = (object.get("example"), object.get("type")) else { return };
        // A schema, not a list of properties that has one of each name.
        if place.ends_with("/properties") {
            return;
        }
        let kinds: Vec<_> = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
        let fits = kinds.iter().any(|kind| match kind.as_str().unwrap_or("") {
            "string" => example.is_string(),
            "integer" => example.is_i64(),
            "number" => example.is_number(),
            "boolean" => example.is_boolean(),
            "array" => example.is_array(),
            "object" => example.is_object(),
            "null" => example.is_null(),
            _ => false,
        });
        if !fits {
            faults.push(format!("{place}: {example} is no {kind}"));
        }
    });
    assert_none(&faults, "examples that a reader would copy and be refused:");
}

#[test]
fn the_document_is_served_as_it_is_written() {
    let api = Api::on(&Database::sqlite());
    let document = Document::of_operations();
    for (path, text) in [("/openapi.json", document.version_3_1()), ("/openapi-3.0.json", document.version_3_0())] {
        let reply = api.stranger().get(200, path);
        assert_eq!(reply.header("content-type"), "application/json");
        assert_eq!(reply.text, text.replace("http://127.0.0.1:8080", &api.base), "{path}");
        assert_eq!(reply.body["servers"][0]["url"], api.base);
        let flow = &reply.body["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"];
        assert_eq!(flow["tokenUrl"], format!("{}/oauth2/token", api.base));
    }
}

#[test]
fn the_docs_page_works_without_the_internet() {
    let api = Api::on(&Database::sqlite());
    let anyone = api.stranger();
    anyone.get(200, "/docs"); // by a redirect
    let page = anyone.get(200, "/docs/");
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    let named: Vec<_> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| page.text.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()))
        .collect();
    for kind in ["js", "css"] {
        assert!(named.iter().any(|name| name.rsplit('.').next() == Some(kind)), "{kind}: {named:?}");
    }
    for name in named {
        assert!(!name.contains("//"), "{name} is on another host");
        let asset = anyone.get(200, &format!("/docs/{}", name.trim_start_matches("./")));
        let is_initializer = name.ends_with("initializer.js");
        if is_initializer {
            assert!(asset.text.contains("/openapi.json"), "the page shows this service's document");
            assert!(!asset.text.contains("://"), "{name} names another host: {}", asset.text);
        }
    }
    assert!(!page.text.contains("://"), "{}", page.text);
}

/// What a browser lets the page do: no script that stands in it, and of styles only the one that its logo has.
#[test]
fn the_docs_page_needs_no_more_than_its_policy_allows() {
    let api = Api::on(&Database::sqlite());
    let anyone = api.stranger();
    let page = anyone.get(200, "/docs/");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.text.contains("<style") && !page.text.contains(" style=") && !page.text.contains("<script>"));
    let scripts = anyone.get(200, "/docs/swagger-ui-standalone-preset.js").text;
    let styles: Vec<_> = scripts.split("createElement(\"style\",null,\"").skip(1).collect();
    assert_eq!(styles.len(), 1);
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(styles[0].split('"').next().unwrap()));
    assert!(policy.contains(&format!("'sha256-{digest}'")), "{digest}: {policy}");
}
