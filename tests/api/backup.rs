//! Backup and restore as the operator's manual says: its own commands are run, against the real binary, while it serves
//! and somebody pushes; then the database is destroyed and brought back.

use std::{
    path::Path,
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use crate::harness::{
    Client, Database,
    binary::{PLAN, add_client, authorized, run, serve_as},
};

/// Stays the same when the service comes back on another port, so that tokens do too.
const ISSUER: &str = "https://tiendo.test";

/// What must be answered alike before and after; nobody writes in this part of the tree meanwhile.
const ASKED: &[&str] = &[
    "/v1/me",
    "/v1/organizations?limit=500",
    "/v1/documents?limit=500",
    "/v1/indicators?limit=500",
    "/v1/tasks?under=LC-TTR&limit=500&count=exact",
    "/v1/observations?under=LC-TTR&limit=500&count=exact",
    "/v1/assessments?period=2026-M11&under=LC-TTR",
    "/v1/periodic-reports/2026-M11?under=LC-TTR",
    "/v1/calendars/ND09",
    "/.well-known/jwks.json",
];

#[test]
fn sqlite_is_backed_up_and_restored_as_the_manual_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiendo.db");
    let destroy = || {
        assert!(folder.path().join("tiendo.db-wal").exists(), "the service was killed: this is still there");
        std::fs::write(&file, "lost").unwrap();
    };
    comes_back(folder.path(), &format!("sqlite:{}", file.display()), &blocks("### SQLite"), destroy);
}

#[test]
fn postgres_is_backed_up_and_restored_as_the_manual_says() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::empty_postgres();
    comes_back(folder.path(), &database.address(), &blocks("### PostgreSQL"), || database.lose());
}

#[test]
fn a_backup_overwrites_nothing_and_invents_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", folder.path().join("tiendo.db").display());
    let backup = |address: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tiendo"));
        let output = command.args(["backup", "backup.db"]).current_dir(&folder).env("DATABASE_URL", address).output();
        let output = output.unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let refusal = backup(&address);
    assert!(!refusal.0 && refusal.1.contains("there is no such file"), "{refusal:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    run(&address, &["migrate"]);
    assert!(backup(&address).0);
    let kept = std::fs::read(folder.path().join("backup.db")).unwrap();
    let refusal = backup(&address);
    assert!(!refusal.0 && refusal.1.contains("is there already"), "{refusal:?}");
    assert_eq!(std::fs::read(folder.path().join("backup.db")).unwrap(), kept);
    let refusal = backup("postgres://tiendo@127.0.0.1:1/tiendo");
    assert!(!refusal.0 && refusal.1.contains("pg_dump"), "{refusal:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("backup.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "the signing keys are in it");
    }
}

/// The commands of a section of the manual: to back up, and to restore.
fn blocks(heading: &str) -> [String; 2] {
    let manual = std::fs::read_to_string("docs/operate.md").unwrap();
    let (_, section) = manual.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading}: not found"));
    let section = section.split("\n##").next().unwrap();
    let parts: Vec<_> = section.split("```").skip(1).step_by(2).collect();
    let shell: Vec<_> = parts.iter().filter_map(|part| part.strip_prefix("sh\n")).map(str::to_owned).collect();
    shell.try_into().unwrap_or_else(|found| panic!("{heading}: two blocks of commands are expected: {found:?}"))
}

/// Runs commands as somebody types them in the folder of the database.
fn typed(commands: &str, folder: &Path, address: &str) {
    let binary = Path::new(env!("CARGO_BIN_EXE_tiendo")).parent().unwrap();
    #[expect(clippy::disallowed_methods, reason = "the programs of PostgreSQL are on it")]
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-euc", commands]).current_dir(folder).env("DATABASE_URL", address).env("PATH", path);
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{commands}{}", String::from_utf8_lossy(&output.stderr));
}

fn comes_back(folder: &Path, address: &str, [backup, restore]: &[String; 2], destroy: impl FnOnce()) {
    run(address, &["migrate"]);
    run(address, &["load", PLAN]);
    let platform = add_client(address, "LC", "document-platform", &["--source", "qlvb"]);
    let office = add_client(address, "LC-TTR", "executing-agency", &[]);
    let service = serve_as(ISSUER, address);
    let [platform, office] = [platform, office].map(|(id, secret)| authorized(&service, &id, &secret));
    let update = push(&platform, &office);
    let before = answers(&office);

    let (begun, ended) = while_pushing(&platform, || typed(backup, folder, address));
    drop(service);
    destroy();
    typed(restore, folder, address);

    let service = serve_as(ISSUER, address);
    let [platform, office] = [platform, office].map(|client| Client { base: service.base.clone(), ..client });
    // The tokens are of before: the signing keys came back too.
    assert_eq!(answers(&office), before);
    let repeated = send_update(&office, &update);
    assert_eq!(repeated.header("idempotency-replayed"), "true");
    let kept = platform.get(200, "/v1/tasks?lead=LC-SKHCN&limit=1&count=exact").body["total"].as_u64().unwrap();
    let kept = usize::try_from(kept).unwrap();
    // All that was answered when the copy began; of what came later, the first so many.
    assert!((begun..=ended + 1).contains(&kept), "{begun} before, {ended} after, {kept} restored");
    for number in [1, kept] {
        let task = platform.get(200, &path(number)).body;
        let history = platform.get(200, &format!("/v1/tasks/{}/history", task["id"].as_str().unwrap())).body;
        assert_eq!(history["items"].as_array().unwrap().len(), 1);
    }
    platform.get(404, &path(kept + 1));
    platform.put(201, &path(kept + 1), &task(kept + 1));
}

/// Facts to find again: a task with progress, and figures. Answers where the progress was sent.
fn push(platform: &Client, office: &Client) -> String {
    let body = json!({ "title": "Rà soát quy trình nội bộ", "lead": "LC-TTR-VP" });
    let task = platform.put(201, "/v1/tasks/by-key/qlvb/2026-0115", &body).body;
    let task = format!("/v1/tasks/{}", task["id"].as_str().unwrap());
    for to in ["accepted", "in_progress"] {
        office.post(200, &format!("{task}/transitions"), &json!({ "to": to }));
    }
    let update = format!("{task}/progress-updates");
    send_update(office, &update);
    let rows = json!([
        { "indicator": "CT01", "organization": "LC-TTR", "period": "2026-M11", "numerator": "118", "denominator": "120", "status": "final" },
        { "indicator": "CT06", "organization": "LC-TTR", "period": "2026-M11", "numerator": "90", "denominator": "100", "status": "final" },
    ]);
    office.post(200, "/v1/observations", &rows);
    update
}

fn send_update(office: &Client, path: &str) -> crate::harness::Reply {
    let body = json!({ "as_of": "2026-11-10", "percent": "60", "results": "Đã rà soát 12 trên 20 quy trình" });
    let headers = [("Idempotency-Key", "2b6f5e6e-8d53-4a8c-9c5e-1f9b6f0a1c11")];
    office.send(201, "POST", path, &headers, Some(body.to_string().into_bytes()))
}

fn answers(client: &Client) -> Vec<Value> {
    let without_clock = |mut answer: Value| {
        let answer_itself = answer.as_object_mut().unwrap();
        answer_itself.remove("computed_at");
        answer_itself.remove("server_time");
        if let Some(figures) = answer_itself.get_mut("figures") {
            figures.as_object_mut().unwrap().remove("computed_at");
        }
        answer
    };
    ASKED.iter().map(|path| without_clock(client.get(200, path).body)).collect()
}

fn path(number: usize) -> String {
    format!("/v1/tasks/by-key/qlvb/load-{number}")
}

fn task(number: usize) -> Value {
    json!({ "title": format!("Nhiệm vụ {number}"), "lead": "LC-SKHCN" })
}

/// Pushes one task after another while `work` runs: how many had been answered when it began, and when it had ended.
fn while_pushing(platform: &Client, work: impl FnOnce()) -> (usize, usize) {
    let (answered, enough) = (AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let pushing = scope.spawn(|| {
            for number in 1.. {
                if enough.load(Ordering::SeqCst) {
                    break;
                }
                platform.put(201, &path(number), &task(number));
                answered.store(number, Ordering::SeqCst);
            }
        });
        let wait_for = |count: usize| {
            while answered.load(Ordering::SeqCst) < count {
                assert!(!pushing.is_finished(), "nobody pushes any more");
                std::thread::yield_now();
            }
        };
        wait_for(5);
        let begun = answered.load(Ordering::SeqCst);
        work();
        let ended = answered.load(Ordering::SeqCst);
        wait_for(ended + 2);
        enough.store(true, Ordering::SeqCst);
        pushing.join().unwrap();
        (begun, ended)
    })
}
