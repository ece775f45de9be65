//! When a write is dated, and from where a reader of changes goes on.

use std::{
    collections::HashMap,
    io::{Read, Write},
    net::TcpStream,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use serde_json::{Value, json};
use tiendo::base::db::Url;

use crate::{
    harness::{Api, Client, Database, block_on},
    on_both,
    task_fixture::{ASSIGN, Desk, ids, items, text},
};

const WRITERS: usize = 8;
const WRITES: usize = 12;

/// What is asked first: everything.
const BEGINNING: &str = "2000-01-01T00:00:00Z";

/// A request whose body the service waits for: it is under way beside the one that asks.
fn begun(api: &Api, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(api.socket()).unwrap();
    stream.write_all(format!("{head}Host: test\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    while !api.stranger().get(200, "/metrics").text.contains("tiendo_http_requests_in_flight 2") {}
    stream
}

/// Reads the changes since a moment, page by page; answers the newest version of each task, and the watermark.
fn changes(reader: &Client, since: &str) -> (HashMap<String, i64>, String) {
    let mut seen = HashMap::new();
    let mut path = format!("/v1/tasks?limit=3&updated_since={since}");
    loop {
        let page = reader.get(200, &path);
        for task in items(&page) {
            seen.insert(text(&task["id"]).to_owned(), task["version"].as_i64().unwrap());
        }
        let watermark = text(&page.body["watermark"]).to_owned();
        assert_eq!(page.header("watermark"), watermark);
        let Some(cursor) = page.body["next_cursor"].as_str() else { return (seen, watermark) };
        path = format!("/v1/tasks?limit=3&updated_since={since}&cursor={cursor}");
    }
}

/// Changes its own task again and again.
fn keep_changing(writer: &Client, path: &str) -> i64 {
    let mut version = 1;
    for number in 0..WRITES {
        let body = json!({ "title": format!("Nhiệm vụ {number}") });
        version = writer.patch(200, path, "*", &body).body["version"].as_i64().unwrap();
    }
    version
}

on_both! {
    fn a_write_bears_the_moment_of_its_writing_not_of_its_head(api: &Api) {
        let writer = api.client_of("LC", ASSIGN, Some("qlvb"));
        // The token is known from now on, so that nothing stands between the head's arrival and its moment.
        writer.get(200, "/v1/me");
        let body = json!({ "title": "Số hóa", "lead": "LC-TTR" }).to_string();
        let head = format!(
            "PUT /v1/tasks/by-key/qlvb/7 HTTP/1.1\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n", writer.token, body.len());
        let mut stream = begun(api, &head);
        api.wait_seconds(6);
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("201 Created"), "{answer}");
        let task = writer.get(200, "/v1/tasks/by-key/qlvb/7").body;
        assert_eq!((&task["updated_at"], &task["created_at"]), (&json!("2026-11-23T02:00:06Z"), &json!("2026-11-23T02:00:06Z")));
        let history = writer.get(200, &format!("/v1/tasks/{}/history", text(&task["id"]))).body;
        assert_eq!(history["items"][0]["recorded_at"], "2026-11-23T02:00:06Z");
    }

    fn whoever_follows_changes_is_told_from_where(api: &Api) {
        let desk = Desk::of(api);
        let made: Vec<_> = (0..5).map(|_| desk.task(&json!({})).rsplit('/').next().unwrap().to_owned()).collect();
        assert_eq!(desk.assigner.get(200, "/v1/tasks").body.get("watermark"), None, "it is told to whoever asks by a moment");
        let first = desk.assigner.get(200, &format!("/v1/tasks?limit=2&updated_since={BEGINNING}"));
        let watermark = text(&first.body["watermark"]);
        assert_eq!((watermark, ids(&first).as_slice()), ("2026-11-23T02:00:00Z", &made[..2]));
        // What changes while the pages are read is not behind the moment that their end names.
        api.wait_seconds(5);
        desk.walk(&format!("/v1/tasks/{}", made[0]), &["accepted"]);
        let cursor = text(&first.body["next_cursor"]);
        let next = desk.assigner.get(200, &format!("/v1/tasks?limit=500&updated_since={BEGINNING}&cursor={cursor}"));
        assert_eq!((text(&next.body["watermark"]), ids(&next).as_slice()), (watermark, &made[2..]));
        let (seen, _) = changes(&desk.assigner, watermark);
        assert_eq!(seen[&made[0]], 2);
        for accept in ["text/csv", "application/x-ndjson"] {
            let lines = desk.assigner.send(200, "GET", &format!("/v1/tasks?updated_since={BEGINNING}"), &[("Accept", accept)], None);
            assert_eq!(lines.header("watermark"), "2026-11-23T02:00:05Z", "{accept}");
        }
    }
}

/// Eight write, one follows them by the watermark: at the end it knows each task as it is.
fn a_follower_misses_nothing(database: &Database) {
    let api = Api::by_system_clock(database);
    let writer = api.client("LC", ASSIGN);
    let tasks: Vec<String> = (0..WRITERS)
        .map(|_| {
            writer.post(201, "/v1/tasks", &json!({ "title": "Số hóa", "lead": "LC-TTR" })).header("location").to_owned()
        })
        .collect();
    let is_over = AtomicBool::new(false);
    let (known, written) = thread::scope(|scope| {
        let follower = scope.spawn(|| {
            let (mut known, mut since) = (HashMap::new(), BEGINNING.to_owned());
            loop {
                let was_over = is_over.load(Ordering::SeqCst);
                let (seen, watermark) = changes(&writer, &since);
                known.extend(seen);
                assert!(watermark >= since, "{watermark} after {since}");
                since = watermark;
                if was_over {
                    return known;
                }
            }
        });
        let writers: Vec<_> = tasks.iter().map(|path| scope.spawn(|| keep_changing(&writer, path))).collect();
        let written: Vec<i64> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        is_over.store(true, Ordering::SeqCst);
        (follower.join().unwrap(), written)
    });
    for (path, version) in tasks.iter().zip(written) {
        assert_eq!(known[path.rsplit('/').next().unwrap()], version, "{path}");
    }
}

#[test]
fn a_follower_misses_nothing_on_sqlite() {
    a_follower_misses_nothing(&Database::sqlite());
}

#[test]
fn a_follower_misses_nothing_on_postgres() {
    a_follower_misses_nothing(&Database::postgres());
}

/// A write that is open holds the watermark back, whichever instance it is of; what only reads does not.
#[test]
fn a_watermark_lies_before_the_writes_that_are_open() {
    let api = Api::by_system_clock(&Database::postgres());
    let reader = api.client("LC", ASSIGN);
    let now = |value: &Value| -> chrono::DateTime<chrono::Utc> { text(value).parse().unwrap() };
    let (opened, is_open) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let database = api.database().clone();
    // What is moved in is dropped by a failure too, and that ends the write.
    thread::scope(move |scope| {
        scope.spawn(move || {
            block_on(async {
                let Url::Postgres(url) = database.url() else { panic!("it is PostgreSQL") };
                let (open, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
                let connection = tokio::spawn(connection);
                open.batch_execute("BEGIN; UPDATE organizations SET name = name").await.unwrap();
                opened.send(()).unwrap();
                let _ = released.recv();
                open.batch_execute("COMMIT").await.unwrap();
                drop(open);
                connection.await.unwrap().unwrap();
            });
        });
        is_open.recv().unwrap();
        let asked = || now(&reader.get(200, &format!("/v1/tasks?updated_since={BEGINNING}")).body["watermark"]);
        let (first, second) = (asked(), asked());
        assert_eq!(first, second, "it stands while the write is open");
        release.send(()).unwrap();
    });
}
