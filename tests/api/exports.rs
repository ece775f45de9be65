//! Whole lists as CSV and NDJSON: of one moment, at the reader's pace, and never more than a little of it in memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tiendo::base::{
    db::{Error, Options, Store, Tls, Url},
    problem::Problem,
};

use crate::{
    harness::{Api, Client, Database, block_on, wire::Wire},
    on_both,
};

const ALL: &str = "indicators:read indicators:write observations:read observations:write tasks:read tasks:assign";
const ROWS: usize = 1_300;

fn indicator(api: &Api) -> Client {
    let client = api.client("LC", ALL);
    for code in ["CT01", "CT02"] {
        let body = json!({ "code": code, "name": code, "unit": "hồ sơ", "kind": "count", "flow": true });
        client.post(201, "/v1/indicators", &body);
    }
    client
}

/// A fifth is of one, the rest of the other.
fn indicator_of(row: usize) -> &'static str {
    if row % 5 == 1 { "CT02" } else { "CT01" }
}

/// A third is of one month, the rest of the next.
fn period(row: usize) -> &'static str {
    if row.is_multiple_of(3) { "2026-M09" } else { "2026-M10" }
}

/// More rows than two batches hold, pushed in another order than that of their keys; each with a note of that length.
fn pushed(client: &Client, note: usize) {
    let rows: Vec<Value> = (0..ROWS)
        .rev()
        .map(|row| {
            json!({ "indicator": indicator_of(row), "organization": if row % 2 == 0 { "LC-TTR" } else { "LC-TTR-VP" },
            "period": period(row), "breakdown": format!("phần {row:04}"), "value": row.to_string(), "status": "final",
            "note": "ă".repeat(note) })
        })
        .collect();
    for part in rows.chunks(400) {
        client.post(200, "/v1/observations", &json!(part));
    }
}

fn exported(client: &Client, path: &str, format: &str) -> String {
    let reply = client.send(200, "GET", path, &[("Accept", format)], None);
    assert_eq!(reply.header("vary"), "Accept");
    reply.text
}

/// The rows of an NDJSON export as a push takes them.
fn as_pushed(lines: &str) -> Vec<Value> {
    let added = ["id", "definition", "version", "created_at", "updated_at"];
    let rows = lines.lines().map(|line| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row.as_object_mut().unwrap().retain(|field, _| !added.contains(&field.as_str()));
        row
    });
    rows.collect()
}

on_both! {
    fn the_whole_list_comes_in_the_order_of_its_keys_and_goes_back_unchanged(api: &Api) {
        let client = indicator(api);
        pushed(&client, 3);
        let count = |is: fn(usize) -> bool| (0..ROWS).filter(|row| is(*row)).count();
        let of_one = count(|row| indicator_of(row) == "CT01");
        let later = count(|row| period(row) == "2026-M10");
        let both = count(|row| indicator_of(row) == "CT01" && period(row) == "2026-M10");
        for (filter, expected) in [
            ("", ROWS), ("?indicator=CT01", of_one), ("?under=LC-TTR", ROWS), ("?period=2026-M10", later),
            ("?indicator=CT01&period=2026-M10", both), ("?indicator=CT01&period_from=2026-M10", both),
        ] {
            let rows = as_pushed(&exported(&client, &format!("/v1/observations{filter}"), "application/x-ndjson"));
            let key = |row: &Value| ["indicator", "period", "organization", "breakdown"].map(|field| row[field].to_string());
            assert_eq!(rows.len(), expected, "{filter}");
            assert!(rows.is_sorted_by_key(key), "{filter}");
            assert_eq!(client.post(200, "/v1/observations", &json!(rows)).body["counts"]["unchanged"], expected);
        }
        let csv = exported(&client, "/v1/observations?organization=LC-TTR-VP", "text/csv");
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let keys: Vec<_> = reader.records().map(|row| [0, 2, 3].map(|at| row.as_ref().unwrap()[at].to_owned())).collect();
        assert_eq!(keys.len(), ROWS / 2);
        assert!(keys.is_sorted());
        let empty = exported(&client, "/v1/observations?period=2020-M01", "text/csv");
        assert_eq!(empty.lines().count(), 1, "{empty}");
        assert_eq!(exported(&client, "/v1/observations?period=2020-M01", "application/x-ndjson"), "");
    }

    fn what_was_known_is_exported_too(api: &Api) {
        let client = indicator(api);
        pushed(&client, 3);
        api.wait_seconds(60);
        let first = json!([{ "indicator": "CT01", "organization": "LC-TTR", "period": "2026-M09", "breakdown": "phần 0000",
            "value": "7", "status": "provisional" }]);
        client.post(200, "/v1/observations", &first);
        let known = as_pushed(&exported(&client, "/v1/observations?as_of=2026-11-23T02:00:30Z", "application/x-ndjson"));
        assert_eq!((known.len(), &known[0]["value"]), (ROWS, &json!("0")));
        let now = as_pushed(&exported(&client, "/v1/observations?status=final", "application/x-ndjson"));
        assert_eq!(now.len(), ROWS - 1);
    }

    fn a_part_is_named_by_limit_or_cursor(api: &Api) {
        let client = indicator(api);
        pushed(&client, 3);
        let page = client.send(200, "GET", "/v1/observations?limit=2", &[("Accept", "text/csv")], None);
        assert_eq!(page.text.lines().count(), 3);
        let next = page.header("link").trim_start_matches('<').split('>').next().unwrap().replace("limit=2&", "");
        let rest = client.send(200, "GET", &next, &[("Accept", "text/csv")], None);
        assert_eq!(rest.text.lines().count(), 51);
    }

    fn tasks_are_exported_whole(api: &Api) {
        let client = api.client("LC", ALL);
        for number in 0..600 {
            client.post(201, "/v1/tasks", &json!({ "title": format!("Việc {number}"), "lead": "LC-TTR" }));
        }
        let lines = exported(&client, "/v1/tasks", "application/x-ndjson");
        let titles: Vec<Value> = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["title"].clone()).collect();
        assert_eq!(titles.len(), 600);
        assert_eq!((&titles[0], &titles[599]), (&json!("Việc 0"), &json!("Việc 599")));
        let csv = exported(&client, "/v1/tasks?under=LC-TTR&state=assigned", "text/csv");
        assert_eq!(csv.lines().count(), 601);
        assert!(csv.lines().next().unwrap().contains(",state,timeliness,percent,"));
    }

    fn what_is_refused_is_refused_before_the_first_row(api: &Api) {
        let client = indicator(api);
        for path in ["/v1/observations?under=XX", "/v1/tasks?under=XX"] {
            assert_eq!(client.send(404, "GET", path, &[("Accept", "text/csv")], None).problem(), "not-found");
        }
        client.send(400, "GET", "/v1/observations?period_from=2026-M01&period_to=2026-Q1", &[("Accept", "text/csv")], None);
    }

    fn whoever_hangs_up_leaves_nothing_open(api: &Api) {
        let client = indicator(api);
        // More than the buffers between the two hold.
        pushed(&client, 4_000);
        let (id, secret) = api.credentials("LC", ALL, None);
        let token = api.token(&id, &secret);
        let head = format!("GET /v1/observations HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\nAccept: text/csv\r\n\r\n");
        // More often than there are connections or turns.
        for _ in 0..20 {
            Wire::to(api).say(&head).cut();
        }
        assert_eq!(exported(&client, "/v1/observations", "application/x-ndjson").lines().count(), ROWS);
        if matches!(api.database().url(), Url::Postgres(_)) {
            assert_eq!(block_on(open_transactions(api.database())), 0);
        }
    }
}

/// How many transactions of the service are open once it has had time to notice.
async fn open_transactions(database: &Database) -> i64 {
    let Url::Postgres(url) = database.url() else { panic!("only PostgreSQL has a server") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL \
               AND pid <> pg_backend_pid()";
    let began = std::time::Instant::now();
    loop {
        let open: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        if open == 0 || began.elapsed() > Duration::from_secs(10) {
            return open;
        }
        tokio::task::yield_now().await;
    }
}

/// Batches that nobody takes: one waits in the channel and one before it.
fn only_two_batches_are_ahead_of_the_reader_on(database: &Database) {
    let options = Options {
        pool_size: 4,
        readers: 2,
        reporters: 1,
        exports: 8,
        export_connections: 8,
        statement: std::time::Duration::from_secs(10),
        wait: Duration::from_secs(5),
        tls: Tls::Off,
    };
    block_on(async {
        let store = Store::open(database.url(), options).await.unwrap();
        let made = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&made);
        let batches = store
            .export(async move |_db| {
                let number = count.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Problem>((number < 50).then_some(number))
            })
            .await
            .unwrap();
        for taken in 0..50 {
            // Time for as many as would come.
            for _ in 0..20 {
                store
                    .read(async |db| Ok::<_, Error>(tiendo::reference::calendars::store::count(db).await?))
                    .await
                    .unwrap();
            }
            let ahead = made.load(Ordering::SeqCst) - taken;
            assert!(ahead <= 2, "{ahead} are ahead");
            assert_eq!(batches.recv_async().await.unwrap().unwrap(), taken);
        }
        assert!(batches.recv_async().await.is_err(), "that was the end");
    });
}

mod only_two_batches_are_ahead_of_the_reader {
    use crate::harness::Database;

    #[test]
    fn sqlite() {
        super::only_two_batches_are_ahead_of_the_reader_on(&Database::sqlite());
    }

    #[test]
    fn postgres() {
        super::only_two_batches_are_ahead_of_the_reader_on(&Database::postgres());
    }
}
