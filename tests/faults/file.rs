//! A SQLite file that is locked, has no room, or has gone: writes are told so and why, reads go on, and when it is well
//! again the service is.

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use diesel::{Connection, connection::SimpleConnection, sqlite::SqliteConnection};

use crate::harness::{Database, Service, http};

const SETTINGS: [(&str, &str); 1] = [("TIENDO_DATABASE_WAIT_MS", "1000")];

fn path(service: &Service) -> PathBuf {
    service.database().strip_prefix("sqlite:").unwrap().into()
}

fn status(answer: Option<http::Answer>) -> Option<u16> {
    answer.map(|answer| answer.status)
}

/// Writes are refused with the time after which to come again; reads are not; the log says why.
fn assert_only_reads(service: &Service, cause: &str) {
    let answer = service.try_put().unwrap_or_else(|| panic!("no answer: {}", service.log()));
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}\n{}", answer.text(), service.log());
    assert_eq!(status(service.try_get("/v1/tasks?limit=1")), Some(200), "{}", service.log());
    // What was found a moment ago counts for a second.
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(status(service.try_get("/health/ready")), Some(503), "{}", service.log());
    assert_eq!(status(service.try_get("/health/live")), Some(200));
    let log = service.log();
    let failure = log.lines().find(|line| line.contains("a request failed")).unwrap();
    assert!(failure.contains(cause), "{log}");
}

fn assert_writes(service: &Service) {
    let began = Instant::now();
    while status(service.try_put()) != Some(201) || status(service.try_get("/health/ready")) != Some(200) {
        assert!(began.elapsed() < Duration::from_secs(15), "{}", service.log());
    }
}

#[test]
fn a_lock_of_another_process_is_waited_for_and_then_said() {
    let service = Service::start(Database::Sqlite, &SETTINGS);
    assert_writes(&service);
    let mut other = SqliteConnection::establish(path(&service).to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    assert_only_reads(&service, "database is locked");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| service.try_put());
        std::thread::sleep(Duration::from_millis(300));
        other.batch_execute("ROLLBACK").unwrap();
        assert_eq!(status(waiting.join().unwrap()), Some(201), "{}", service.log());
    });
    assert_writes(&service);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half() {
    // A limit of the system on files stands for the end of the disk. The log is a file too, and small.
    let service = Service::start_after("trap '' XFSZ", Database::Sqlite, &[("TIENDO_LOG", "error")]);
    assert_writes(&service);
    let limit = |bytes: &str| {
        let pid = service.pid().to_string();
        assert!(Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}")]).status().unwrap().success());
    };
    let journal = path(&service).with_extension("db-wal");
    let used = std::fs::metadata(journal).unwrap().len();
    let before = service.try_get("/v1/tasks?count=exact&limit=1").unwrap().text();
    limit(&format!("{}:unlimited", used + 100));
    assert_only_reads(&service, "disk");
    assert_eq!(service.try_get("/v1/tasks?count=exact&limit=1").unwrap().text(), before);
    // Several at once share a commit, and each is told.
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| status(service.try_put()))).collect();
        for one in all {
            assert_eq!(one.join().unwrap(), Some(503), "{}", service.log());
        }
    });
    assert!(!service.log().contains("transaction manager"), "{}", service.log());
    limit("unlimited:unlimited");
    assert_writes(&service);
}

#[test]
fn a_file_that_was_moved_away_takes_no_more_writes() {
    let service = Service::start(Database::Sqlite, &SETTINGS);
    assert_writes(&service);
    let (path, away) = (path(&service), path(&service).with_extension("away"));
    std::fs::rename(&path, &away).unwrap();
    assert_only_reads(&service, "no longer at its place");
    assert!(!path.exists(), "an empty one was made in its place");
    let export = service
        .try_request(&http::get("/v1/tasks", &service.token(), true).replace("Host:", "Accept: text/csv\r\nHost:"));
    assert_eq!(status(export), Some(503));
    assert!(!path.exists(), "an empty one was made in its place");
    // Another file is not taken for it.
    std::fs::copy(&away, &path).unwrap();
    assert_eq!(status(service.try_put()), Some(503), "{}", service.log());
    assert!(service.log().contains("another file is there"), "{}", service.log());
    std::fs::rename(&away, &path).unwrap();
    assert_writes(&service);
}
