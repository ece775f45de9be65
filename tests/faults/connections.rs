//! Connections: what a peer does with them stops nobody else.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::harness::{
    Database, Healthy, Service,
    http::{self, connect_from, is_closed_within, next_answer, parsed, until_closed},
    is_long, on_both,
};

/// Where attackers come from; the healthy client comes from 127.0.0.1.
const ATTACKER: &str = "127.0.0.2";
const NEWCOMER: &str = "127.0.0.3";

/// The most memory that any attack may take.
const MOST_MIB: u64 = 128;

fn attack(service: &Service, from: &str, count: usize, words: &[u8]) -> Vec<TcpStream> {
    let connected = (0..count).filter_map(|_| {
        let mut stream = connect_from(from, service.address()).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(2))).unwrap();
        let _ = stream.write_all(words);
        Some(stream)
    });
    connected.collect()
}

/// An answer to a newcomer, on a connection of its own.
fn newcomer(service: &Service, from: &str) -> Option<http::Answer> {
    let mut stream = connect_from(from, service.address()).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream.write_all(http::get("/health/live", "", true).as_bytes()).ok()?;
    next_answer(&mut stream).ok()
}

fn metric(service: &Service, line: &str) -> u64 {
    let (_, text) = service.get("/metrics");
    let value = text.lines().find_map(|each| each.strip_prefix(line)).unwrap_or_else(|| panic!("{line}: {text}"));
    value.trim().parse().unwrap()
}

fn assert_healthy(service: &Service, healthy: Healthy) {
    healthy.goes_on(30);
    let report = healthy.end();
    assert!(report.failures.is_empty(), "{report:?}");
    assert!(service.resident_peak_mib() < MOST_MIB, "{} MiB", service.resident_peak_mib());
}

#[test]
fn it_serves_a_healthy_client_and_one_that_says_no_more() {
    on_both(|database| {
        let mut service = Service::start(database, &[]);
        let healthy = Healthy::begin(&service);
        let mut stream = TcpStream::connect(service.address()).unwrap();
        stream.write_all(http::get("/v1/me", &service.token(), false).repeat(3).as_bytes()).unwrap();
        http::cut(&stream);
        let text = String::from_utf8(until_closed(&mut stream)).unwrap();
        assert_eq!(text.matches("HTTP/1.1 200").count(), 3, "{text}");
        std::thread::sleep(Duration::from_millis(300));
        assert_healthy(&service, healthy);
        assert!(service.is_running(), "on {}", service.database());
    });
}

#[test]
fn those_that_pipeline_and_never_read_shut_nobody_out() {
    let settings = [("TIENDO_WRITE_SECONDS", "2"), ("TIENDO_LOG", "warn")];
    let service = Service::start_after("ulimit -n 300", Database::Sqlite, &settings);
    let healthy = Healthy::begin(&service);
    let words = http::get("/openapi.json", "", false).repeat(40);
    let held = attack(&service, ATTACKER, 290, words.as_bytes());
    std::thread::sleep(Duration::from_millis(500));
    for _ in 0..5 {
        let answer = newcomer(&service, NEWCOMER);
        assert_eq!(answer.map(|answer| answer.status), Some(200));
    }
    assert_healthy(&service, healthy);
    let began = Instant::now();
    while metric(&service, "tiendo_open_connections ") > 1 {
        assert!(began.elapsed() < Duration::from_secs(10), "{}", service.get("/metrics").1);
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(metric(&service, "tiendo_connections_cut_total{reason=\"write\"} ") > 10);
    assert!(metric(&service, "tiendo_connections_turned_away_total{reason=\"address\"} ") > 100);
    drop(held);
}

#[test]
fn all_connections_that_there_may_be_are_held_in_bounded_memory() {
    let service = Service::start(Database::Sqlite, &[("TIENDO_WRITE_SECONDS", "60"), ("TIENDO_LOG", "warn")]);
    let healthy = Healthy::begin(&service);
    let words = http::get("/openapi.json", "", false).repeat(40);
    let mut held = Vec::new();
    for from in ["127.0.0.2", "127.0.0.3", "127.0.0.4"] {
        held.extend(attack(&service, from, 128, words.as_bytes()));
    }
    // Many small headers make large requests of few bytes.
    let headers = (10..99).map(|at| format!("a{at}:\r\n")).collect::<Vec<_>>().concat();
    let small = format!("GET /health/live HTTP/1.1\r\nHost: x\r\n{headers}\r\n").repeat(400);
    held.extend(attack(&service, "127.0.0.5", 100, small.as_bytes()));
    std::thread::sleep(Duration::from_secs(1));
    assert_healthy(&service, healthy);
    drop(held);
}

#[test]
fn a_reader_that_drips_is_cut_and_a_slow_one_is_served() {
    let service = Service::start(Database::Sqlite, &[("TIENDO_WRITE_SECONDS", "2")]);
    let words = http::get("/openapi.json", "", true);
    let read = |size: usize, most: Duration| {
        let mut stream = connect_from(ATTACKER, service.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        socket2::SockRef::from(&stream).set_recv_buffer_size(4096).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        let (mut part, mut bytes, began) = (vec![0; size], Vec::new(), Instant::now());
        while began.elapsed() < most {
            match stream.read(&mut part) {
                Ok(0) | Err(_) => break,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        parsed(&bytes).is_some()
    };
    std::thread::scope(|scope| {
        let dripping = scope.spawn(|| read(1, Duration::from_secs(8)));
        assert!(read(8192, Duration::from_secs(30)), "a slow reader gets all");
        assert!(!dripping.join().unwrap());
    });
    assert_eq!(metric(&service, "tiendo_connections_cut_total{reason=\"write\"} "), 1);
}

#[test]
fn a_connection_that_comes_to_nothing_ends_whatever_it_began_with() {
    let settings = [("TIENDO_HEAD_SECONDS", "1"), ("TIENDO_BODY_SECONDS", "1"), ("TIENDO_KEEP_ALIVE_SECONDS", "1")];
    let service = Service::start(Database::Sqlite, &settings);
    let whole = http::get("/health/live", "", false);
    let post = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let kinds = [
        String::new(),
        "\r\n".to_owned(),
        "GET /health/live HTTP/1.1\r\nHost".to_owned(),
        whole.clone(),
        format!("{whole}GET /heal"),
        format!("{whole}\r\n\r\n"),
        format!("{post}Content-Length: 9\r\n\r\n"),
        format!("{post}Content-Length: 9\r\n\r\nab"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\nGET /heal"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
        format!("{post}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n"),
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n".to_owned(),
        "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ];
    let count = if is_long() { 600 } else { 8 };
    std::thread::scope(|scope| {
        for (at, words) in kinds.iter().enumerate() {
            let service = &service;
            scope.spawn(move || {
                let from = format!("127.0.1.{}", at + 1);
                for mut stream in attack(service, &from, count.min(120), words.as_bytes()) {
                    assert!(is_closed_within(&mut stream, Duration::from_secs(8)), "{words:?}");
                }
            });
        }
    });
    assert_eq!(metric(&service, "tiendo_open_connections "), 1);
    assert!(service.resident_peak_mib() < MOST_MIB);
}

#[test]
fn a_peer_that_sends_on_and_on_costs_nothing() {
    let service = Service::start(Database::Sqlite, &[("TIENDO_LOG", "warn")]);
    let healthy = Healthy::begin(&service);
    // More than is ever read ahead waits behind answers that nobody takes.
    let words = http::get("/openapi.json", "", false).repeat(20_000);
    let held = attack(&service, ATTACKER, 5, words.as_bytes());
    std::thread::sleep(Duration::from_millis(300));
    let before = service.processor_ticks();
    let idle = healthy.end();
    assert!(idle.failures.is_empty(), "{idle:?}");
    let between = service.processor_ticks();
    std::thread::sleep(Duration::from_secs(1));
    let spent = service.processor_ticks() - between;
    assert!(spent < 20, "{spent} ticks in a second while nothing is asked (before: {before})");
    drop(held);
}

#[test]
fn what_finds_no_room_is_told_so() {
    let settings = [("TIENDO_CONNECTIONS", "12"), ("TIENDO_CONNECTIONS_PER_ADDRESS", "4")];
    let service = Service::start(Database::Sqlite, &settings);
    let held = attack(&service, ATTACKER, 4, b"GET /health/live");
    // The requests before may not be gone yet: the answer, not the moment, is what counts.
    std::thread::sleep(Duration::from_millis(100));
    let answer = newcomer(&service, ATTACKER).unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"), "{answer:?}");
    assert_eq!((answer.header("retry-after"), answer.header("connection")), ("2", "close"));
    assert!(!answer.header("x-request-id").is_empty() && answer.header("x-content-type-options") == "nosniff");
    assert_eq!(newcomer(&service, NEWCOMER).unwrap().status, 200);
    drop(held);
    let began = Instant::now();
    while newcomer(&service, ATTACKER).unwrap().status != 200 {
        assert!(began.elapsed() < Duration::from_secs(5), "its places are not given back");
    }
    std::thread::sleep(Duration::from_millis(300));
    let log = service.log();
    assert!(log.contains("\"address\":\"127.0.0.2\",\"problem\":\"unavailable\""), "{log}");
}

#[test]
fn where_there_are_few_files_there_are_fewer_connections() {
    let service = Service::start_after("ulimit -n 200", Database::Sqlite, &[]);
    assert!(service.log().contains("\"level\":\"WARN\",\"message\":\"fewer connections"), "{}", service.log());
    let healthy = Healthy::begin(&service);
    let held = attack(&service, ATTACKER, 200, b"GET /health/live");
    assert_eq!(newcomer(&service, NEWCOMER).unwrap().status, 200);
    assert_healthy(&service, healthy);
    drop(held);
}

#[test]
fn a_listed_proxy_may_have_all_and_says_for_whom_it_asks() {
    let settings = [
        ("TIENDO_CONNECTIONS", "12"),
        ("TIENDO_CONNECTIONS_PER_ADDRESS", "2"),
        ("TIENDO_PROXIES", "127.0.0.2, 10.0.0.0/8"),
    ];
    let service = Service::start(Database::Sqlite, &settings);
    let held = attack(&service, ATTACKER, 6, b"GET /health/live");
    let asked = |from: &str, id: &str| {
        let mut stream = connect_from(from, service.address()).unwrap();
        let forwarded = "X-Forwarded-For: 203.0.113.9, 192.0.2.1, 10.0.0.7\r\n";
        let words =
            format!("GET /v1/tasks HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: {id}\r\n{forwarded}\r\n");
        assert_eq!(parsed(&http::exchange(&mut stream, words.as_bytes())).unwrap().status, 401);
    };
    asked(ATTACKER, "by-a-proxy");
    asked(NEWCOMER, "by-nobody");
    std::thread::sleep(Duration::from_millis(300));
    let log = service.log();
    for (id, address) in [("by-a-proxy", "192.0.2.1"), ("by-nobody", NEWCOMER)] {
        assert!(log.contains(&format!("\"request_id\":\"{id}\",\"address\":\"{address}\"")), "{log}");
    }
    assert!(log.contains("\"problem\":\"token-missing\""), "{log}");
    drop(held);
}

#[test]
fn what_the_parser_refuses_is_a_problem_too() {
    let settings = [("TIENDO_HEAD_SECONDS", "1")];
    let service = Service::start(Database::Sqlite, &settings);
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {}", "x".repeat(200_000));
    let whole = format!("GET /health/live HTTP/1.1\r\nHost: x\r\nCookie: {}\r\n\r\n", "x".repeat(33_000));
    for (words, status, slug) in [
        ("GARBAGE\r\n\r\n", 400, "malformed-request"),
        ("GET / HTTP/1.1\r\nHost x\r\n\r\n", 400, "malformed-request"),
        ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "malformed-request"),
        (&large, 431, "head-too-large"),
        (&whole, 431, "head-too-large"),
        ("GET / HTTP/1.1\r\nHost: x\r\n", 408, "request-timeout"),
        ("", 408, "request-timeout"),
    ] {
        let shown = &words[..words.len().min(80)];
        let answer = parsed(&service.request(words.as_bytes())).unwrap_or_else(|| panic!("nothing: {shown}"));
        assert_eq!((answer.status, answer.problem().as_str()), (status, slug), "{shown}: {answer:?}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!((answer.header("content-language"), answer.header("connection")), ("vi", "close"));
        assert!(answer.text().contains(answer.header("x-request-id")), "{answer:?}");
        assert_eq!(answer.header("x-frame-options"), "deny");
    }
    assert_eq!(metric(&service, "tiendo_refusals_total{kind=\"malformed-request\"} "), 3);
    assert_eq!(metric(&service, "tiendo_refusals_total{kind=\"request-timeout\"} "), 2);
    assert!(!service.log().contains("\"level\":\"ERROR\""), "{}", service.log());
}

#[test]
fn whoever_offers_another_protocol_is_told_that_the_connection_ends() {
    let service = Service::start(Database::Sqlite, &[]);
    let offer = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
                 HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let answer = parsed(&service.request(offer.as_bytes())).unwrap();
    assert_eq!((answer.status, answer.header("connection")), (200, "close"), "{answer:?}");
}

#[test]
fn a_caller_that_goes_away_stands_in_the_log() {
    let service = Service::start(Database::Sqlite, &[]);
    let head = format!(
        "POST /v1/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: 10\r\nX-Request-Id: gone\r\n\r\n",
        service.token()
    );
    drop(attack(&service, ATTACKER, 1, head.as_bytes()));
    let log = service.log();
    let line = log.lines().find(|line| line.contains("\"request_id\":\"gone\"")).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("\"route\":\"/v1/tasks\",\"status\":499"), "{line}");
}

#[test]
fn a_refusal_behind_an_answer_leaves_the_answer_whole() {
    let service = Service::start(Database::Sqlite, &[]);
    let bytes = service.request(format!("{}GARBAGE\r\n\r\n", http::get("/openapi.json", "", false)).as_bytes());
    let first = parsed(&bytes).unwrap();
    assert_eq!(first.status, 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&first.body).is_ok());
    let at = bytes.windows(12).position(|part| part == b"HTTP/1.1 400").unwrap();
    assert_eq!(parsed(&bytes[at..]).unwrap().problem(), "malformed-request");
}

#[test]
fn requests_that_come_together_are_answered_in_order() {
    let service = Service::start(Database::Sqlite, &[]);
    let token = service.token();
    let form = "grant_type=password";
    let post = |framing: &str, body: &str| {
        format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n{framing}\r\n\r\n{body}"
        )
    };
    let words = [
        http::get("/v1/me", &token, false),
        post(&format!("Content-Length: {}", form.len()), form),
        http::get("/health/live", "", false),
        post("Transfer-Encoding: chunked", &format!("{:x}\r\n{form}\r\n0\r\n\r\n", form.len())),
        http::get("/nowhere", "", false),
        http::get("/v1/me", &token, true),
    ]
    .concat();
    for size in [words.len(), 1000, 7] {
        let mut stream = TcpStream::connect(service.address()).unwrap();
        stream.set_nodelay(true).unwrap();
        for part in words.as_bytes().chunks(size) {
            stream.write_all(part).unwrap();
        }
        let bytes = until_closed(&mut stream);
        let text = String::from_utf8_lossy(&bytes);
        let statuses: Vec<_> = text.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
        assert_eq!(statuses, ["200", "400", "200", "400", "404", "200"], "{text}");
    }
}

#[test]
fn a_request_that_takes_too_long_is_stopped_and_told_so() {
    let settings = [("TIENDO_REQUEST_SECONDS", "1")];
    let service = Service::start(Database::Sqlite, &settings);
    let words = "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n";
    let answer = parsed(&service.request(words.as_bytes())).unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (503, "unavailable"), "{answer:?}");
    assert_eq!((answer.header("retry-after"), answer.header("content-language")), ("5", "en"));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(service.log().contains("\"route\":\"/oauth2/token\",\"status\":503,\"problem\":\"unavailable\""));
}

#[test]
fn an_answer_does_not_wait_for_the_acknowledgement_of_its_first_part() {
    let service = Service::start(Database::Sqlite, &[]);
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let words = "GET /v1/problems HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n";
    let mut times: Vec<_> = (0..21)
        .map(|_| {
            let began = Instant::now();
            stream.write_all(words.as_bytes()).unwrap();
            assert_eq!(next_answer(&mut stream).unwrap().status, 200);
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    // A delayed acknowledgement takes 40 ms.
    assert!(times[10] < Duration::from_millis(25), "{times:?}");
}

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("log");
    let settings = [("TESTS_PIPE", pipe.to_str().unwrap()), ("TIENDO_LOG", "trace")];
    let mut service =
        Service::start_after("mkfifo \"$TESTS_PIPE\"; exec 2<>\"$TESTS_PIPE\"", Database::Sqlite, &settings);
    let healthy = Healthy::begin(&service);
    let began = Instant::now();
    let long = http::get(&format!("/{}", "x".repeat(8000)), "", false);
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    while metric(&service, "tiendo_log_lines_dropped_total ") == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "{} MiB", service.resident_mib());
        for _ in 0..50 {
            stream.write_all(long.as_bytes()).unwrap();
            next_answer(&mut stream).unwrap();
        }
    }
    assert_healthy(&service, healthy);
    assert!(service.stops_within(Duration::from_secs(10)), "it waits for its log");
}
