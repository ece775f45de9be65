//! The real binary as a process of its own.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::Client;

/// The real plan.
pub const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/plans/lai-chau-thanh-tra-2025.json");

/// The binary, stopped when the test ends.
pub struct Service {
    pub child: Child,
    pub base: String,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A verb on a database, not yet run.
pub fn command(database: &str, listen: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tiendo"));
    command.args(arguments).env("DATABASE_URL", database).env("TIENDO_LISTEN", listen).env("TIENDO_LOG", "warn");
    command.stdout(Stdio::piped());
    command
}

/// A verb that ends; what it printed.
pub fn run(database: &str, arguments: &[&str]) -> String {
    let output = command(database, "127.0.0.1:0", arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A port that was free a moment ago.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts a verb that serves, and waits until it is ready; what `demo` printed first.
pub fn start(database: &str, arguments: &[&str]) -> (Service, Vec<String>) {
    let listen = free_address();
    started(&listen, command(database, &listen, arguments), arguments[0] == "demo")
}

/// Starts `serve` under a public address of its own, which stays when the service is started again elsewhere.
pub fn serve_as(issuer: &str, database: &str) -> Service {
    serve_with(database, |command| {
        command.env("TIENDO_ISSUER", issuer);
    })
}

/// Starts `serve` with more settings.
pub fn serve_with(database: &str, set: impl FnOnce(&mut Command)) -> Service {
    let listen = free_address();
    let mut command = command(database, &listen, &["serve"]);
    set(&mut command);
    started(&listen, command, false).0
}

fn started(listen: &str, mut command: Command, is_demo: bool) -> (Service, Vec<String>) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let service = Service { child, base: format!("http://{listen}") };
    let printed =
        if is_demo { lines.by_ref().take_while(|line| !line.starts_with("Serving on")).collect() } else { Vec::new() };
    let client = Client { base: service.base.clone(), token: String::new() };
    let began = Instant::now();
    while std::net::TcpStream::connect(listen).is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "the service does not listen");
        std::thread::yield_now();
    }
    client.get(200, "/health/ready");
    (service, printed)
}

/// A client with a token of the service.
pub fn authorized(service: &Service, id: &str, secret: &str) -> Client {
    let stranger = Client { base: service.base.clone(), token: String::new() };
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let token = stranger.form(200, "/oauth2/token", &form).body["access_token"].as_str().unwrap().to_owned();
    Client { token, ..stranger }
}

/// Adds a client on the command line; its id and secret.
pub fn add_client(database: &str, organization: &str, profile: &str, more: &[&str]) -> (String, String) {
    let arguments = ["client", "add", "--name", profile, "--organization", organization, "--profile", profile];
    let printed = run(database, &[&arguments, more].concat());
    let value = |name: &str| printed.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    (value("client_id="), value("client_secret="))
}
