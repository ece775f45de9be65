//! The address of a database, which never shows its password.

use std::{fmt, str::FromStr};

use tokio_postgres::Config;

/// Where the data is: a PostgreSQL server or a SQLite file.
#[derive(Clone, PartialEq, Eq)]
pub enum Url {
    /// `postgres://…`, as libpq writes it.
    Postgres(String),
    /// A file's path.
    Sqlite(String),
}

impl FromStr for Url {
    type Err = String;

    /// Refuses an unknown scheme: SQLite would create a file of that name.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.trim_start_matches('/').is_empty()) {
            return Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).to_owned()));
        }
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err("must begin with postgres:// or be sqlite:PATH".to_owned());
        }
        // The rest of such a password would be taken for the host, and shown as one.
        if text.matches('@').count() > 1 {
            return Err("an @ in a user's name or password must be written %40".to_owned());
        }
        text.parse::<Config>().map_err(|error| rule_of(&error))?;
        Ok(Self::Postgres(text.to_owned()))
    }
}

/// The rule that an address breaks; the driver names an option, never its value.
fn rule_of(error: &tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    format!("must be postgres://user@host:port/database: {}", cause.unwrap_or_else(|| error.to_string()))
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(url) => match url.parse::<Config>() {
                Ok(config) => f
                    .debug_struct("Postgres")
                    .field("hosts", &config.get_hosts())
                    .field("ports", &config.get_ports())
                    .field("database", &config.get_dbname())
                    .finish_non_exhaustive(),
                Err(_) => f.debug_struct("Postgres").finish_non_exhaustive(),
            },
        }
    }
}

impl Url {
    /// Puts a password into a PostgreSQL address that names a user and has none.
    ///
    /// # Errors
    /// A sentence on why the address can take none.
    pub fn with_password(&self, password: &str) -> Result<Self, &'static str> {
        let Self::Postgres(url) = self else {
            return Err("is a SQLite file, which has no password");
        };
        let parts = url.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)));
        let Some((scheme, (user, host))) = parts.filter(|(_, (user, _))| !user.contains(['/', '?'])) else {
            return Err("must name a user, as in postgres://user@host/db");
        };
        if user.contains(':') {
            return Err("has a password already");
        }
        let password: String = password.bytes().map(percent).collect();
        Ok(Self::Postgres(format!("{scheme}://{user}:{password}@{host}")))
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}
