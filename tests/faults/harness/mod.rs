//! A service of its own for every test: the binary as a process, on a fresh database, under the settings of the test.

mod database;
mod healthy;
pub mod http;
mod proxy;

use std::{
    ffi::OsString,
    fs::File,
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

pub use database::{Database, sql, sql_in};
pub use healthy::Healthy;
pub use proxy::Proxy;

use database::Prepared;

/// What is resident of the program's own pages in a build with the profile `dist`.
const PROGRAM_MIB: u64 = 16;

/// Whether the long form is asked for.
#[expect(clippy::disallowed_methods, reason = "no setting of the service: the test command asks for it")]
pub fn is_long() -> bool {
    std::env::var_os("TESTS_FAULTS").is_some_and(|form| form == "long")
}

/// The service under attack: the debug build, or what `TESTS_BINARY` names.
#[expect(clippy::disallowed_methods, reason = "no setting of the service: the test command asks for it")]
pub fn binary() -> OsString {
    std::env::var_os("TESTS_BINARY").unwrap_or_else(|| env!("CARGO_BIN_EXE_tiendo").into())
}

/// In the long form the attackers are held on one processor (`taskset -c 0 cargo test …`), and the service is not.
fn processors() -> &'static str {
    if is_long() { "taskset -pc 0-$(($(nproc --all) - 1)) $$ >/dev/null\n" } else { "" }
}

/// Runs a test on SQLite, then on PostgreSQL.
pub fn on_both(test: impl Fn(Database)) {
    test(Database::Sqlite);
    test(Database::Postgres);
}

/// The binary, killed when the test ends.
pub struct Service {
    child: Child,
    address: SocketAddr,
    token: String,
    prepared: Prepared,
    count: AtomicUsize,
}

impl Service {
    /// Migrates, adds a client that may do everything, and serves on a free port.
    pub fn start(database: Database, settings: &[(&str, &str)]) -> Self {
        Self::start_after("", database, settings)
    }

    /// The same, with a line of shell before it, such as `ulimit -n 300`.
    pub fn start_after(line: &str, database: Database, settings: &[(&str, &str)]) -> Self {
        Self::start_at(line, Prepared::make(database), settings, str::to_owned)
    }

    /// On PostgreSQL behind proxies: `way` makes of the database's address the one that the service is told.
    pub fn start_through(settings: &[(&str, &str)], way: impl FnOnce(&str) -> String) -> Self {
        Self::start_at("", Prepared::make(Database::Postgres), settings, way)
    }

    fn start_at(line: &str, prepared: Prepared, settings: &[(&str, &str)], way: impl FnOnce(&str) -> String) -> Self {
        let address = free_address();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{}{line}\nexec \"$0\" serve", processors())]).arg(binary());
        command.env("DATABASE_URL", way(prepared.url())).env("TIENDO_LISTEN", address.to_string());
        command.env("TIENDO_REQUESTS_PER_MINUTE", "0").envs(settings.iter().copied());
        let log = File::create(prepared.log()).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut service = Self { child, address, token: String::new(), prepared, count: AtomicUsize::new(0) };
        service.wait_until_it_listens();
        if !settings.iter().any(|(name, _)| *name == "TIENDO_TLS_KEY_FILE") {
            service.token = service.new_token();
        }
        service
    }

    fn wait_until_it_listens(&mut self) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "it does not listen: {}", self.log());
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token of the client that may do everything.
    pub fn token(&self) -> String {
        self.token.clone()
    }

    /// Another token of that client.
    pub fn new_token(&self) -> String {
        let (id, secret) = self.credentials();
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let request = format!(
            "POST /oauth2/token HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        let answer = http::parsed(&self.request(request.as_bytes())).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let (_, rest) = answer.text().split_once("\"access_token\":\"").map(own).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Id and secret of that client.
    pub fn credentials(&self) -> (String, String) {
        (self.prepared.client.clone(), self.prepared.secret.clone())
    }

    /// The address of the database.
    pub fn database(&self) -> &str {
        self.prepared.url()
    }

    /// The answer to a request on a connection of its own; `None` when none came within twenty seconds.
    pub fn try_request(&self, request: &str) -> Option<http::Answer> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        std::io::Write::write_all(&mut stream, request.as_bytes()).ok()?;
        http::next_answer(&mut stream).ok()
    }

    /// A GET with the token.
    pub fn try_get(&self, path: &str) -> Option<http::Answer> {
        self.try_request(&http::get(path, &self.token, true))
    }

    /// A write of one small record.
    pub fn try_put(&self) -> Option<http::Answer> {
        let body = "{\"title\":\"Số hóa hồ sơ\",\"lead\":\"LC\"}";
        let key = self.count.fetch_add(1, Ordering::SeqCst);
        self.try_request(&http::with_body("PUT", &format!("/v1/tasks/by-key/faults/put-{key}"), &self.token, body))
    }

    /// Status and body of a GET with the token, on a connection of its own.
    pub fn get(&self, path: &str) -> (u16, String) {
        let answer = http::parsed(&self.request(http::get(path, &self.token, true).as_bytes())).unwrap();
        (answer.status, answer.text())
    }

    /// Whatever comes back for these bytes until the service closes, or says nothing for ten seconds.
    pub fn request(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        http::exchange(&mut stream, bytes)
    }

    /// The most memory that the process has had in use; the pages of the program count as those of a build for earnest
    /// use do, which are less than half of a debug build's.
    pub fn resident_peak_mib(&self) -> u64 {
        (self.status_kib("VmHWM:") - self.status_kib("RssFile:")) / 1024 + PROGRAM_MIB
    }

    /// The memory that the process has in use.
    pub fn resident_mib(&self) -> u64 {
        self.status_kib("VmRSS:") / 1024
    }

    fn status_kib(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Clock ticks of processor time that the process has used.
    pub fn processor_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        // A line may wait for a tenth of a second.
        std::thread::sleep(Duration::from_millis(300));
        std::fs::read_to_string(self.prepared.log()).unwrap()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Tells it to stop, and waits; whether it ended well within that time.
    pub fn stops_within(&mut self, time: Duration) -> bool {
        let told = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        assert!(told.unwrap().success());
        let began = Instant::now();
        while began.elapsed() < time {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

fn own((start, rest): (&str, &str)) -> (String, String) {
    (start.to_owned(), rest.to_owned())
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that was free a moment ago.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
