//! Every setting, declared once: name, default, rule and meaning are those of its field. The manual's table, the help
//! of `tiendo serve` and the refusals at start come from here.

mod rules;
mod variables;

use std::{net::SocketAddr, time::Duration};

use clap::{ArgAction, CommandFactory, Parser, builder::TypedValueParser};
use tracing_subscriber::filter::Targets;

use crate::base::{
    db::{Tls, Url},
    networks::Networks,
};
use rules::{log_filter, socket_address, whole};

/// In the place of the value's name: it may hold a password, and no message repeats it.
const SECRET: &str = "SECRET";

/// The issuer's default, which stands for the address that the service listens on.
const ISSUER_IS_LISTEN: &str = "http://<TIENDO_LISTEN>";

/// What differs for `tiendo demo` where nothing else is set: a file of its own, and a quiet log.
pub const DEMO_DEFAULTS: [(&str, &str); 2] = [("DATABASE_URL", "sqlite:tiendo-demo.db"), ("TIENDO_LOG", "warn")];

/// What the service was told at start.
#[derive(Clone, Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true, disable_version_flag = true)]
pub struct Settings {
    /// Where the data is: `postgres://user@host/db`, or `sqlite:PATH`.
    #[arg(long = "DATABASE_URL", value_name = SECRET, default_value = "sqlite:tiendo.db")]
    pub database: Url,
    /// File that holds the PostgreSQL password, instead of writing it in `DATABASE_URL`.
    #[arg(long = "DATABASE_PASSWORD_FILE")]
    database_password_file: Option<String>,
    /// PEM file of the certificate authorities to trust; when set, the PostgreSQL connection uses verified TLS.
    #[arg(long = "DATABASE_TLS_CA_FILE")]
    pub database_tls: Option<String>,
    /// IP address and port to listen on.
    #[arg(long = "TIENDO_LISTEN", default_value = "127.0.0.1:8080", value_parser = socket_address)]
    pub listen: SocketAddr,
    /// Public base address, also with a path: `iss` and `aud` of every token, links in metadata.
    #[arg(long = "TIENDO_ISSUER", default_value = ISSUER_IS_LISTEN)]
    pub issuer: String,
    /// PEM file of the certificate and its chain; when set, the service speaks TLS. Read again when it changes.
    #[arg(long = "TIENDO_TLS_CERTIFICATE_FILE")]
    pub tls_certificate_file: Option<String>,
    /// PEM file of the certificate's private key.
    #[arg(long = "TIENDO_TLS_KEY_FILE")]
    pub tls_key_file: Option<String>,
    /// Addresses and networks of proxies, separated by commas, whose `X-Forwarded-For` or `Forwarded` is believed.
    #[arg(long = "TIENDO_PROXIES", value_parser = |text: &str| text.parse::<Networks>())]
    proxies: Option<Networks>,
    /// Connections of callers at a time; one more is told 503 and closed.
    #[arg(long = "TIENDO_CONNECTIONS", default_value = "512", value_parser = whole::<usize>(8..=100_000))]
    pub connections: usize,
    /// Of these, connections from one address (of IPv6, from one /64); a listed proxy may have all.
    #[arg(long = "TIENDO_CONNECTIONS_PER_ADDRESS", default_value = "128", value_parser = whole::<usize>(1..=100_000))]
    pub connections_per_address: usize,
    /// How long a connection is kept without a request, in seconds.
    #[arg(long = "TIENDO_KEEP_ALIVE_SECONDS", default_value = "75", value_parser = seconds(1..=3600))]
    pub keep_alive: Duration,
    /// HTTP worker threads; half as many more compute reports from PostgreSQL, two at a time each.
    #[arg(long = "TIENDO_WORKERS", default_value = "2", value_parser = whole::<usize>(1..=256))]
    pub workers: usize,
    /// PostgreSQL connections for writes and reports; one client has half of those for writes at most.
    #[arg(long = "TIENDO_POOL_SIZE", default_value = "16", value_parser = whole::<usize>(1..=1000))]
    pub pool_size: usize,
    /// Shared PostgreSQL connections, or SQLite reader threads.
    #[arg(long = "TIENDO_READERS", default_value = "4", value_parser = whole::<usize>(1..=64))]
    pub readers: usize,
    /// Longest wait for a database connection, or for the turn of a report, before 503, in milliseconds.
    #[arg(long = "TIENDO_DATABASE_WAIT_MS", default_value = "5000", value_parser = milliseconds(100..=60_000))]
    pub database_wait: Duration,
    /// Longest time for one statement of the database, in milliseconds; short reads from PostgreSQL have two seconds at most.
    #[arg(long = "TIENDO_STATEMENT_MS", default_value = "10000", value_parser = milliseconds(1000..=600_000))]
    pub statement_time: Duration,
    /// Lists that are sent as a whole (CSV, NDJSON) at once, a quarter of them for one client.
    #[arg(long = "TIENDO_EXPORTS", default_value = "8", value_parser = whole::<usize>(1..=256))]
    pub exports: usize,
    /// Longest wait for a TLS handshake, and for the head of a request, in seconds.
    #[arg(long = "TIENDO_HEAD_SECONDS", default_value = "10", value_parser = seconds(1..=600))]
    pub head_time: Duration,
    /// Longest wait for the whole body of a request, in seconds.
    #[arg(long = "TIENDO_BODY_SECONDS", default_value = "30", value_parser = seconds(1..=600))]
    pub body_time: Duration,
    /// Room for the bodies that are read and handled at a time, each counted twice, in MiB; one client gets half of it.
    #[arg(long = "TIENDO_BODIES_MIB", default_value = "48", value_parser = whole::<usize>(40..=4096))]
    pub bodies_mib: usize,
    /// Longest time from the head of a request to that of its answer, in seconds; then 503.
    #[arg(long = "TIENDO_REQUEST_SECONDS", default_value = "60", value_parser = seconds(1..=3600))]
    pub request_time: Duration,
    /// An answer of which less than 1 KiB for each second of this time is taken is broken off, in seconds.
    #[arg(long = "TIENDO_WRITE_SECONDS", default_value = "20", value_parser = seconds(1..=3600))]
    pub write_time: Duration,
    /// Life of an access token, in seconds.
    #[arg(long = "TIENDO_TOKEN_SECONDS", default_value = "900", value_parser = seconds(60..=86_400))]
    pub token_life: Duration,
    /// Days before the due date on which a task becomes `due_soon`.
    #[arg(long = "TIENDO_DUE_SOON_DAYS", default_value = "3", value_parser = whole::<u32>(0..=60))]
    pub due_soon_days: u32,
    /// Requests per minute for each client; 0 turns the limit off.
    #[arg(long = "TIENDO_REQUESTS_PER_MINUTE", default_value = "6000", value_parser = whole::<u32>(0..=10_000_000))]
    pub requests_per_minute: u32,
    /// Log filter: a level, also of a part of the program, such as warn or info,tiendo=debug.
    #[arg(long = "TIENDO_LOG", default_value = "info,tokio_postgres=warn,actix_server=warn,actix_http=off", value_parser = log_filter)]
    pub log: Targets,
    /// Whether serve applies missing migrations first: true or false.
    #[arg(long = "TIENDO_MIGRATE_ON_START", default_value = "false", action = ArgAction::Set)]
    pub migrate_on_start: bool,
}

fn milliseconds(range: std::ops::RangeInclusive<u64>) -> impl TypedValueParser<Value = Duration> {
    whole::<u64>(range).map(Duration::from_millis)
}

fn seconds(range: std::ops::RangeInclusive<u64>) -> impl TypedValueParser<Value = Duration> {
    whole::<u64>(range).map(Duration::from_secs)
}

/// One setting as the operator sees it.
#[derive(Debug)]
pub struct Declaration {
    /// The variable's name.
    pub name: String,
    /// Empty where the setting may be absent.
    pub default: String,
    /// With its unit, without a full stop.
    pub meaning: String,
    is_secret: bool,
}

impl Settings {
    /// All settings in the order of the manual.
    #[must_use]
    pub fn declarations() -> Vec<Declaration> {
        let declared = |argument: &clap::Arg| Declaration {
            name: argument.get_long().unwrap_or_default().to_owned(),
            default: argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect(),
            meaning: argument.get_help().map(ToString::to_string).unwrap_or_default(),
            is_secret: argument.get_value_names().is_some_and(|names| names.iter().any(|name| name == SECRET)),
        };
        Self::command().get_arguments().map(declared).collect()
    }

    /// How to protect the PostgreSQL connection.
    ///
    /// # Errors
    /// When the file of certificate authorities cannot be read.
    pub fn tls(&self) -> Result<Tls, String> {
        let Some(path) = &self.database_tls else {
            return Ok(Tls::Off);
        };
        Tls::verified(path).map_err(|error| format!("DATABASE_TLS_CA_FILE: {error}"))
    }

    /// The proxies that are believed about where a request comes from.
    #[must_use]
    pub fn proxies(&self) -> Networks {
        self.proxies.clone().unwrap_or_default()
    }

    /// Whether callers reach the service by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.tls_certificate_file.is_some() || self.issuer.starts_with("https://")
    }

    /// What one setting alone cannot say: the issuer goes by the listener, and the password file completes the address.
    fn completed(mut self) -> Result<Self, String> {
        if self.issuer == ISSUER_IS_LISTEN {
            if self.listen.ip().is_unspecified() {
                let listen = self.listen;
                return Err(format!(
                    "TIENDO_ISSUER: must be set when listening on {listen}: it is the address that callers use"
                ));
            }
            let scheme = if self.tls_certificate_file.is_some() { "https" } else { "http" };
            self.issuer = format!("{scheme}://{}", self.listen);
        }
        self.issuer = rules::base_address(&self.issuer).map_err(|rule| format!("TIENDO_ISSUER: {rule}"))?;
        if let Some(path) = &self.database_password_file {
            let password = rules::password(path).map_err(|rule| format!("DATABASE_PASSWORD_FILE: {path}: {rule}"))?;
            self.database = self
                .database
                .with_password(&password)
                .map_err(|rule| format!("DATABASE_PASSWORD_FILE: is set, but DATABASE_URL {rule}"))?;
        }
        Ok(self)
    }
}
