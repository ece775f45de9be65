//! Every setting, its default and its meaning; the only reader of the environment.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use crate::base::db::{Tls, Url};

/// A secret that never shows itself in a log.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What the service was told at start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the data is.
    pub database: Url,
    /// Connection protection: `off` or `verify` with the certificate authorities to trust.
    pub database_tls: Option<String>,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// The public base address: `iss` and `aud` of tokens, links in metadata.
    pub issuer: String,
    /// Worker threads for HTTP.
    pub workers: usize,
    /// Pooled PostgreSQL connections.
    pub pool_size: usize,
    /// Shared PostgreSQL connections or SQLite reader threads.
    pub readers: usize,
    /// Longest wait for the database before 503.
    pub database_wait: Duration,
    /// Longest wait for the head of a request.
    pub head_time: Duration,
    /// Longest wait for a whole body.
    pub body_time: Duration,
    /// Life of an access token.
    pub token_life: Duration,
    /// Days before the due date on which a task becomes `due_soon`.
    pub due_soon_days: u32,
    /// Requests per minute for each client; 0 turns the limit off.
    pub requests_per_minute: u32,
    /// Log filter as `tracing` reads it.
    pub log: String,
    /// Whether `serve` applies missing migrations first.
    pub migrate_on_start: bool,
}

/// One setting as the operator sees it: name, default, meaning. The operator's manual is checked against this table.
pub const TABLE: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "sqlite:tiendo.db", "postgres://user@host/db, or sqlite:PATH"),
    ("DATABASE_PASSWORD_FILE", "", "file that holds the database password, instead of writing it in DATABASE_URL"),
    (
        "DATABASE_TLS_CA_FILE",
        "",
        "PEM file of the certificate authorities to trust; when set, the PostgreSQL connection uses verified TLS",
    ),
    ("TIENDO_LISTEN", "127.0.0.1:8080", "address and port to listen on"),
    ("TIENDO_ISSUER", "http://<TIENDO_LISTEN>", "public base address; iss and aud of every token"),
    (
        "TIENDO_WORKERS",
        "2",
        "HTTP worker threads; half as many more compute reports from PostgreSQL, two at a time each",
    ),
    ("TIENDO_POOL_SIZE", "16", "PostgreSQL connections for writes and reports"),
    ("TIENDO_READERS", "4", "shared PostgreSQL connections, or SQLite reader threads"),
    (
        "TIENDO_DATABASE_WAIT_MS",
        "5000",
        "longest wait for a database connection, or for the turn of a report, before 503",
    ),
    ("TIENDO_HEAD_SECONDS", "10", "longest wait for the head of a request"),
    ("TIENDO_BODY_SECONDS", "30", "longest wait for the whole body of a request"),
    ("TIENDO_TOKEN_SECONDS", "900", "life of an access token"),
    ("TIENDO_DUE_SOON_DAYS", "3", "days before the due date on which a task becomes due_soon"),
    ("TIENDO_REQUESTS_PER_MINUTE", "6000", "requests per minute for each client; 0 turns the limit off"),
    ("TIENDO_LOG", "info,tokio_postgres=warn,actix_server=warn", "log filter, such as warn or info,tiendo=debug"),
    ("TIENDO_MIGRATE_ON_START", "false", "whether serve applies missing migrations first"),
];

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// A sentence that names the setting and the rule.
    #[expect(clippy::disallowed_methods, reason = "this is the room of the environment")]
    pub fn from_environment() -> Result<Self, String> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// The environment, with the demo's own file and a quiet log where nothing else is said.
    ///
    /// # Errors
    /// A sentence that names the setting and the rule.
    #[expect(clippy::disallowed_methods, reason = "this is the room of the environment")]
    pub fn for_demo() -> Result<Self, String> {
        Self::read(|name| {
            std::env::var(name).ok().or_else(|| match name {
                "DATABASE_URL" => Some("sqlite:tiendo-demo.db".to_owned()),
                "TIENDO_LOG" => Some("warn".to_owned()),
                _ => None,
            })
        })
    }

    /// Reads from any source of named values.
    ///
    /// # Errors
    /// A sentence that names the setting and the rule.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let value = |name: &str| -> Result<String, String> {
            let (_, default, _) = TABLE.iter().find(|(known, ..)| *known == name).ok_or(format!("{name}: unknown"))?;
            Ok(lookup(name).filter(|value| !value.is_empty()).unwrap_or_else(|| (*default).to_owned()))
        };
        let listen: SocketAddr = parse("TIENDO_LISTEN", &value("TIENDO_LISTEN")?)?;
        let issuer = lookup("TIENDO_ISSUER").filter(|issuer| !issuer.is_empty());
        if issuer.is_none() && listen.ip().is_unspecified() {
            return Err(format!(
                "TIENDO_ISSUER: must be set when listening on {listen}: it is the address that callers use"
            ));
        }
        let issuer = issuer.unwrap_or_else(|| format!("http://{listen}"));
        if !(issuer.starts_with("https://") || issuer.starts_with("http://")) || issuer.contains(['?', '#']) {
            return Err("TIENDO_ISSUER: must be an http(s) address without query or fragment".to_owned());
        }
        Ok(Self {
            database: database(&value("DATABASE_URL")?, &value("DATABASE_PASSWORD_FILE")?)?,
            database_tls: Some(value("DATABASE_TLS_CA_FILE")?).filter(|path| !path.is_empty()),
            listen,
            issuer: issuer.trim_end_matches('/').to_owned(),
            workers: bounded("TIENDO_WORKERS", &value("TIENDO_WORKERS")?, 1, 256)?,
            pool_size: bounded("TIENDO_POOL_SIZE", &value("TIENDO_POOL_SIZE")?, 1, 1000)?,
            readers: bounded("TIENDO_READERS", &value("TIENDO_READERS")?, 1, 64)?,
            database_wait: Duration::from_millis(bounded(
                "TIENDO_DATABASE_WAIT_MS",
                &value("TIENDO_DATABASE_WAIT_MS")?,
                100,
                60_000,
            )?),
            head_time: Duration::from_secs(bounded("TIENDO_HEAD_SECONDS", &value("TIENDO_HEAD_SECONDS")?, 1, 600)?),
            body_time: Duration::from_secs(bounded("TIENDO_BODY_SECONDS", &value("TIENDO_BODY_SECONDS")?, 1, 600)?),
            token_life: Duration::from_secs(bounded(
                "TIENDO_TOKEN_SECONDS",
                &value("TIENDO_TOKEN_SECONDS")?,
                60,
                86_400,
            )?),
            due_soon_days: bounded("TIENDO_DUE_SOON_DAYS", &value("TIENDO_DUE_SOON_DAYS")?, 0, 60)?,
            requests_per_minute: bounded(
                "TIENDO_REQUESTS_PER_MINUTE",
                &value("TIENDO_REQUESTS_PER_MINUTE")?,
                0,
                10_000_000,
            )?,
            log: value("TIENDO_LOG")?,
            migrate_on_start: parse("TIENDO_MIGRATE_ON_START", &value("TIENDO_MIGRATE_ON_START")?)?,
        })
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
}

fn parse<T: FromStr>(name: &str, text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| format!("{name}: {text:?} is not valid: {error}"))
}

fn bounded<T: FromStr + PartialOrd + Copy + std::fmt::Display>(
    name: &str,
    text: &str,
    least: T,
    most: T,
) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    let value: T = parse(name, text)?;
    if value < least || value > most {
        return Err(format!("{name}: must be from {least} to {most}"));
    }
    Ok(value)
}

/// The password file, when given, supplies the password of a PostgreSQL address that has none.
fn database(url: &str, password_file: &str) -> Result<Url, String> {
    let parsed: Url = url.parse().map_err(|reason: String| format!("DATABASE_URL: {reason}"))?;
    if password_file.is_empty() {
        return Ok(parsed);
    }
    let password =
        std::fs::read_to_string(password_file).map_err(|error| format!("DATABASE_PASSWORD_FILE: {error}"))?;
    match parsed {
        Url::Sqlite(_) => Err("DATABASE_PASSWORD_FILE: only for PostgreSQL".to_owned()),
        Url::Postgres(url) => {
            let (scheme, rest) = url.split_once("://").ok_or("DATABASE_URL: must begin with postgres://")?;
            let (user, host) =
                rest.split_once('@').ok_or("DATABASE_URL: must name a user, as in postgres://user@host/db")?;
            if user.contains(':') {
                return Err("DATABASE_URL: has a password already, and DATABASE_PASSWORD_FILE is set".to_owned());
            }
            let password: String = password.trim_end_matches(['\r', '\n']).bytes().map(percent).collect();
            Ok(Url::Postgres(format!("{scheme}://{user}:{password}@{host}")))
        }
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}
