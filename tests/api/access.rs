//! Who may do what: every operation of the document is called without a token, without its scopes, with each of them
//! alone, and for a thing of another province. An operation that is not in the tables below fails the test.

use serde_json::{Value, json};
use tiendo::base::auth::ScopeName;

use crate::{
    harness::{Client, Reply},
    on_both,
};

/// Operations that need no token. Whoever opens another says so here.
const OPEN: &[&str] = &[
    "get_health_live",
    "get_health_ready",
    "get_jwks",
    "get_metadata",
    "get_metrics",
    "get_problem",
    "issue_token",
    "list_problems",
    "revoke_token",
];

/// One line for each other operation: how a client of `LC` would reach into the province `XX`, and what it is told.
/// What the address or `under=` names is 404; what only a body names is 422; 200 where nothing can be named.
/// Names in braces are the things that [`foreign`] makes.
const REACHES: &[(&str, &str, &str, u16)] = &[
    ("get_me", "/v1/me", "", 200),
    ("list_organizations", "/v1/organizations?under=XX", "", 404),
    ("create_organization", "/v1/organizations", r#"{"code":"XX-B","name":"x","kind":"office","parent":"XX-A"}"#, 422),
    ("get_organization", "/v1/organizations/XX-A", "", 404),
    ("update_organization", "/v1/organizations/XX-A", r#"{"name":"x"}"#, 404),
    ("list_organization_history", "/v1/organizations/XX-A/history", "", 404),
    ("list_documents", "/v1/documents", "", 200),
    ("create_document", "/v1/documents", r#"{"kind":"plan","title":"x","organization":"XX-A"}"#, 422),
    ("get_document", "/v1/documents/{document}", "", 404),
    ("update_document", "/v1/documents/{document}", r#"{"title":"y"}"#, 404),
    ("get_document_by_key", "/v1/documents/by-key/xx/1", "", 404),
    ("put_document_by_key", "/v1/documents/by-key/xx/1", r#"{"kind":"plan","title":"x"}"#, 403),
    ("list_document_history", "/v1/documents/{document}/history", "", 404),
    ("list_tasks", "/v1/tasks?under=XX", "", 404),
    ("create_task", "/v1/tasks", r#"{"title":"x","lead":"XX-A"}"#, 422),
    ("get_task", "/v1/tasks/{task}", "", 404),
    ("update_task", "/v1/tasks/{task}", r#"{"title":"y"}"#, 404),
    ("get_task_by_key", "/v1/tasks/by-key/xx/1", "", 404),
    ("put_task_by_key", "/v1/tasks/by-key/xx/1", r#"{"title":"x","lead":"XX-A"}"#, 403),
    ("list_task_history", "/v1/tasks/{task}/history", "", 404),
    ("list_task_transitions", "/v1/tasks/{task}/transitions", "", 404),
    ("create_task_transition", "/v1/tasks/{task}/transitions", r#"{"to":"accepted"}"#, 404),
    ("list_progress_updates", "/v1/tasks/{task}/progress-updates", "", 404),
    (
        "create_progress_update",
        "/v1/tasks/{task}/progress-updates",
        r#"{"as_of":"2026-11-20","percent":"10","results":"x"}"#,
        404,
    ),
    ("list_deadline_changes", "/v1/tasks/{task}/deadline-changes", "", 404),
    (
        "create_deadline_change",
        "/v1/tasks/{task}/deadline-changes",
        r#"{"new_due_on":"2026-12-20","reason":"x","approved_by":"x"}"#,
        404,
    ),
    ("get_task_summary", "/v1/tasks/summary?by=state&under=XX", "", 404),
    ("list_inspections", "/v1/inspections?under=XX", "", 404),
    ("create_inspection", "/v1/inspections", r#"{"kind":"ad_hoc","held_on":"2026-11-20","organization":"XX-A"}"#, 422),
    ("get_inspection", "/v1/inspections/{inspection}", "", 404),
    ("update_inspection", "/v1/inspections/{inspection}", r#"{"conclusion":"y"}"#, 404),
    ("list_inspection_history", "/v1/inspections/{inspection}/history", "", 404),
    ("list_indicators", "/v1/indicators", "", 200),
    (
        "create_indicator",
        "/v1/indicators",
        r#"{"code":"XX-2","name":"x","unit":"%","kind":"ratio","flow":true,"organization":"XX-A"}"#,
        422,
    ),
    ("get_indicator", "/v1/indicators/XX-1", "", 404),
    ("update_indicator", "/v1/indicators/XX-1", r#"{"name":"y"}"#, 404),
    ("list_indicator_history", "/v1/indicators/XX-1/history", "", 404),
    ("get_indicator_targets", "/v1/indicators/XX-1/targets", "", 404),
    ("replace_indicator_targets", "/v1/indicators/XX-3/targets", r#"[{"op":">=","value":"90"}]"#, 404),
    ("list_observations", "/v1/observations?under=XX", "", 404),
    (
        "create_observations",
        "/v1/observations",
        r#"[{"indicator":"XX-1","organization":"XX-A","period":"2026-M11","numerator":"1","denominator":"2","status":"final"}]"#,
        422,
    ),
    ("get_observation", "/v1/observations/{observation}", "", 404),
    ("list_observation_history", "/v1/observations/{observation}/history", "", 404),
    ("list_calendars", "/v1/calendars", "", 200),
    ("get_calendar", "/v1/calendars/ND09", "", 200),
    ("list_calendar_periods", "/v1/calendars/ND09/periods", "", 200),
    ("get_calendar_period", "/v1/calendars/ND09/periods/2026-M11", "", 200),
    ("list_assessments", "/v1/assessments?under=XX", "", 404),
    ("get_progress", "/v1/progress?under=XX", "", 404),
    ("get_document_rollup", "/v1/documents/{document}/rollup", "", 404),
    ("get_periodic_report", "/v1/periodic-reports/2026-M11?under=XX", "", 404),
    ("list_clients", "/v1/clients?under=XX", "", 404),
    ("create_client", "/v1/clients", r#"{"name":"x","organization":"XX-A","scopes":["tasks:read"]}"#, 422),
    ("get_client", "/v1/clients/{client}", "", 404),
    ("update_client", "/v1/clients/{client}", r#"{"status":"suspended"}"#, 404),
    ("create_client_secret", "/v1/clients/{client}/secrets", "", 404),
];

/// Things of the other province, each with its name in [`REACHES`]: made through the API by a client of `XX`.
fn foreign(owner: &Client) -> Vec<(&'static str, String)> {
    let id = |reply: Reply| reply.body["id"].as_str().unwrap().to_owned();
    owner.post(
        201,
        "/v1/indicators",
        &json!({ "code": "XX-1", "name": "x", "unit": "%", "kind": "ratio", "flow": true }),
    );
    let row = json!({ "indicator": "XX-1", "organization": "XX-A", "period": "2026-M10", "numerator": "1", "denominator": "2", "status": "final" });
    let measured = json!({ "code": "XX-3", "name": "x", "unit": "%", "kind": "ratio", "flow": true });
    owner.post(201, "/v1/indicators", &measured);
    owner.put(200, "/v1/indicators/XX-3/targets", &json!([{ "op": ">", "value": "90" }]));
    owner.put(201, "/v1/documents/by-key/xx/1", &json!({ "kind": "plan", "title": "x" }));
    owner.put(201, "/v1/tasks/by-key/xx/1", &json!({ "title": "x", "lead": "XX-A" }));
    let client =
        owner.post(201, "/v1/clients", &json!({ "name": "x", "organization": "XX-A", "scopes": ["tasks:read"] }));
    let pushed = owner.post(200, "/v1/observations", &json!([row])).body;
    vec![
        ("{document}", id(owner.post(201, "/v1/documents", &json!({ "kind": "plan", "title": "x" })))),
        ("{task}", id(owner.post(201, "/v1/tasks", &json!({ "title": "x", "lead": "XX-A" })))),
        ("{inspection}", id(owner.post(201, "/v1/inspections", &json!({ "kind": "ad_hoc", "held_on": "2026-11-20" })))),
        ("{observation}", pushed["rows"][0]["id"].as_str().unwrap().to_owned()),
        ("{client}", client.body["client"]["id"].as_str().unwrap().to_owned()),
    ]
}

/// What names nothing of anybody: calendars are everyone's.
const OF_ALL: &[&str] = &["get_calendar", "list_calendar_periods", "get_calendar_period"];

/// One operation as the document has it.
struct Operation {
    id: String,
    method: String,
    path: String,
    /// Any one of these opens it; `None` when it needs no token.
    scopes: Option<Vec<String>>,
    takes_under: bool,
}

fn operations() -> Vec<Operation> {
    let document = tiendo::server::openapi::Document::of_operations();
    let document: Value = serde_json::from_str(document.version_3_1()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no operationId"));
            let security = operation["security"].as_array().unwrap_or_else(|| {
                panic!("{id} says nothing of security: write security((\"oauth2\" = [\"…\"])) or security(()) in its attribute")
            });
            let is_open = security.is_empty();
            let scopes = security.iter().filter_map(|way| way["oauth2"].as_array()).flatten();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            found.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                scopes: (!is_open).then(|| scopes.map(|scope| scope.as_str().unwrap().to_owned()).collect()),
                takes_under: parameters.iter().any(|parameter| parameter["name"] == "under"),
            });
        }
    }
    found
}

fn reach(operation: &Operation) -> &'static (&'static str, &'static str, &'static str, u16) {
    let id = &operation.id;
    let line = REACHES.iter().find(|line| line.0 == id).unwrap_or_else(|| {
        panic!(
            "{id} ({} {}) has no line in REACHES in tests/api/access.rs. Add one: (\"{id}\", \"the address of a thing of XX\", \
             \"the body that it would take\", 404). When it needs no token, add it to OPEN.",
            operation.method, operation.path
        )
    });
    let (path, template) = (line.1.split('?').next().unwrap(), &operation.path);
    let is_of_template = path.split('/').count() == template.split('/').count()
        && path.split('/').zip(template.split('/')).all(|(part, place)| place.starts_with('{') || part == place);
    assert!(is_of_template, "the line of {id} in REACHES calls {path}, which is not {template}");
    let names_a_thing = (template.contains('{') && !OF_ALL.contains(&id.as_str())) || operation.takes_under;
    // 403: the record of another source system, before it is known whether there is one.
    assert!(
        matches!(line.3, 404 | 403) || !names_a_thing,
        "{id} can name a thing of another province by its address or by under=: its line in REACHES must try that and expect 404"
    );
    assert!(!operation.takes_under || line.1.contains("under="), "{id} takes under=: its line in REACHES must try it");
    line
}

fn protected() -> Vec<(Operation, Vec<String>)> {
    let with_scopes = |mut operation: Operation| operation.scopes.take().map(|scopes| (operation, scopes));
    operations().into_iter().filter_map(with_scopes).collect()
}

fn call(client: &Client, operation: &Operation, path: &str, body: &str) -> Reply {
    let headers = [("If-Match", "\"1\"")];
    let headers = if matches!(operation.method.as_str(), "PATCH" | "PUT") { &headers[..] } else { &[] };
    client.try_send(&operation.method, path, headers, (!body.is_empty()).then(|| body.as_bytes().to_vec()))
}

pub fn every_scope() -> String {
    ScopeName::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
}

on_both! {
    fn without_a_token_nothing_but_the_open_operations_answers(api: &Api) {
        let mut open = Vec::new();
        for operation in operations() {
            if operation.scopes.is_none() {
                open.push(operation.id);
                continue;
            }
            // Without a body or If-Match too: a stranger is not told what is wrong with the request.
            let reply = api.stranger().try_send(&operation.method, &operation.path, &[], None);
            assert_eq!((reply.status, reply.problem()), (401, "token-missing"), "{}", operation.id);
        }
        open.sort();
        assert_eq!(open, OPEN, "the operations without a token are listed in OPEN in tests/api/access.rs");
    }

    fn without_its_scopes_an_operation_is_refused_and_names_them(api: &Api) {
        for (operation, scopes) in protected() {
            if scopes.is_empty() {
                continue;
            }
            let others = ScopeName::ALL.iter().map(|scope| scope.as_str()).filter(|scope| !scopes.iter().any(|own| own == scope));
            let client = api.client("LC", &others.collect::<Vec<_>>().join(" "));
            let reply = client.try_send(&operation.method, &operation.path, &[], None);
            let id = &operation.id;
            assert_eq!((reply.status, reply.problem()), (403, "scope-missing"),
                "{id}: the document asks for {scopes:?}, the Permit in its arguments asks for something else, or does not stand first");
            let challenge = reply.header("www-authenticate");
            let named = challenge.split("scope=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
            let (mut named, mut documented) = (named.split(' ').collect::<Vec<_>>(), scopes.iter().map(String::as_str).collect::<Vec<_>>());
            named.sort_unstable();
            documented.sort_unstable();
            assert_eq!(named, documented, "{id}: the scopes of its Permit are not those of its security attribute");
            assert!(challenge.starts_with("Bearer realm=\"tiendo\", error=\"insufficient_scope\""), "{challenge}");
        }
    }

    fn with_one_of_its_scopes_an_operation_answers(api: &Api) {
        for (operation, scopes) in protected() {
            let (_, path, body, _) = reach(&operation);
            for scope in &scopes {
                let reply = call(&api.client("LC", scope), &operation, path, body);
                assert!(reply.status < 500 && reply.problem() != "scope-missing", "{} with {scope}: {}", operation.id, reply.text);
            }
        }
    }

    fn a_query_parameter_that_nobody_reads_is_refused_everywhere(api: &Api) {
        let client = api.client("LC", &every_scope());
        for operation in operations() {
            // A list reads its query behind its address, which must be one.
            let path = operation.path.replace("{id}", "0192d4e0-7000-7000-8000-000000000000").replace("{period}", "2026-M10").replace("{code}", "ND09");
            let reply = call(&client, &operation, &format!("{}?nonsense=1", path.replace(['{', '}'], "")), "{}");
            assert_eq!((reply.status, reply.codes().first()), (400, Some(&"unknown-parameter")), "{}: {}", operation.id, reply.text);
            assert_eq!(reply.body["errors"][0]["parameter"], "nonsense");
        }
    }

    fn an_address_that_does_not_take_the_method_says_so_whatever_the_query(api: &Api) {
        let client = api.client("LC", &every_scope());
        let reply = client.send(405, "PATCH", "/v1/tasks/summary?by=state", &[], Some(b"{}".to_vec()));
        assert_eq!(reply.header("allow"), "GET, HEAD, OPTIONS");
        client.get(404, "/v1/tasks/nowhere?nonsense=1");
    }

    fn what_belongs_to_another_province_is_not_there(api: &Api) {
        let (client, owner) = (api.client("LC", &every_scope()), api.client_of("XX", &every_scope(), Some("xx")));
        let things = foreign(&owner);
        let fill = |text: &str| things.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
        for (operation, _) in protected() {
            let (id, path, body, expected) = reach(&operation);
            let (path, body) = (fill(path), fill(body));
            let reply = call(&client, &operation, &path, &body);
            assert_eq!(reply.status, *expected, "{id}: {} {path} by a client of LC: {}", operation.method, reply.text);
            let own = call(&owner, &operation, &path, &body);
            assert!(own.status < 400, "{id}: {} {path} is refused to its owner too, which proves nothing: {}", operation.method, own.text);
        }
    }
}

#[test]
fn every_line_is_of_an_operation_that_exists() {
    let operations = operations();
    for (id, ..) in REACHES {
        let is_protected = operations.iter().any(|operation| operation.id == *id && operation.scopes.is_some());
        assert!(is_protected, "there is no operation {id} that needs a token: take its line out of REACHES");
    }
}
