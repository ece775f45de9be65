//! Fresh databases with the tree of a province, and one client that may do everything: prepared once, then copied.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

/// The plan whose organizations are the tree.
const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/lai-chau-thanh-tra-2025.json");

static COUNT: AtomicU32 = AtomicU32::new(0);

/// What the service is to stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// A database, a folder for what the test leaves behind, and the client.
pub struct Prepared {
    url: String,
    folder: tempfile::TempDir,
    pub client: String,
    pub secret: String,
}

/// What is copied: a file, or the name of a database, and the client in it.
struct Template {
    kept: PathBuf,
    client: String,
    secret: String,
}

impl Prepared {
    pub fn make(database: Database) -> Self {
        static SQLITE: OnceLock<Template> = OnceLock::new();
        static POSTGRES: OnceLock<Template> = OnceLock::new();
        let folder = tempfile::tempdir().unwrap();
        let (template, url) = match database {
            Database::Sqlite => {
                let template = SQLITE.get_or_init(sqlite);
                let path = folder.path().join("tiendo.db");
                std::fs::copy(&template.kept, &path).unwrap();
                // What the last verb wrote may still stand in the log of the file.
                let log = |path: &Path| path.with_extension("db-wal");
                if log(&template.kept).exists() {
                    std::fs::copy(log(&template.kept), log(&path)).unwrap();
                }
                (template, sqlite_url(&path))
            }
            Database::Postgres => {
                let template = POSTGRES.get_or_init(postgres);
                let name = format!("fault_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
                sql(&format!("CREATE DATABASE {name} TEMPLATE {}", template.kept.display()));
                (template, postgres_url(&name))
            }
        };
        Self { url, folder, client: template.client.clone(), secret: template.secret.clone() }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

fn sqlite() -> Template {
    // For the whole process: nothing removes it but the system.
    let folder = tempfile::tempdir().unwrap().keep();
    let path = folder.join("template.db");
    let url = sqlite_url(&path);
    let (client, secret) = filled(&url);
    // A copy of the file alone would lack what is still in the journal beside it.
    let kept = folder.join("whole.db");
    verb(&url, &["backup", kept.to_str().unwrap()]);
    Template { kept, client, secret }
}

fn postgres() -> Template {
    let name = format!("fault_template_{}", std::process::id());
    sql(&format!("CREATE DATABASE {name}"));
    let (client, secret) = filled(&postgres_url(&name));
    Template { kept: name.into(), client, secret }
}

/// Migrates, loads the tree, adds the client; its id and secret.
fn filled(url: &str) -> (String, String) {
    verb(url, &["migrate"]);
    verb(url, &["load", PLAN]);
    let client = ["client", "add", "--name", "Attacked", "--organization", "LC", "--profile", "administrator"];
    let printed = verb(url, &[&client[..], &["--source", "faults"]].concat());
    let value = |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    (value("client_id="), value("client_secret="))
}

fn verb(url: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiendo"));
    command.args(arguments).env("DATABASE_URL", url).env("TIENDO_LOG", "warn").stdin(Stdio::null());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn postgres_url(name: &str) -> String {
    let server = server();
    let (start, _) = server.rsplit_once('/').unwrap();
    format!("{start}/{name}")
}

/// The server that the test command has started.
pub fn server() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test command tells where the server is")]
    std::env::var("TESTS_POSTGRES").unwrap_or_else(|_| {
        panic!("TESTS_POSTGRES is not set: run ./tests/run, or tests/postgres run cargo test, which start a server")
    })
}

/// Runs statements in a database of the server, past the service.
pub fn sql_in(url: &str, statements: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let answers = client.simple_query(statements).await.unwrap();
        let rows = answers.iter().filter_map(|answer| match answer {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        rows.collect()
    })
}

/// Runs a statement on the server, one at a time: PostgreSQL refuses to copy a template that another session is copying.
pub fn sql(statement: &str) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&server(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(statement).await.unwrap();
    });
}
