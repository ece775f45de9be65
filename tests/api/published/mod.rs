//! What has been published stays: a client made from `openapi/published/v1.json` works with the service of today.

mod compare;
mod schema;

use serde_json::{Value, json};

use crate::openapi::document;
use compare::breaks;

const PUBLISHED: &str = "openapi/published/v1.json";

fn published() -> Value {
    serde_json::from_str(&std::fs::read_to_string(PUBLISHED).unwrap()).unwrap()
}

#[test]
fn a_client_of_the_published_document_still_works() {
    let breaks = breaks(&published(), &document());
    assert!(
        breaks.is_empty(),
        "the change would break clients made from {PUBLISHED}. Add beside what is there instead of changing it, or give \
         the new thing a new name or address; only a new major version may publish a new document.\n  {}",
        breaks.join("\n  ")
    );
}

fn after(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let old = published();
    let mut new = old.clone();
    change(&mut new);
    assert_ne!(new, old, "the change is one");
    breaks(&old, &new)
}

/// The published document with one change, for which one reason with these words is given.
fn assert_seen(reason: &str, change: impl FnOnce(&mut Value)) {
    let found = after(change);
    assert!(found.iter().any(|line| line.contains(reason)), "{reason}: {found:?}");
}

fn properties<'a>(document: &'a mut Value, name: &str) -> &'a mut serde_json::Map<String, Value> {
    document["components"]["schemas"][name]["properties"].as_object_mut().unwrap()
}

fn list<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    document.pointer_mut(pointer).unwrap().as_array_mut().unwrap()
}

const TASKS: &str = "/paths/~1v1~1tasks";

#[test]
fn an_operation_or_its_name_may_not_go() {
    assert_seen("get_me is gone", |document| {
        document["paths"].as_object_mut().unwrap().remove("/v1/me");
    });
    assert_seen("is now called who_am_i", |document| {
        document["paths"]["/v1/me"]["get"]["operationId"] = json!("who_am_i");
    });
    assert_seen("list_problems needs another scope", |document| {
        document["paths"]["/v1/problems"]["get"]["security"] = json!([{ "oauth2": ["admin"] }]);
    });
    assert_seen("needs another scope", |document| {
        document["paths"]["/v1/me"]["get"]["security"] = json!([{ "oauth2": ["admin"] }]);
    });
}

#[test]
fn what_is_sent_may_not_become_refused() {
    assert_seen("`description` must be sent", |document| {
        list(document, "/components/schemas/TaskCreate/required").push(json!("description"));
    });
    assert_seen("`priority` is not taken", |document| drop(properties(document, "TaskCreate").remove("priority")));
    assert_seen("\"urgent\" is not taken", |document| {
        list(document, "/components/schemas/Priority/enum").retain(|word| word != "urgent");
    });
    assert_seen("maxLength", |document| document["components"]["schemas"]["ShortText"]["maxLength"] = json!(3));
    assert_seen("parameter since must be sent", |document| {
        let new = json!({ "name": "since", "in": "query", "required": true, "schema": { "type": "string" } });
        list(document, &format!("{TASKS}/get/parameters")).push(new);
    });
    assert_seen("parameter lead is not taken", |document| {
        list(document, &format!("{TASKS}/get/parameters")).retain(|parameter| parameter["name"] != "lead");
    });
    assert_seen("body of application/json is not taken", |document| {
        let content = document.pointer_mut(&format!("{TASKS}/post/requestBody/content")).unwrap();
        content.as_object_mut().unwrap().remove("application/json");
    });
}

#[test]
fn what_is_answered_may_not_go_or_become_another_thing() {
    assert_seen("`counts` is gone", |document| drop(properties(document, "ObservationPush").remove("counts")));
    assert_seen("string where object was", |document| {
        properties(document, "ObservationPush").insert("counts".to_owned(), json!({ "type": "string" }));
    });
    assert_seen("`counts` may be absent", |document| {
        list(document, "/components/schemas/ObservationPush/required").retain(|name| name != "counts");
    });
    assert_seen("\"someday\" is new", |document| {
        list(document, "/components/schemas/Timeliness/enum").push(json!("someday"));
    });
    assert_seen("may be null", |document| {
        properties(document, "PushCounts").insert("created".to_owned(), json!({ "type": ["integer", "null"] }));
    });
    assert_seen("no answer as text/csv", |document| {
        let content = document.pointer_mut(&format!("{TASKS}/get/responses/200/content")).unwrap();
        content.as_object_mut().unwrap().remove("text/csv");
    });
    assert_seen("does not answer 201", |document| {
        document.pointer_mut(&format!("{TASKS}/post/responses")).unwrap().as_object_mut().unwrap().remove("201");
    });
    assert_seen("without the header Location", |document| {
        let headers = document.pointer_mut(&format!("{TASKS}/post/responses/201/headers")).unwrap();
        headers.as_object_mut().unwrap().remove("Location");
    });
}

#[test]
fn what_only_adds_is_let_through() {
    let found = after(|document| {
        document["paths"]["/v1/new"] = document["paths"]["/v1/me"].clone();
        document["paths"]["/v1/new"]["get"]["operationId"] = json!("get_new");
        properties(document, "TaskCreate").insert("colour".to_owned(), json!({ "type": "string" }));
        properties(document, "ObservationPush").insert("colour".to_owned(), json!({ "type": "string" }));
        list(document, "/components/schemas/ObservationPush/required").push(json!("colour"));
        document["components"]["schemas"]["ShortText"]["maxLength"] = json!(100_000);
        document["components"]["schemas"]["Priority"]["description"] = json!("Other words.");
        let csv = document.pointer(&format!("{TASKS}/get/responses/200/content/text~1csv")).unwrap().clone();
        document.pointer_mut(&format!("{TASKS}/get/responses/200/content")).unwrap()["text/new"] = csv;
        let new = json!({ "name": "since", "in": "query", "required": false, "schema": { "type": "string" } });
        list(document, &format!("{TASKS}/get/parameters")).push(new);
    });
    assert_eq!(found, Vec::<String>::new());
}
