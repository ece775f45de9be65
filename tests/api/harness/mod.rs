//! A service of its own for every test, on either database, called over a socket like any client.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

pub mod binary;
mod database;
mod documented;
pub mod jwt;
pub mod wire;

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
    time::Duration,
};

use chrono::DateTime;
use serde_json::Value;
use tiendo::{
    access::clients::{self, model::NewClient},
    base::{
        auth::Caller,
        clock::Clock,
        db::{
            Store, Url,
            types::{Instant, SourceCode},
        },
        log::Author,
        problem::Problem,
        settings::Settings,
    },
    reference::{
        calendars,
        organizations::{self, model::OrganizationCreate},
    },
    server::app::{self, AppState},
};

pub use database::Database;

/// Monday, 23 November 2026, 9 o'clock in Ho Chi Minh City: when every test begins.
pub const NOW: &str = "2026-11-23T02:00:00Z";

/// Writes each test once and runs it on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* fn $name:ident($api:ident: &Api) $body:block)+) => { $(
        fn $name($api: &$crate::harness::Api) $body

        mod $name {
            $(#[$meta])*
            #[test]
            fn sqlite() { super::$name(&$crate::harness::Api::on(&$crate::harness::Database::sqlite())) }

            $(#[$meta])*
            #[test]
            fn postgres() { super::$name(&$crate::harness::Api::on(&$crate::harness::Database::postgres())) }
        }
    )+ };
}

/// Stands for the system's clock.
const SYSTEM: i64 = 0;

/// A running service with the tree of a province (`LC` > `LC-TTR` > `LC-TTR-VP`, `LC-TTR-NV`; `LC` > `LC-SKHCN`) and of another (`XX` > `XX-A`).
pub struct Api {
    pub base: String,
    pub state: AppState,
    clock: Arc<AtomicI64>,
    stop: Option<actix_web::dev::ServerHandle>,
    database: Database,
}

impl Api {
    /// Starts a service on a database that is migrated and holds the two trees.
    pub fn on(database: &Database) -> Self {
        Self::with(database, |_| ())
    }

    /// The same with other settings.
    pub fn with(database: &Database, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut settings = settings(database.url(), &base_of(&listener));
        change(&mut settings);
        Self::start(database, listener, settings, Arc::new(AtomicI64::new(micros(NOW))), true)
    }

    /// The same by the clocks of the machine and the database, for what only shows when time goes on.
    pub fn by_system_clock(database: &Database) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let settings = settings(database.url(), &base_of(&listener));
        Self::start(database, listener, settings, Arc::new(AtomicI64::new(SYSTEM)), true)
    }

    /// The same at another time than [`NOW`].
    pub fn beginning(database: &Database, at: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let settings = settings(database.url(), &base_of(&listener));
        Self::start(database, listener, settings, Arc::new(AtomicI64::new(micros(at))), true)
    }

    /// A second instance beside this one: the same database, public address and clock.
    pub fn second(&self) -> Self {
        self.second_with(|_| ())
    }

    /// The same with other settings.
    pub fn second_with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut settings = (**self.state.settings).clone();
        change(&mut settings);
        Self::start(&self.database, listener, settings, Arc::clone(&self.clock), false)
    }

    fn start(
        database: &Database,
        listener: TcpListener,
        settings: Settings,
        clock: Arc<AtomicI64>,
        is_first: bool,
    ) -> Self {
        let base = base_of(&listener);
        let told = Arc::clone(&clock);
        let begins = instant(clock.load(Ordering::SeqCst));
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let is_system = told.load(Ordering::SeqCst) == SYSTEM;
                let told = Clock::telling(move || instant(told.load(Ordering::SeqCst)));
                let clock = if is_system { Clock::system() } else { told };
                let state = AppState::open(settings, clock).await.unwrap();
                if is_first {
                    seed(&state.store, begins).await;
                }
                let server = app::server(state.clone(), listener).unwrap();
                send.send((state, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (state, handle) = receive.recv_timeout(Duration::from_secs(30)).unwrap();
        Self { base, state, clock, stop: Some(handle), database: database.clone() }
    }

    /// The service's time, in whole seconds since 1970 as tokens have it.
    pub fn seconds(&self) -> i64 {
        self.clock.load(Ordering::SeqCst).div_euclid(1_000_000)
    }

    /// Where the service listens, for a caller that writes its own bytes.
    pub fn socket(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// Sets the service's clock.
    pub fn set_time(&self, at: &str) {
        self.clock.store(micros(at), Ordering::SeqCst);
    }

    /// Moves the service's clock on.
    pub fn wait_seconds(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// The database, for a look past the API.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Adds a client and gets it a token. `scopes` is a profile or scopes separated by spaces.
    pub fn client(&self, organization: &str, scopes: &str) -> Client {
        self.client_of(organization, scopes, None)
    }

    /// The same for a client that owns the records of a source system.
    pub fn client_of(&self, organization: &str, scopes: &str, source: Option<&str>) -> Client {
        let (id, secret) = self.credentials(organization, scopes, source);
        Client { base: self.base.clone(), token: self.token(&id, &secret) }
    }

    /// Adds a client and answers its id and secret.
    pub fn credentials(&self, organization: &str, scopes: &str, source: Option<&str>) -> (String, String) {
        self.credentials_named(&format!("test {organization}"), organization, scopes, source)
    }

    /// The same for a client with a name.
    pub fn credentials_named(
        &self,
        name: &str,
        organization: &str,
        scopes: &str,
        source: Option<&str>,
    ) -> (String, String) {
        let new = NewClient {
            name: name.parse().unwrap(),
            organization: organization.parse().unwrap(),
            source: source.map(|source| source.parse().unwrap()),
            scopes: scopes.to_owned(),
            jwks: None,
        };
        let (client, secret) = self.write(async move |db| clients::create(db, &operator(), new).await).unwrap();
        (client.id.to_string(), secret.unwrap())
    }

    /// Runs a rule directly against the database, in one transaction.
    pub fn write<T: Send + 'static>(
        &self,
        f: impl AsyncFnOnce(&mut tiendo::base::db::Db) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let store: Store = (**self.state.store).clone();
        // PostgreSQL's connections belong to the runtime that made them, so the rule gets a store of its own.
        drop(store);
        block_on(async {
            let settings = settings(self.database.url(), &self.base);
            let store = tiendo::server::open_store(&settings, settings.tls().unwrap()).await.unwrap();
            store.write(f).await
        })
    }

    /// A new token for a client.
    pub fn token(&self, id: &str, secret: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let reply = Client { base: self.base.clone(), token: String::new() }.form(200, "/oauth2/token", &form);
        reply.body["access_token"].as_str().unwrap().to_owned()
    }

    /// A caller without a token.
    pub fn stranger(&self) -> Client {
        Client { base: self.base.clone(), token: String::new() }
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        if let Some(handle) = self.stop.take() {
            block_on(handle.stop(false));
        }
    }
}

/// The operator of the command line.
pub fn operator() -> Caller {
    operator_of(None)
}

/// The same as the owner of the records of a source.
pub fn operator_of(source: Option<SourceCode>) -> Caller {
    operator_at(NOW, source)
}

/// The same at another time.
pub fn operator_at(at: &str, source: Option<SourceCode>) -> Caller {
    Caller::operator("LC".parse().unwrap(), source, "test", stopped(instant(micros(at))))
}

/// Settings for a test.
pub fn settings(url: &Url, issuer: &str) -> Settings {
    let url = match url {
        Url::Postgres(url) => url.clone(),
        Url::Sqlite(path) => format!("sqlite:{path}"),
    };
    Settings::read([
        ("DATABASE_URL", url.as_str()),
        ("TIENDO_ISSUER", issuer),
        ("TIENDO_WORKERS", "1"),
        ("TIENDO_READERS", "1"),
        ("TIENDO_POOL_SIZE", "6"),
        ("TIENDO_REQUESTS_PER_MINUTE", "0"),
    ])
    .unwrap()
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}

fn base_of(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}

fn stopped(at: Instant) -> Clock {
    Clock::telling(move || at)
}

fn micros(at: &str) -> i64 {
    DateTime::parse_from_rfc3339(at).unwrap().timestamp_micros()
}

fn instant(micros: i64) -> Instant {
    DateTime::from_timestamp_micros(micros).unwrap().into()
}

async fn seed(store: &Store, now: Instant) {
    store.write(async move |db| calendars::ensure_shipped(db, &Author::service(), now).await).await.unwrap();
    let tree = [
        ("LC", "", "UBND tỉnh Lai Châu", "province"),
        ("LC-TTR", "LC", "Thanh tra tỉnh", "agency"),
        ("LC-TTR-VP", "LC-TTR", "Văn phòng", "office"),
        ("LC-TTR-NV", "LC-TTR", "Phòng nghiệp vụ", "division"),
        ("LC-SKHCN", "LC", "Sở Khoa học và Công nghệ", "department"),
        ("XX", "", "Tỉnh khác", "province"),
        ("XX-A", "XX", "Cơ quan khác", "agency"),
    ];
    for (code, parent, name, kind) in tree {
        let new = OrganizationCreate {
            code: code.parse().unwrap(),
            name: name.parse().unwrap(),
            kind: kind.parse().unwrap(),
            parent: (!parent.is_empty()).then(|| parent.parse().unwrap()),
            identifiers: tiendo::base::db::types::JsonText::default(),
            valid_from: None,
            valid_to: None,
        };
        let caller = Caller::operator("LC".parse().unwrap(), None, "test", stopped(now));
        store.write(async move |db| organizations::create(db, &caller, new).await).await.map(drop).unwrap();
    }
}

/// A caller with a token.
#[derive(Clone)]
pub struct Client {
    pub base: String,
    pub token: String,
}

/// An answer; its body is JSON, or null when it is not.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The codes of a problem's errors.
    pub fn codes(&self) -> Vec<&str> {
        self.body["errors"]
            .as_array()
            .map_or(Vec::new(), |errors| errors.iter().map(|error| error["code"].as_str().unwrap()).collect())
    }

    /// The slug of a problem.
    pub fn problem(&self) -> &str {
        self.body["type"].as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or("")
    }
}

impl Client {
    pub fn get(&self, expected: u16, path: &str) -> Reply {
        self.send(expected, "GET", path, &[], None)
    }

    pub fn post(&self, expected: u16, path: &str, body: &Value) -> Reply {
        self.send(expected, "POST", path, &[], Some(body.to_string().into_bytes()))
    }

    pub fn put(&self, expected: u16, path: &str, body: &Value) -> Reply {
        self.send(expected, "PUT", path, &[], Some(body.to_string().into_bytes()))
    }

    pub fn patch(&self, expected: u16, path: &str, etag: &str, body: &Value) -> Reply {
        self.send(expected, "PATCH", path, &[("If-Match", etag)], Some(body.to_string().into_bytes()))
    }

    pub fn form(&self, expected: u16, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(
            expected,
            "POST",
            path,
            &[("Content-Type", "application/x-www-form-urlencoded")],
            Some(body.into_bytes()),
        )
    }

    /// Any request; `Content-Type` is JSON unless a header says otherwise.
    pub fn send(
        &self,
        expected: u16,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Reply {
        let reply = self.try_send(method, path, headers, body);
        assert_eq!(reply.status, expected, "{method} {path}: {}", reply.text);
        reply
    }

    /// The same, whatever the status.
    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Reply {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("Content-Type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        let mut response = agent.run(request.body(body.unwrap_or_default()).unwrap()).unwrap();
        let bytes = response.body_mut().with_config().limit(100 << 20).read_to_vec().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let reply = Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        };
        documented::assert_documented(method, path, &reply);
        assert!(reply.status != 201 || reply.header("location").starts_with("/v1/"), "{method} {path} says where");
        reply
    }
}
