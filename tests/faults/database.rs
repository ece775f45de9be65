//! A PostgreSQL server that is silent, gone, full or read-only: nobody waits for ever, everyone is told to come again,
//! and when it is well the service is, without being started anew.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use crate::harness::{Database, Proxy, Service, http, sql, sql_in};

/// Within this time after the database is well the service is.
const BACK: Duration = Duration::from_secs(15);
/// Short enough for a test; everything else follows from it.
const SETTINGS: [(&str, &str); 2] = [("TIENDO_STATEMENT_MS", "2000"), ("TIENDO_DATABASE_WAIT_MS", "2000")];

/// The server's own address in that of a database, and the same address by another way.
fn server_of(url: &str) -> SocketAddr {
    let rest = url.rsplit_once('@').unwrap().1;
    rest.split('/').next().unwrap().parse().unwrap()
}

fn by_way_of(url: &str, hosts: &str) -> String {
    url.replace(&server_of(url).to_string(), hosts)
}

/// A service that reaches its database through a proxy.
fn behind_a_proxy(settings: &[(&str, &str)]) -> (Service, Proxy) {
    let mut proxy = None;
    let service = Service::start_through(settings, |url| {
        let through = Proxy::before(server_of(url));
        let url = by_way_of(url, &through.address().to_string());
        proxy = Some(through);
        url
    });
    (service, proxy.unwrap())
}

fn is_well(service: &Service) -> bool {
    let is = |answer: Option<http::Answer>, status| answer.is_some_and(|answer| answer.status == status);
    is(service.try_get("/v1/tasks?limit=1"), 200)
        && is(service.try_put(), 201)
        && is(service.try_get("/health/ready"), 200)
}

/// Whatever does not succeed meanwhile is told so: 503, with the time after which to come again.
fn assert_told(service: &Service, answer: Option<http::Answer>) {
    let answer = answer.unwrap_or_else(|| panic!("no answer: {}", service.log()));
    if answer.status >= 300 {
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{}\n{}", answer.text(), service.log());
    }
}

fn assert_back(service: &Service) {
    let began = Instant::now();
    loop {
        assert_told(service, service.try_put());
        assert_told(service, service.try_get("/v1/tasks?limit=1"));
        if is_well(service) {
            break;
        }
        assert!(began.elapsed() < BACK, "not back after {:?}: {}", began.elapsed(), service.log());
    }
    assert!(began.elapsed() < BACK, "{:?}: {}", began.elapsed(), service.log());
    // All of it: not only the connection that was mended first.
    for _ in 0..20 {
        assert!(is_well(service), "{}", service.log());
    }
}

/// More at once than one connection, so that every thread has some.
fn warmed_up(service: &Service) {
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| assert!(is_well(service), "{}", service.log()));
        }
    });
}

#[test]
fn connections_that_fall_silent_are_replaced() {
    let (service, proxy) = behind_a_proxy(&SETTINGS);
    warmed_up(&service);
    proxy.silence_what_is_there();
    assert_back(&service);
}

#[test]
fn idle_connections_that_fell_silent_are_noticed_before_they_are_used() {
    let (service, proxy) = behind_a_proxy(&SETTINGS);
    warmed_up(&service);
    std::thread::sleep(Duration::from_secs(6));
    proxy.silence_what_is_there();
    let answer = service.try_put();
    assert!(answer.is_some_and(|answer| answer.status == 201), "{}", service.log());
}

#[test]
fn a_server_that_hangs_is_left_and_found_again() {
    let (service, proxy) = behind_a_proxy(&SETTINGS);
    warmed_up(&service);
    proxy.freeze();
    let began = Instant::now();
    let token = format!("{}x", service.token());
    std::thread::scope(|scope| {
        for path in ["/v1/tasks?limit=1", "/v1/me", "/v1/progress", "/health/ready"] {
            scope.spawn(|| assert_told(&service, service.try_get(path)));
        }
        scope.spawn(|| assert_told(&service, service.try_put()));
        // Asked with a token that would have to be verified.
        let live = service.try_request(&http::get("/health/live", &token, true));
        assert_eq!(live.map(|answer| answer.status), Some(200));
        assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    });
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let ready = service.try_get("/health/ready").map(|answer| answer.status);
    assert_eq!(ready, Some(503));
    std::thread::sleep(Duration::from_secs(2));
    proxy.thaw();
    assert_back(&service);
}

#[test]
fn a_server_that_stops_and_starts_is_found_again() {
    let (service, proxy) = behind_a_proxy(&SETTINGS);
    warmed_up(&service);
    proxy.stop();
    for _ in 0..3 {
        assert_told(&service, service.try_put());
        assert_told(&service, service.try_get("/v1/tasks?limit=1"));
    }
    assert_eq!(service.try_get("/health/ready").map(|answer| answer.status), Some(503));
    assert_eq!(service.try_get("/health/live").map(|answer| answer.status), Some(200));
    proxy.go_on();
    assert_back(&service);
}

#[test]
fn a_server_that_comes_back_elsewhere_is_found_there() {
    let mut proxies = Vec::new();
    let service = Service::start_through(&SETTINGS, |url| {
        proxies.extend([0, 1].map(|_| Proxy::before(server_of(url))));
        proxies[1].stop();
        by_way_of(url, &format!("{},{}", proxies[0].address(), proxies[1].address()))
    });
    warmed_up(&service);
    proxies[0].stop();
    proxies[1].go_on();
    assert_back(&service);
}

#[test]
fn a_server_without_room_is_waited_for() {
    let role = format!("faults_limited_{}", std::process::id());
    let service = Service::start_through(&[], |url| {
        let right = format!("GRANT ALL ON SCHEMA public TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}");
        sql_in(url, &format!("CREATE ROLE {role} LOGIN PASSWORD 'x'; {right}"));
        format!("postgres://{role}:x@{}", url.rsplit_once('@').unwrap().1)
    });
    // Threads that have read and not written: they have no connection to write on yet.
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| assert_eq!(service.get("/v1/tasks?limit=1").0, 200, "{}", service.log()));
        }
    });
    sql_in(service.database(), &format!("ALTER ROLE {role} CONNECTION LIMIT 1"));
    let began = Instant::now();
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(|| service.try_put().unwrap())).collect();
        std::thread::sleep(Duration::from_millis(1500));
        sql_in(service.database(), &format!("ALTER ROLE {role} CONNECTION LIMIT 100"));
        for answer in waiting {
            let answer = answer.join().unwrap();
            assert_eq!(answer.status, 201, "{}\n{}", answer.text(), service.log());
        }
    });
    assert!(began.elapsed() > Duration::from_millis(1500) && service.log().contains("too many connections"));
}

#[test]
fn a_server_that_only_reads_is_left_until_it_writes() {
    let service = Service::start(Database::Postgres, &SETTINGS);
    warmed_up(&service);
    let name = service.database().rsplit_once('/').unwrap().1.to_owned();
    let end_all = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    sql_in(service.database(), &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
    sql_in(service.database(), end_all);
    std::thread::sleep(Duration::from_secs(1));
    for _ in 0..3 {
        let answer = service.try_put();
        assert_eq!(answer.as_ref().map(|answer| answer.status), Some(503), "{}", service.log());
        assert_told(&service, answer);
        let read = service.try_get("/v1/tasks?limit=1");
        assert_eq!(read.map(|answer| answer.status), Some(200), "{}", service.log());
    }
    assert_eq!(service.try_get("/health/ready").map(|answer| answer.status), Some(503), "{}", service.log());
    assert!(service.log().contains("does not allow writes"), "{}", service.log());
    sql(&format!("ALTER DATABASE {name} RESET default_transaction_read_only"));
    assert_back(&service);
}

#[test]
fn a_table_that_somebody_holds_is_said_to_be_busy() {
    let service = Service::start(Database::Postgres, &SETTINGS);
    warmed_up(&service);
    let url = service.database().to_owned();
    let holder = std::thread::spawn(move || sql_in(&url, "BEGIN; LOCK TABLE tasks; SELECT pg_sleep(6); COMMIT"));
    std::thread::sleep(Duration::from_millis(500));
    for answer in [service.try_put(), service.try_get("/v1/tasks?limit=1")] {
        assert_eq!(answer.as_ref().map(|answer| answer.status), Some(503), "{}", service.log());
        assert_told(&service, answer);
    }
    assert!(service.log().contains("canceling statement due to lock timeout"), "{}", service.log());
    holder.join().unwrap();
    assert_back(&service);
}

#[test]
fn a_service_that_could_sign_no_token_is_not_ready() {
    let service = Service::start(Database::Postgres, &SETTINGS);
    assert_eq!(service.try_get("/health/ready").map(|answer| answer.status), Some(200));
    sql_in(service.database(), "UPDATE signing_keys SET not_before = now() + interval '1 day'");
    std::thread::sleep(Duration::from_millis(1100));
    let answer = service.try_get("/health/ready");
    assert_eq!(answer.as_ref().map(|answer| answer.status), Some(503), "{}", service.log());
    assert!(service.log().contains("no signing key"), "{}", service.log());
}
