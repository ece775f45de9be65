//! The file of a SQLite database: opened, opened again, and known again.

use std::{sync::Arc, time::Duration};

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sqlite::SqliteConnection,
};

/// What callers are told while the file is not where it was; what is written to an open file without a name is lost.
pub(super) const MOVED: &str = "the database file is no longer at its place";

/// A file that is open. Another one in its place, such as a restored backup, is not taken for it: what is cached here,
/// and the journal beside it, belong to the first.
#[derive(Clone)]
pub struct DatabaseFile {
    path: Arc<str>,
    wait: Duration,
    identity: Option<(u64, u64)>,
}

impl DatabaseFile {
    /// Opens the file, and makes it when there is none; a lock of another process is waited for.
    pub fn open(path: &str, wait: Duration) -> ConnectionResult<(Self, SqliteConnection)> {
        // Less than the caller waits, so that the first in the queue hears why.
        let wait = wait / 5 * 4;
        create_closed(path);
        let connection = connect(path, wait)?;
        Ok((Self { path: path.into(), wait, identity: identity(path) }, connection))
    }

    /// Whether the file is still where it was opened.
    ///
    /// # Errors
    /// [`MOVED`].
    pub fn is_in_place(&self) -> QueryResult<()> {
        let found = identity(&self.path);
        if found == self.identity {
            return Ok(());
        }
        let what =
            if found.is_some() { "another file is there: start the service anew to serve that" } else { "none is" };
        Err(failure(format!("{MOVED}: {}: {what}", self.path)))
    }

    /// Another connection to the same file.
    ///
    /// # Errors
    /// What SQLite says, or [`MOVED`].
    pub fn connect(&self) -> QueryResult<SqliteConnection> {
        // SQLite would make an empty database of that name.
        self.is_in_place()?;
        connect(&self.path, self.wait).map_err(|error| match error {
            ConnectionError::CouldntSetupConfiguration(error) => error,
            other => failure(other.to_string()),
        })
    }

    /// A connection that cannot write, as PostgreSQL's for reading cannot.
    ///
    /// # Errors
    /// What SQLite says, or [`MOVED`].
    pub fn connect_to_read(&self) -> QueryResult<SqliteConnection> {
        let mut connection = self.connect()?;
        connection.batch_execute("PRAGMA query_only = ON")?;
        Ok(connection)
    }
}

/// Opens a connection for a job that runs before or beside the service.
pub fn open(path: &str) -> ConnectionResult<SqliteConnection> {
    Ok(DatabaseFile::open(path, Duration::from_secs(6))?.1)
}

/// A connection with the settings that all have; `busy_timeout` first, since the others may wait too.
fn connect(path: &str, wait: Duration) -> ConnectionResult<SqliteConnection> {
    let mut connection = SqliteConnection::establish(path)?;
    let wait = wait.as_millis();
    connection
        .batch_execute(&format!(
            "PRAGMA busy_timeout = {wait}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        ))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// A new file is for its owner alone, since it will hold the private signing keys; SQLite gives those beside it (the
/// journal) the same mode. What goes wrong here goes wrong in SQLite's own opening too, which says it.
fn create_closed(path: &str) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Device and inode; `None` when there is no such file.
#[cfg(unix)]
fn identity(path: &str) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Whether there is a file at all, where files have no number.
#[cfg(not(unix))]
fn identity(path: &str) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|_| (0, 0))
}

fn failure(cause: String) -> Error {
    Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(cause))
}
