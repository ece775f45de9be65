//! The main job against the real binary over a socket: token → push → progress → report.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use crate::harness::{
    Client, Database,
    binary::{PLAN, add_client, authorized, command, run, start},
};

/// The month of ND09 that today is in.
fn month(client: &Client) -> String {
    let periods = client.get(200, "/v1/calendars/ND09/periods").body;
    let items = periods["items"].as_array().unwrap();
    items.iter().map(|item| item["period"].as_str().unwrap()).find(|period| period.contains("-M")).unwrap().to_owned()
}

fn push_and_pull(platform: &Client, office: &Client, department: &Client) {
    let path = "/v1/tasks/by-key/qlvb/2026%2F0115";
    let body = json!({ "title": "Rà soát quy trình nội bộ", "lead": "LC-TTR-VP", "coordinators": ["LC-TTR-NV"], "due_on": "2099-12-10" });
    let task = platform.put(201, path, &body).body;
    assert_eq!(platform.put(200, path, &body).body, task);
    let id = task["id"].as_str().unwrap();
    for to in ["accepted", "in_progress"] {
        office.post(200, &format!("/v1/tasks/{id}/transitions"), &json!({ "to": to }));
    }
    let update = json!({ "as_of": "2026-11-20", "percent": "60", "results": "Đã rà soát 12 trên 20 quy trình", "spent_vnd": 15_000_000 });
    office.post(201, &format!("/v1/tasks/{id}/progress-updates"), &update);

    let month = month(office);
    let rows = json!([
        { "indicator": "CT01", "organization": "LC-TTR", "period": month, "numerator": "120", "denominator": "120", "status": "final" },
        { "indicator": "CT06", "organization": "LC-TTR", "period": month, "numerator": "90", "denominator": "100", "status": "final" },
    ]);
    assert_eq!(office.post(200, "/v1/observations", &rows).body["counts"]["created"], 2);
    assert_eq!(office.post(200, "/v1/observations", &rows).body["counts"]["unchanged"], 2);

    let report = department.get(200, &format!("/v1/periodic-reports/{month}?under=LC-TTR")).body["figures"].clone();
    assert_eq!(report["tasks"]["total"], 44);
    assert_eq!(report["tasks"]["by_state"]["in_progress"], 1);
    assert_eq!(report["money"]["spent_vnd"], 15_000_000);
    assert_eq!((&report["coverage"]["expected"], &report["coverage"]["received"]), (&json!(7), &json!(2)));
    let verdict = |code: &str| {
        let items = report["indicators"].as_array().unwrap();
        items.iter().find(|item| item["indicator"] == code).unwrap()["verdict"].as_str().unwrap().to_owned()
    };
    // 90 of 100 against "trên 90 %" is not met.
    assert_eq!(
        (verdict("CT01").as_str(), verdict("CT06").as_str(), verdict("CT07").as_str()),
        ("met", "not_met", "no_data")
    );
    let csv = department.send(
        200,
        "GET",
        &format!("/v1/periodic-reports/{month}?under=LC-TTR"),
        &[("Accept", "text/csv")],
        None,
    );
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert!(csv.text.lines().count() > 20, "{}", csv.text);
}

#[test]
fn the_demo_serves_the_real_plan_and_keeps_it() {
    let database = Database::empty_sqlite();
    let (service, printed) = start(&database.address(), &["demo"]);
    let credentials: Vec<_> =
        printed.iter().filter_map(|line| line.split(" -u ").nth(1)?.split(' ').next()?.split_once(':')).collect();
    let [platform, office, department] = credentials[..] else { panic!("three clients: {printed:?}") };
    let [platform, office, department] =
        [platform, office, department].map(|(id, secret)| authorized(&service, id, secret));
    push_and_pull(&platform, &office, &department);
    drop(service);

    let (service, printed) = start(&database.address(), &["demo"]);
    assert!(printed.iter().any(|line| line.contains("--new-secrets")), "{printed:?}");
    let office = Client { base: service.base.clone(), ..office };
    // Another address is another issuer: the old token is refused, the data is there.
    office.get(401, "/v1/me");
    drop(service);
    let (service, printed) = start(&database.address(), &["demo", "--new-secrets"]);
    let (id, secret) =
        printed.iter().find_map(|line| line.split(" -u ").nth(1)?.split(' ').next()?.split_once(':')).unwrap();
    let platform = authorized(&service, id, secret);
    assert_eq!(platform.get(200, "/v1/tasks?count=exact").body["total"], 44);
}

#[test]
fn a_server_on_postgres_does_the_same() {
    let database = Database::empty_postgres();
    let address = database.address();
    run(&address, &["migrate"]);
    run(&address, &["load", PLAN]);
    let platform = add_client(&address, "LC", "document-platform", &["--source", "qlvb"]);
    let office = add_client(&address, "LC-TTR", "executing-agency", &[]);
    let department = add_client(&address, "LC", "science-department", &[]);
    let (service, _) = start(&address, &["serve"]);
    let [platform, office, department] =
        [platform, office, department].map(|(id, secret)| authorized(&service, &id, &secret));
    push_and_pull(&platform, &office, &department);
}

#[test]
fn a_bad_setting_is_refused_with_the_reason() {
    let refusal = |name: &str, value: &str| {
        let mut command = command("sqlite:/nonexistent/folder/x.db", "127.0.0.1:0", &["serve"]);
        let output = command.env(name, value).stderr(Stdio::piped()).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refusal("TIENDO_WORKERS", "many").contains("TIENDO_WORKERS"));
    assert!(refusal("TIENDO_ISSUER", "ftp://x").contains("TIENDO_ISSUER"));
    assert!(refusal("DATABASE_URL", "mysql://localhost/x").contains("postgres://"));
    assert!(refusal("TIENDO_LISTEN", "0.0.0.0:0").contains("TIENDO_ISSUER"));
    assert!(refusal("TIENDO_LOG", "verbose").contains("TIENDO_LOG"));
    assert!(refusal("TIENDO_LOGS", "warn").contains("did you mean TIENDO_LOG?"));
    assert!(refusal("DATABASE_URL", "").contains("DATABASE_URL: is empty"));
    assert!(refusal("TIENDO_LOG", "warn").contains("DATABASE_URL"));
}

#[test]
fn a_database_that_lacks_migrations_is_not_served() {
    let database = Database::empty_sqlite();
    let output = command(&database.address(), "127.0.0.1:0", &["serve"]).stderr(Stdio::piped()).output().unwrap();
    assert!(String::from_utf8(output.stderr).unwrap().contains("tiendo migrate"));
}

#[test]
fn what_runs_is_answered_before_the_service_stops() {
    use std::io::{Read, Write};
    let database = Database::empty_sqlite();
    run(&database.address(), &["migrate"]);
    let (mut service, _) = start(&database.address(), &["serve"]);
    let address = service.base.trim_start_matches("http://").to_owned();
    let body = "grant_type=client_credentials";
    let mut running = std::net::TcpStream::connect(&address).unwrap();
    running.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = format!(
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        body.len()
    );
    running.write_all(head.as_bytes()).unwrap();
    // The service has begun with the request when it asks for the body.
    let mut asked = [0; 25];
    running.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    let pid = service.child.id();
    assert!(Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
    let began = Instant::now();
    while std::net::TcpStream::connect(&address).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "the service still takes connections");
        std::thread::yield_now();
    }
    running.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    running.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("invalid_client"), "{answer}");
    assert!(service.child.wait().unwrap().success());
}
