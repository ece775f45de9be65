//! Every problem of the catalogue, provoked as a caller would.

use std::{collections::BTreeMap, sync::mpsc, time::Duration};

use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tiendo::base::db::{Url, prelude::*};

use super::recorder::REQUEST;
use crate::{
    access::every_scope,
    fixtures,
    harness::{
        Api, Client,
        wire::{Wire, post_head},
    },
};

/// The bodies by problem and language.
type Provoked = BTreeMap<String, Value>;

const LANGUAGES: [&str; 2] = ["vi", "en"];

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// A request that is refused.
struct Refused<'a> {
    client: &'a Client,
    found: &'a mut Provoked,
}

impl Refused<'_> {
    /// Sends it in both languages, and keeps the problems, which must be `slug`.
    fn send(&mut self, slug: &str, request: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) {
        let (method, path) = request.split_once(' ').unwrap();
        let body = body.as_ref();
        for language in LANGUAGES {
            let mut all = vec![("X-Request-Id", REQUEST), ("Accept-Language", language)];
            all.extend(headers);
            let reply = self.client.try_send(method, path, &all, (!body.is_empty()).then(|| body.to_vec()));
            assert_eq!(reply.problem(), slug, "{}", reply.text);
            keep(self.found, slug, language, &reply.body);
        }
    }

    fn json(&mut self, slug: &str, request: &str, body: &Value) {
        self.send(slug, request, &[JSON], body.to_string());
    }
}

fn keep(found: &mut Provoked, slug: &str, language: &str, problem: &Value) {
    let languages = found.entry(slug.to_owned()).or_insert_with(|| json!({}));
    assert!(languages[language].is_null(), "{slug} is provoked once");
    languages[language] = problem.clone();
}

/// Those that a service with the plan gives.
pub fn provoke(api: &Api) -> Provoked {
    let mut found = Provoked::new();
    let client = api.client_of("LC", &every_scope(), Some("mot-cua"));
    let mut refused = Refused { client: &client, found: &mut found };
    of_any_request(&mut refused);
    of_the_caller(api, &mut found);
    let mut refused = Refused { client: &client, found: &mut found };
    of_documents_and_clients(&mut refused);
    of_tasks(&mut refused);
    of_figures(&mut refused);
    with_other_settings(api, &client, &mut found);
    before_they_are_read(api, &mut found);
    while_another_writes(api, &client, &mut found);
    if matches!(api.database().url(), Url::Postgres(_)) {
        while_the_first_runs(api, &client, &mut found);
    }
    // Last: nothing lists inspections any more.
    fixtures::run(api, async |db| {
        both!(db, |c| diesel::sql_query("ALTER TABLE inspections RENAME TO lost").execute(c)).map(drop)
    });
    Refused { client: &client, found: &mut found }.send("internal", "GET /v1/inspections", &[], "");
    found
}

fn of_any_request(refused: &mut Refused) {
    const TREE: &str = "/v1/organizations";
    refused.send("malformed-request", &format!("POST {TREE}"), &[JSON], "{\"code\": ");
    refused.send("invalid-parameter", &format!("GET {TREE}?limt=5"), &[], "");
    refused.send("invalid-cursor", &format!("GET {TREE}?cursor=abc"), &[], "");
    refused.send("not-found", &format!("GET {TREE}/LC-TRR"), &[], "");
    refused.send("method-not-allowed", &format!("DELETE {TREE}/LC-TTR"), &[], "");
    refused.send("not-acceptable", "GET /v1/tasks", &[("Accept", "application/xml")], "");
    refused.send("unsupported-media-type", &format!("POST {TREE}"), &[("Content-Type", "text/xml")], "<a/>");
    refused.send("unsupported-content-encoding", &format!("POST {TREE}"), &[JSON, ("Content-Encoding", "br")], "{}");
    refused.send("body-too-large", &format!("POST {TREE}"), &[JSON], vec![b' '; 10 * 1024 * 1024 + 1]);
    let office = |code: &str| json!({ "code": code, "name": "Văn phòng", "kind": "office", "parent": "LC" });
    refused.json("already-exists", &format!("POST {TREE}"), &office("LC-TTR"));
    refused.json(
        "invalid-body",
        &format!("POST {TREE}"),
        &json!({ "code": "LC-X", "name": "", "parent": "LC-TRR", "phone": "1" }),
    );
    refused.json("if-match-required", &format!("PATCH {TREE}/LC-TTR-VP"), &json!({ "name": "Văn phòng Thanh tra" }));
    let stale = [JSON, ("If-Match", "\"9\"")];
    refused.send("version-stale", &format!("PATCH {TREE}/LC-TTR-VP"), &stale, r#"{"name":"Văn phòng Thanh tra"}"#);
    let key = [JSON, ("Idempotency-Key", "8e03978e-40d5-43e8-bc93-6894a57f9324")];
    refused.client.send(201, "POST", TREE, &key, Some(office("LC-X").to_string().into_bytes()));
    refused.send("idempotency-key-reused", &format!("POST {TREE}"), &key, office("LC-Y").to_string());
}

fn of_the_caller(api: &Api, found: &mut Provoked) {
    let stranger = api.stranger();
    Refused { client: &stranger, found }.send("token-missing", "GET /v1/tasks", &[], "");
    let forged = Client { token: "abc".to_owned(), ..stranger };
    Refused { client: &forged, found }.send("token-invalid", "GET /v1/tasks", &[], "");
    let reader = api.client("LC", "tasks:read");
    Refused { client: &reader, found }.json(
        "scope-missing",
        "POST /v1/tasks",
        &json!({ "title": "x", "lead": "LC-TTR" }),
    );
}

fn of_documents_and_clients(refused: &mut Refused) {
    let plan = json!({ "kind": "plan", "title": "Kế hoạch" });
    refused.json("source-not-yours", "PUT /v1/documents/by-key/kh-ttr-2025/KH-TTR", &plan);
    let secret = json!({ "kind": "plan", "title": "Kế hoạch", "secret": true });
    refused.json("secret-document", "POST /v1/documents", &secret);
    let key = json!({
        "kty": "EC", "crv": "P-256", "kid": "1", "alg": "ES256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    let new =
        json!({ "name": "Cổng dịch vụ", "organization": "LC", "scopes": ["tasks:read"], "jwks": { "keys": [key] } });
    let client = refused.client.post(201, "/v1/clients", &new).body["client"]["id"].as_str().unwrap().to_owned();
    refused.send("client-has-keys", &format!("POST /v1/clients/{client}/secrets"), &[], "");
}

fn of_tasks(refused: &mut Refused) {
    let task = json!({ "title": "Số hóa hồ sơ", "lead": "LC-TTR-NV", "due_on": "2026-12-20" });
    let made = refused.client.put(201, "/v1/tasks/by-key/mot-cua/thu-1", &task);
    let path = format!("/v1/tasks/{}", made.body["id"].as_str().unwrap());
    let moves = format!("POST {path}/transitions");
    refused.json("transition-not-allowed", &moves, &json!({ "to": "completed" }));
    let later = json!({ "title": "Số hóa hồ sơ", "lead": "LC-TTR-NV", "due_on": "2026-12-31" });
    refused.json("due-date-fixed", "PUT /v1/tasks/by-key/mot-cua/thu-1", &later);
    for to in ["accepted", "in_progress"] {
        refused.client.post(200, &format!("{path}/transitions"), &json!({ "to": to }));
    }
    let update = |percent: &str| json!({ "as_of": "2026-11-18", "percent": percent, "results": "Đã số hóa" });
    refused.client.post(201, &format!("{path}/progress-updates"), &update("60"));
    refused.json("percent-fell", &format!("POST {path}/progress-updates"), &update("40"));
    refused.client.post(200, &format!("{path}/transitions"), &json!({ "to": "cancelled", "reason": "Trùng nhiệm vụ" }));
    refused.json("task-closed", &format!("POST {path}/progress-updates"), &update("80"));
}

fn of_figures(refused: &mut Refused) {
    let row = |indicator: &str, numerator: &str| {
        json!({
            "indicator": indicator, "organization": "LC-TTR", "period": "2026-M11", "numerator": numerator,
            "denominator": "120", "status": "final",
        })
    };
    let rows = json!([row("CT01", "118"), row("CT99", "118")]);
    refused.json("rows-rejected", "POST /v1/observations", &rows);
    let rows: Value = (0..5001).map(|_| row("CT01", "118")).collect();
    refused.json("too-many-rows", "POST /v1/observations", &rows);
}

/// Those that need a service less patient or less generous.
fn with_other_settings(api: &Api, client: &Client, found: &mut Provoked) {
    let strict = api.second_with(|settings| settings.requests_per_minute = 1);
    let there = Client { base: strict.base.clone(), ..client.clone() };
    there.get(200, "/v1/me");
    Refused { client: &there, found }.send("rate-limited", "GET /v1/me", &[], "");

    let impatient = api.second_with(|settings| settings.body_time = Duration::from_millis(200));
    let head = post_head("/v1/organizations", &client.token);
    for language in LANGUAGES {
        let headers =
            format!("X-Request-Id: {REQUEST}\r\nAccept-Language: {language}\r\nContent-Length: 100\r\n\r\n{{");
        let answer = Wire::to(&impatient).say(format!("{head}{headers}")).answer().unwrap();
        assert_eq!(answer.status, 408);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body["type"], "/v1/problems/request-timeout");
        keep(found, "request-timeout", language, &body);
    }
}

/// What is refused before it is read, and so in one language whatever is asked for.
fn before_they_are_read(api: &Api, found: &mut Provoked) {
    for language in LANGUAGES {
        let head = format!("GET / HTTP/1.1\r\nAccept-Language: {language}\r\nCookie: {}", "x".repeat(40_000));
        let mut body: Value = serde_json::from_slice(&Wire::to(api).say(head).answer().unwrap().body).unwrap();
        assert_eq!((&body["type"], &body["status"]), (&"/v1/problems/head-too-large".into(), &431.into()));
        body["instance"] = REQUEST.into();
        keep(found, "head-too-large", language, &body);
    }
}

/// One writes and does not end, one waits for it, and there is no connection left for the next.
fn while_another_writes(api: &Api, client: &Client, found: &mut Provoked) {
    let small = api.second_with(|settings| {
        settings.pool_size = 1;
        settings.database_wait = Duration::from_millis(200);
    });
    let there = Client { base: small.base.clone(), ..client.clone() };
    let mut waiting = Vec::new();
    holding_the_tree(api, || {
        for language in LANGUAGES {
            let (send, receive) = mpsc::channel();
            for code in ["LC-Z1", "LC-Z2"] {
                let (there, send) = (there.clone(), send.clone());
                let new = json!({ "code": code, "name": "Văn phòng", "kind": "office", "parent": "LC" }).to_string();
                waiting.push(std::thread::spawn(move || {
                    let headers = [JSON, ("X-Request-Id", REQUEST), ("Accept-Language", language)];
                    let _ = send.send(there.try_send("POST", "/v1/organizations", &headers, Some(new.into_bytes())));
                }));
            }
            let first = receive.recv().unwrap();
            assert_eq!((first.status, first.problem(), first.header("retry-after")), (503, "unavailable", "1"));
            keep(found, "unavailable", language, &first.body);
        }
    });
    for thread in waiting {
        thread.join().unwrap();
    }
}

/// Runs `meanwhile` in the middle of a transaction that keeps others from adding to the tree.
fn holding_the_tree(api: &Api, meanwhile: impl FnOnce()) {
    if let Url::Sqlite(path) = api.database().url() {
        let mut other = SqliteConnection::establish(path).unwrap();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        return meanwhile();
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            fixtures::run(api, async move |db| {
                both!(db, |c| diesel::sql_query("LOCK TABLE organizations IN EXCLUSIVE MODE").execute(c))?;
                fixtures::at_point(db, 3).await?;
                fixtures::until(db, 4, true).await
            });
        });
        fixtures::run(api, async |db| fixtures::until(db, 3, true).await);
        meanwhile();
        fixtures::release(api, 3, 4);
    });
}

/// Only PostgreSQL runs two writes at once.
fn while_the_first_runs(api: &Api, client: &Client, found: &mut Provoked) {
    let me = client.get(200, "/v1/me").body["client"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
    let digest = Sha256::new().chain_update(me).chain_update("the-first").finalize();
    let lock = digest.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            fixtures::run(api, async move |db| {
                fixtures::at_point(db, lock).await?;
                fixtures::at_point(db, 1).await?;
                fixtures::until(db, 2, true).await
            });
        });
        fixtures::run(api, async |db| fixtures::until(db, 1, true).await);
        let new = json!({ "code": "LC-W", "name": "Văn phòng", "kind": "office", "parent": "LC" });
        let headers = [JSON, ("Idempotency-Key", "the-first")];
        let mut refused = Refused { client, found };
        refused.send("idempotency-in-progress", "POST /v1/organizations", &headers, new.to_string());
        fixtures::release(api, 1, 2);
    });
}
