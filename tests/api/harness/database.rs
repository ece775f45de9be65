//! A database for one test: a copied SQLite file, or a PostgreSQL database made from a template.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU32, Ordering},
};

use tiendo::base::db::{
    Tls, Url,
    migrate::{Step, run},
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where a test's data is; removed with the last clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    url: Url,
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    /// A file copied from one that was migrated once.
    pub fn sqlite() -> Self {
        static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.db");
            run(&Url::Sqlite(path.to_str().unwrap().to_owned()), &Tls::Off, Step::Up).unwrap();
            std::fs::read(path).unwrap()
        });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        std::fs::write(&path, template).unwrap();
        Self(Arc::new(Inner { url: Url::Sqlite(path.to_str().unwrap().to_owned()), _folder: Some(folder) }))
    }

    /// A database made from one that was migrated once.
    pub fn postgres() -> Self {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let template = TEMPLATE.get_or_init(|| {
            let name = format!("template_{}", std::process::id());
            make(&format!("CREATE DATABASE {name}"));
            run(&Url::Postgres(address(&name)), &Tls::Off, Step::Up).unwrap();
            name
        });
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        make(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self(Arc::new(Inner { url: Url::Postgres(address(&name)), _folder: None }))
    }

    /// An empty database, before any migration.
    pub fn empty_postgres() -> Self {
        let name = format!("empty_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        make(&format!("CREATE DATABASE {name}"));
        Self(Arc::new(Inner { url: Url::Postgres(address(&name)), _folder: None }))
    }

    /// An empty file, before any migration.
    pub fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("empty.db");
        Self(Arc::new(Inner { url: Url::Sqlite(path.to_str().unwrap().to_owned()), _folder: Some(folder) }))
    }

    /// Takes a PostgreSQL database away with all that is in it and puts an empty one in its place.
    pub fn lose(&self) {
        let Url::Postgres(url) = &self.0.url else { panic!("not on a server") };
        let (_, name) = url.rsplit_once('/').unwrap();
        make(&format!("DROP DATABASE {name} WITH (FORCE)"));
        make(&format!("CREATE DATABASE {name}"));
    }

    /// The address as a setting.
    pub fn address(&self) -> String {
        match &self.0.url {
            Url::Postgres(url) => url.clone(),
            Url::Sqlite(path) => format!("sqlite:{path}"),
        }
    }

    pub fn url(&self) -> &Url {
        &self.0.url
    }
}

fn server() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test command tells where the server is")]
    std::env::var("TESTS_POSTGRES").unwrap_or_else(|_| {
        panic!("TESTS_POSTGRES is not set: run ./tests/run, or tests/postgres run cargo test, which start a server")
    })
}

fn address(name: &str) -> String {
    let server = server();
    let (start, _) = server.rsplit_once('/').unwrap();
    format!("{start}/{name}")
}

/// One statement at a time: PostgreSQL refuses to copy a template that another session is copying.
fn make(sql: &str) {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&server(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
    });
}
