//! Every answer that a test gets is held against the document: its status, and its problem, must be written there.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;
use tiendo::server::openapi::Document;

use super::Reply;

/// One operation: method, parts of its path, and the problems of each status (none: an answer that is no problem).
struct Operation {
    method: String,
    path: Vec<String>,
    statuses: BTreeMap<String, Vec<String>>,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let document: Value = serde_json::from_str(Document::of_operations().version_3_1()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let statuses = operation["responses"].as_object().unwrap().iter();
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.split('/').map(str::to_owned).collect(),
                statuses: statuses.map(|(status, it)| (status.clone(), problems(&document, it))).collect(),
            });
        }
    }
    // `/tasks/summary` before `/tasks/{id}`.
    found.sort_by_key(|operation| operation.path.iter().filter(|part| part.starts_with('{')).count());
    found
});

fn problems(document: &Value, response: &Value) -> Vec<String> {
    let target = response["$ref"].as_str().map(|target| document.pointer(target.trim_start_matches('#')).unwrap());
    let content = &target.unwrap_or(response)["content"]["application/problem+json"];
    content["examples"].as_object().map_or(Vec::new(), |examples| examples.keys().cloned().collect())
}

/// Fails when the operation that was called does not promise such an answer.
pub fn assert_documented(method: &str, path: &str, reply: &Reply) {
    // No operation was called.
    if reply.status == 405 {
        return;
    }
    let path = path.split('?').next().unwrap();
    let parts: Vec<_> = path.split('/').collect();
    let is_called = |operation: &&Operation| {
        operation.method == method
            && operation.path.len() == parts.len()
            && operation.path.iter().zip(&parts).all(|(part, is)| part == is || part.starts_with('{') && !is.is_empty())
    };
    let Some(operation) = OPERATIONS.iter().find(is_called) else { return };
    let Some(problems) = operation.statuses.get(&reply.status.to_string()) else {
        panic!("{method} {path} answered {}, which the document does not say: {}", reply.status, reply.text);
    };
    let is_problem = reply.header("content-type").starts_with("application/problem+json");
    assert!(
        !is_problem || problems.iter().any(|slug| slug == reply.problem()),
        "{method} {path}: the document does not list {} (see `given_by` in the catalogue)",
        reply.problem()
    );
}
