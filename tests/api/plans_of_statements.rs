//! The statements that matter read a large table by an index, on both databases: those that the service really sends.

use std::{
    collections::BTreeMap,
    sync::{Mutex, Once},
};

use diesel::{
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    prelude::*,
    sql_query,
    sql_types::Text,
    sqlite::SqliteConnection,
};
use serde_json::{Value, json};
use tiendo::base::db::Url;

use crate::harness::{Api, Client, Database, block_on};

/// The tables that grow.
const LARGE: [&str; 4] = ["tasks", "observations", "progress_updates", "changes"];
const ALL: &str = "organizations:write organizations:read indicators:read indicators:write observations:read \
                   observations:write tasks:read tasks:assign tasks:progress reports:read";

/// What can be asked of one unit among many, each more often than PostgreSQL looks before it settles on a plan.
fn ask(api: &Api) {
    let client = api.client("LC", ALL);
    let unit = json!({ "code": "U0007", "name": "U0007", "kind": "unit", "parent": "LC-TTR" });
    client.try_send(
        "POST",
        "/v1/organizations",
        &[("Content-Type", "application/json")],
        Some(unit.to_string().into()),
    );
    let task = client.post(201, "/v1/tasks", &json!({ "title": "Số hóa hồ sơ", "lead": "U0007" }));
    let task = task.header("location").to_owned();
    for round in 0..8 {
        let figures: Vec<Value> = (0..20)
            .map(|row| {
                json!({ "indicator": "CT07", "organization": "U0007", "period": "2026-M10", "status": "final",
                "breakdown": format!("phần {row}"), "value": format!("{}", round * row) })
            })
            .collect();
        let pushed = client.post(200, "/v1/observations", &json!(figures));
        client.post(200, "/v1/observations", &json!(figures));
        let figure = pushed.body["rows"][0]["id"].as_str().unwrap().to_owned();
        let progress =
            json!({ "as_of": "2026-11-23", "percent": "50", "results": "Một nửa", "obstacles": "Thiếu người" });
        client.post(201, &format!("{task}/progress-updates"), &progress);
        for path in [
            task.clone(),
            format!("{task}/history"),
            format!("{task}/progress-updates"),
            "/v1/tasks?lead=U0007&state=assigned&limit=50".to_owned(),
            "/v1/tasks?under=U0007".to_owned(),
            format!("/v1/observations/{figure}"),
            format!("/v1/observations/{figure}/history"),
            "/v1/observations?organization=U0007".to_owned(),
            "/v1/assessments?under=U0007&period=2026-M10".to_owned(),
            "/v1/progress?under=U0007&period=2026-M10".to_owned(),
        ] {
            client.get(200, &path);
        }
        export(&client, "/v1/observations?indicator=CT07");
        export(&client, "/v1/tasks?lead=U0007");
    }
}

fn export(client: &Client, path: &str) {
    client.send(200, "GET", path, &[("Accept", "application/x-ndjson")], None);
}

fn define(client: &Client) {
    for number in 1..=20 {
        let body = json!({ "code": format!("CT{number:02}"), "name": "x", "unit": "x", "kind": "count", "flow": true });
        client.post(201, "/v1/indicators", &body);
    }
}

/// Enough for PostgreSQL to find an index worth its while.
const FILL: &str = "
    INSERT INTO organizations SELECT code, code, 'unit', 'LC-TTR', 'LC/LC-TTR/' || code || '/', '[]', NULL, NULL, 1, now(), now()
    FROM (SELECT 'U' || lpad(u::text, 4, '0') AS code FROM generate_series(1, 400) u) units ON CONFLICT DO NOTHING;
    INSERT INTO observations SELECT gen_random_uuid(), 'CT' || lpad(i::text, 2, '0'), 'U' || lpad(u::text, 4, '0'),
        '2026-M' || lpad(m::text, 2, '0'), '', NULL, NULL, 10000, NULL, 'final', NULL, NULL, '[]', 1, 1, now(), now()
    FROM generate_series(1, 20) i, generate_series(1, 400) u, generate_series(1, 9) m;
    INSERT INTO tasks SELECT gen_random_uuid(), NULL, NULL, NULL, 'x', NULL, NULL, NULL, NULL, NULL,
        'U' || lpad((n % 400 + 1)::text, 4, '0'), '[]', NULL, NULL, NULL, NULL, NULL, 'none', NULL, NULL, 'normal', 'assigned', 0,
        NULL, NULL, NULL, '[]', NULL, 'x', 1, now(), now() FROM generate_series(1, 20000) n;
    INSERT INTO progress_updates SELECT gen_random_uuid(), id, date '2026-11-01', 100000, 'x', NULL, NULL, 'x', NULL, '[]', false,
        NULL, NULL, now() FROM tasks, generate_series(1, 2);
    INSERT INTO changes SELECT 'task', id::text, v, 'task.updated', lead, NULL, 'x', now(), '{}', NULL, NULL, 1 FROM tasks, generate_series(1, 3) v
    ON CONFLICT DO NOTHING;
    ANALYZE;";

#[test]
fn postgres_reads_no_large_table_from_end_to_end() {
    let database = Database::postgres();
    let Url::Postgres(url) = database.url().clone() else { panic!("a PostgreSQL database") };
    let api = Api::on(&database);
    define(&api.client("LC", ALL));
    let before = block_on(async {
        let server = connect(&url).await;
        server.batch_execute(FILL).await.unwrap();
        scans(&url).await
    });
    ask(&api);
    let after = block_on(async {
        // What a connection has counted is known to others when it ends.
        let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
        connect(&url).await.query(ended, &[]).await.unwrap();
        scans(&url).await
    });
    for table in LARGE {
        let (sequential, by_index) = (after[table].0 - before[table].0, after[table].1 - before[table].1);
        assert!(by_index >= 8, "{table}: {by_index} scans by an index, so it was not asked");
        assert_eq!(sequential, 0, "{table} was read from end to end");
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// How often each large table was read from end to end, and by an index.
async fn scans(url: &str) -> BTreeMap<String, (i64, i64)> {
    let sql = "SELECT relname::text, seq_scan, coalesce(idx_scan, 0) FROM pg_stat_user_tables";
    let rows = connect(url).await.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect()
}

/// What the service sent to SQLite files, by their paths.
static SENT: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

/// Notes the statements of one connection.
#[derive(Default)]
struct Notes {
    file: String,
}

impl Instrumentation for Notes {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.file),
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split(" -- binds:").next().unwrap_or_default().to_owned();
                if let Some(sent) = SENT.lock().unwrap().get_mut(&self.file) {
                    sent.push(sql);
                }
            }
            _ => {}
        }
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// What is sent to a SQLite file meanwhile, each statement once, with the steps of its plan.
fn planned(asked: impl FnOnce(&Api)) -> Vec<(String, Vec<String>)> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| set_default_instrumentation(|| Some(Box::<Notes>::default())).unwrap());
    let database = Database::sqlite();
    let Url::Sqlite(path) = database.url().clone() else { panic!("a SQLite database") };
    SENT.lock().unwrap().insert(path.clone(), Vec::new());
    let api = Api::on(&database);
    define(&api.client("LC", ALL));
    SENT.lock().unwrap().get_mut(&path).unwrap().clear();
    asked(&api);
    let mut sent = SENT.lock().unwrap().remove(&path).unwrap();
    sent.sort();
    sent.dedup();
    sent.retain(|sql| ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| sql.starts_with(verb)));
    let mut connection = SqliteConnection::establish(&path).unwrap();
    let mut steps = |sql: &str| -> Vec<String> {
        let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut connection).unwrap();
        steps.into_iter().map(|step| step.detail).collect()
    };
    sent.into_iter().map(|sql| (sql.clone(), steps(&sql))).collect()
}

#[test]
fn sqlite_reads_no_large_table_from_end_to_end() {
    let mut asked = BTreeMap::new();
    let mut of_one = 0;
    for (sql, steps) in planned(ask) {
        if sql.contains("`tasks`.`id` = ?") || sql.contains("`observations`.`id` = ?") {
            of_one += 1;
            let makes_a_list = steps.iter().any(|step| step.starts_with("LIST SUBQUERY"));
            assert!(!makes_a_list, "for one row it lists the organizations of the caller's part: {sql}");
        }
        for detail in steps {
            let mut words = detail.split(' ');
            let (verb, table) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if LARGE.contains(&table) {
                assert!(verb != "SCAN", "{detail}: {sql}");
                *asked.entry(table.to_owned()).or_insert(0) += 1;
            }
        }
    }
    assert!(of_one >= 2, "one task and one figure were asked for");
    assert_eq!(
        asked.keys().map(String::as_str).collect::<Vec<_>>(),
        ["changes", "observations", "progress_updates", "tasks"]
    );
}

#[test]
fn sqlite_sorts_no_large_table_for_a_page_or_a_batch_of_the_whole_tree() {
    let sent = planned(|api| {
        let client = api.client("LC", ALL);
        // More than one batch of an export.
        let figures: Vec<Value> = (0..600)
            .map(|row| {
                json!({ "indicator": "CT07", "organization": "LC-TTR", "period": "2026-M10", "status": "final",
                "breakdown": format!("phần {row}"), "value": "1" })
            })
            .collect();
        client.post(200, "/v1/observations", &json!(figures));
        for page in ["/v1/tasks?limit=50", "/v1/observations?limit=50", "/v1/observations?period=2026-M10&limit=50"] {
            client.get(200, page);
        }
        for filter in ["", "?indicator=CT07", "?period=2026-M10", "?indicator=CT07&period=2026-M10"] {
            export(&client, &format!("/v1/observations{filter}"));
        }
        export(&client, "/v1/tasks");
    });
    let lists: Vec<_> = sent.iter().filter(|(sql, _)| sql.contains("ORDER BY") && sql.contains("LIMIT")).collect();
    for (sql, steps) in &lists {
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:?}: {sql}");
    }
    // Three pages, of which that of tasks is a batch too, and four exports that begin and go on.
    assert_eq!(lists.len(), 11, "{lists:?}");
}
