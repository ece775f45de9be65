//! What the operator's manual says of metrics and logs is what the service gives; the settings are in `settings.rs`, backup and
//! restore in `backup.rs`.

use std::collections::BTreeSet;

use diesel::{Connection, RunQueryDsl, sql_query, sqlite::SqliteConnection};
use serde_json::Value;
use tiendo::base::db::Url;

use crate::harness::{Api, Client, Database, binary};

/// The table rows of a section, as they stand.
pub fn rows(heading: &str) -> Vec<String> {
    let manual = std::fs::read_to_string("docs/operate.md").unwrap();
    let (_, section) = manual.split_once(&format!("{heading}\n")).unwrap_or_else(|| panic!("{heading}: not found"));
    let section = section.split("\n## ").next().unwrap();
    section.lines().filter(|line| line.starts_with("| `")).map(str::to_owned).collect()
}

/// The cells of a row.
fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// The words between backquotes.
fn words(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// One metric: its name without the suffix of a counter's or histogram's samples, its type, the labels of its samples.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Metric {
    name: String,
    kind: String,
    labels: BTreeSet<String>,
}

fn exposed(text: &str) -> BTreeSet<Metric> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let metrics = types.map(|(name, kind)| {
        let samples = text.lines().filter(|line| !line.starts_with('#') && line.starts_with(name));
        let labels = samples
            .filter_map(|line| Some(line.split_once('{')?.1.split_once('}')?.0))
            .flat_map(|labels| labels.split("\",").filter_map(|label| Some(label.split_once('=')?.0.to_owned())))
            .filter(|label| label != "le");
        let suffix = if kind == "counter" { "_total" } else { "" };
        Metric { name: format!("{name}{suffix}"), kind: kind.to_owned(), labels: labels.collect() }
    });
    metrics.collect()
}

#[test]
fn the_manual_lists_every_metric_as_it_is() {
    let api = Api::on(&Database::sqlite());
    api.stranger().get(200, "/v1/problems");
    let listed = rows("## Metrics");
    let listed: BTreeSet<_> = listed
        .iter()
        .map(|row| {
            let [name, kind, labels, _] = cells(row)[..] else { panic!("four cells: {row}") };
            Metric { name: name.trim_matches('`').to_owned(), kind: kind.to_owned(), labels: words(labels) }
        })
        .collect();
    assert_eq!(listed, exposed(&api.stranger().get(200, "/metrics").text));
}

/// The members of a log line.
fn members(line: &Value) -> BTreeSet<String> {
    line.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_manual_lists_the_fields_of_the_log_as_they_are() {
    let database = Database::empty_sqlite();
    binary::run(&database.address(), &["migrate"]);
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut service = binary::serve_with(&database.address(), |command| {
        command.env("TIENDO_LOG", "info").stderr(log.reopen().unwrap());
    });
    let client = Client { base: service.base.clone(), token: String::new() };
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    client.send(200, "GET", "/v1/problems", &[("traceparent", trace), ("X-Request-Id", "qlvb-123")], None);
    client.get(404, "/nowhere");
    let Url::Sqlite(path) = database.url() else { panic!("a SQLite database") };
    let mut file = SqliteConnection::establish(path).unwrap();
    sql_query("ALTER TABLE signing_keys RENAME TO lost").execute(&mut file).unwrap();
    // What was found when the service started counts for a second.
    let ready = || client.try_send("GET", "/health/ready", &[("X-Request-Id", "qlvb-124")], None);
    while ready().status != 503 {}
    // At its end at the latest, every line is written.
    let told = std::process::Command::new("kill").args(["-TERM", &service.child.id().to_string()]).status();
    assert!(told.unwrap().success() && service.child.wait().unwrap().success());
    let text = std::fs::read_to_string(log.path()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let answered = |route: &str| {
        let found = lines.iter().find(|line| line["message"] == "answered" && line["route"] == route);
        found.unwrap_or_else(|| panic!("{route}: {text}"))
    };
    let line = answered("/v1/problems");
    let listed: BTreeSet<_> = rows("## Logs").iter().flat_map(|row| words(cells(row)[0])).collect();
    // What a request without a token cannot have.
    assert_eq!(listed.difference(&members(line)).collect::<Vec<_>>(), ["client", "problem"]);
    assert_eq!(line["request_id"], "qlvb-123");
    assert_eq!(line["trace"], "4bf92f3577b34da6a3ce929d0e0e4736");
    let failure = lines.iter().find(|line| line["level"] == "ERROR").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(failure["request_id"], "qlvb-124");
    assert!(
        failure["cause"].as_str().unwrap().contains("signing_keys") && failure["problem"] == "unavailable",
        "{failure}"
    );
    let without = members(answered("none"));
    assert_eq!(listed.difference(&without).collect::<Vec<_>>(), ["client", "trace"]);
}

#[test]
fn new_signing_keys_are_made_when_the_old_ones_are_deleted_as_the_manual_says() {
    let manual = std::fs::read_to_string("docs/operate.md").unwrap();
    let statement = "DELETE FROM signing_keys;";
    assert!(manual.contains(statement));
    let database = Database::empty_sqlite();
    let address = database.address();
    binary::run(&address, &["migrate"]);
    binary::run(&address, &["load", binary::PLAN]);
    let (id, secret) = binary::add_client(&address, "LC", "science-department", &[]);
    let issuer = "https://tiendo.test";
    let before = binary::authorized(&binary::serve_as(issuer, &address), &id, &secret);
    let at_the_new = |service: &binary::Service| Client { base: service.base.clone(), ..before.clone() };

    let service = binary::serve_as(issuer, &address);
    at_the_new(&service).get(200, "/v1/me");
    drop(service);
    let mut file = SqliteConnection::establish(address.trim_start_matches("sqlite:")).unwrap();
    assert_eq!(sql_query(statement).execute(&mut file).unwrap(), 2);
    let service = binary::serve_as(issuer, &address);
    at_the_new(&service).get(401, "/v1/me");
    binary::authorized(&service, &id, &secret).get(200, "/v1/me");
}
