//! Callers that read slowly, take more than their share, or go away: the others feel nothing of it.

use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::harness::{Database, Service, http, is_long, on_both, sql_in};

/// More rows than the buffers of both sides hold.
const ROWS: usize = 2_000;

fn post(service: &Service, path: &str, body: &str) -> http::Answer {
    service.try_request(&http::with_body("POST", path, &service.token(), body)).unwrap()
}

fn with_figures(service: &Service) {
    let indicator = json!({ "code": "FAULTS", "name": "Hồ sơ", "unit": "hồ sơ", "kind": "count", "flow": true });
    assert_eq!(post(service, "/v1/indicators", &indicator.to_string()).status, 201);
    let row = |row: usize| {
        json!({ "indicator": "FAULTS", "organization": "LC", "period": "2026-M09", "breakdown": format!("phần {row:05}"),
                "value": row.to_string(), "status": "final", "note": "ă".repeat(900) })
    };
    for part in (0..ROWS).collect::<Vec<_>>().chunks(500) {
        let rows: Vec<_> = part.iter().map(|number| row(*number)).collect();
        let answer = post(service, "/v1/observations", &json!(rows).to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// A connection whose own buffer is small.
fn narrow(to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

fn export(service: &Service) -> String {
    http::get("/v1/observations", &service.token(), true).replace("Host:", "Accept: application/x-ndjson\r\nHost:")
}

#[test]
fn slow_readers_keep_no_writer_waiting() {
    on_both(|database| {
        let service = Service::start(database, &[]);
        with_figures(&service);
        let readers: Vec<_> = (0..16)
            .map(|_| {
                let mut stream = narrow(service.address());
                stream.write_all(export(&service).as_bytes()).unwrap();
                stream
            })
            .collect();
        let until = Instant::now() + Duration::from_secs(if is_long() { 45 } else { 4 });
        let mut writes = 0;
        while Instant::now() < until {
            let began = Instant::now();
            let answer = service.try_put().unwrap();
            assert_eq!(answer.status, 201, "{}\n{}", answer.text(), service.log());
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
            writes += 1;
        }
        assert!(writes > 3, "{writes}");
        drop(readers);
        let began = Instant::now();
        while service.try_request(&export(&service)).is_none_or(|answer| answer.status != 200) {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", service.log());
        }
    });
}

/// What the service's connections are at.
const AT_WORK: &str = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' \
                       AND application_name LIKE 'tiendo%'";

#[test]
fn what_nobody_waits_for_any_more_is_ended() {
    let service = Service::start(Database::Postgres, &[]);
    assert_eq!(service.get("/v1/progress").0, 200, "{}", service.log());
    let url = service.database().to_owned();
    // Whatever looks at tasks stands still.
    let holder = std::thread::spawn(move || sql_in(&url, "BEGIN; LOCK TABLE tasks; SELECT pg_sleep(4); COMMIT"));
    std::thread::sleep(Duration::from_millis(500));
    let report = http::get("/v1/progress", &service.token(), false);
    let put =
        http::with_body("PUT", "/v1/tasks/by-key/faults/gone", &service.token(), "{\"title\":\"x\",\"lead\":\"LC\"}");
    let callers: Vec<_> = [&report, &report, &put, &put]
        .map(|request| {
            let mut stream = TcpStream::connect(service.address()).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .into();
    let began = Instant::now();
    while sql_in(service.database(), AT_WORK).len() < 4 {
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", sql_in(service.database(), AT_WORK));
    }
    drop(callers);
    let gone = Instant::now();
    loop {
        let left = sql_in(service.database(), AT_WORK);
        if left.is_empty() {
            break;
        }
        assert!(gone.elapsed() < Duration::from_millis(1500), "{left:?}");
    }
    holder.join().unwrap();
    assert_eq!(service.get("/v1/tasks/by-key/faults/gone").0, 404, "what was left in the middle is not there");
}

#[test]
fn reports_that_nobody_waits_for_are_not_begun() {
    const ASKED: u64 = 8;
    const LEFT: u64 = 64;
    on_both(|database| {
        let service = Service::start(database, &[]);
        let report = http::get("/v1/progress", &service.token(), true);
        assert_eq!(service.try_request(&report).unwrap().status, 200);
        let before = service.processor_ticks();
        for _ in 0..ASKED {
            assert_eq!(service.try_request(&report).unwrap().status, 200);
        }
        let asked = service.processor_ticks() - before;
        let callers: Vec<_> = (0..LEFT)
            .map(|_| {
                let mut stream = TcpStream::connect(service.address()).unwrap();
                stream.write_all(report.as_bytes()).unwrap();
                stream
            })
            .collect();
        drop(callers);
        // Until it has nothing more to do.
        let mut last = 0;
        while service.processor_ticks() > last + 2 {
            last = service.processor_ticks();
            std::thread::sleep(Duration::from_millis(300));
        }
        let left = service.processor_ticks() - before - asked;
        let all = asked * LEFT / ASKED;
        assert!(left < all / 2, "{left} ticks for {LEFT} reports that nobody waited for, {asked} for {ASKED} others");
    });
}
