//! The examples of the document are recorded from the service with the real plan: every operation is called once, every
//! problem provoked once, on both databases, and what they answer must be what `openapi/examples.json` holds.

mod problems;
mod recorder;
mod story;

use serde_json::{Value, json};

use crate::{
    harness::{Api, Database},
    openapi::{document, operations},
};
use recorder::{Recorder, made_repeatable};

const COMMITTED: &str = "openapi/examples.json";

/// What both databases must answer.
fn record(database: fn() -> Database) -> Value {
    let api = Api::beginning(&database(), story::BEGINS);
    let mut recorder = Recorder::of(&api);
    story::tell(&mut recorder);
    let found = json!({ "operations": recorder.found, "problems": problems::provoke(&api) });
    made_repeatable(&found, &api.base)
}

#[expect(clippy::disallowed_methods, reason = "no setting of the service: it asks this test to write")]
fn wants_recording() -> bool {
    std::env::var_os("TESTS_RECORD_EXAMPLES").is_some()
}

fn assert_as_committed(found: &Value, committed: &Value) {
    let (found, committed) = (format!("{found:#}"), format!("{committed:#}"));
    if let Some((at, (answered, kept))) = found.lines().zip(committed.lines()).enumerate().find(|(_, (a, b))| a != b) {
        panic!(
            "{COMMITTED} is not what the service answers. Renew it, then the document: TESTS_RECORD_EXAMPLES=1 \
             tests/postgres run cargo test --test api examples::postgres (twice when a problem changed, since the help on \
             it shows the example). First difference in line {}:\n  \
             answered  {answered}\n  committed {kept}",
            at + 1,
        );
    }
    assert_eq!(found.len(), committed.len());
}

#[test]
fn postgres() {
    let found = record(Database::postgres);
    if wants_recording() {
        std::fs::write(COMMITTED, format!("{found:#}\n")).unwrap();
    }
    assert_as_committed(&found, &committed());
}

#[test]
fn sqlite() {
    let mut committed = committed();
    // SQLite has one writer: no request finds an earlier one still running.
    committed["problems"].as_object_mut().unwrap().shift_remove("idempotency-in-progress");
    assert_as_committed(&record(Database::sqlite), &committed);
}

fn committed() -> Value {
    serde_json::from_str(&std::fs::read_to_string(COMMITTED).unwrap()).unwrap()
}

#[test]
fn every_operation_has_a_recorded_request_and_answer() {
    let (document, committed) = (document(), committed());
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let recorded = &committed["operations"][id];
        let media = operation["requestBody"]["content"].as_object().and_then(|content| content.values().next());
        if media.is_some_and(|media| media["example"].is_null()) {
            faults.push(format!("{name}: no example of its request"));
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_good = status.starts_with('2');
            for (media_type, content) in response["content"].as_object().into_iter().flatten().filter(|_| is_good) {
                // A body may be recorded under each of the statuses that answer it.
                let has_example = !content["example"].is_null();
                if !has_example {
                    faults.push(format!("{name}: no example of {status} {media_type}"));
                }
            }
        }
        if recorded.is_null() {
            faults.push(format!("{name}: is not in the story"));
        }
    }
    assert!(faults.is_empty(), "call them in tests/api/examples/story.rs:\n  {}", faults.join("\n  "));
}

#[test]
fn every_problem_of_the_catalogue_is_provoked() {
    let committed = committed();
    let recorded: Vec<_> = committed["problems"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut catalogue: Vec<_> = tiendo::pages::problems::catalogue::CATALOGUE.iter().map(|kind| kind.slug).collect();
    catalogue.sort_unstable();
    assert_eq!(recorded, catalogue, "provoke it in tests/api/examples/problems.rs");
}
