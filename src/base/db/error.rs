//! What the database says when it gives no answer, and what that means to a caller.

use diesel::result::DatabaseErrorKind as Kind;

/// What a statement says when it fails; store functions answer it.
pub type QueryError = diesel::result::Error;

/// Why the database gave no answer; what a query itself said is in `Query`.
#[derive(Debug)]
pub enum Error {
    /// A statement failed.
    Query(QueryError),
    /// The connection was lost while a transaction was being committed: whether it was is not known.
    Unsure(QueryError),
    /// No connection or turn within the time allowed; the caller may try again.
    Busy(&'static str),
    /// The body of a transaction waited for something that is not a query: a mistake of ours, and nothing was written.
    Waited,
}

/// What a read waits for that finds no connection: there may be one in a moment.
pub(super) const RECONNECTING: &str = "reconnecting";

/// What a failed statement means, whatever the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A row with that key is there already. SQLite does not say which key.
    Duplicate,
    /// The connection went away, or transactions stood in each other's way: the same may succeed a moment later.
    Passing,
    /// A mistake of ours.
    Fault,
}

/// What a failed statement means.
#[must_use]
pub fn reason(error: &QueryError) -> Reason {
    match error {
        QueryError::DatabaseError(Kind::UniqueViolation, _) => Reason::Duplicate,
        QueryError::DatabaseError(Kind::SerializationFailure | Kind::ReadOnlyTransaction, _) => Reason::Passing,
        QueryError::DatabaseError(Kind::Unknown, said) if is_passing(said.message()) => Reason::Passing,
        error if is_lost(error) => Reason::Passing,
        _ => Reason::Fault,
    }
}

/// The same error once more, for the next of those whom it concerns.
pub(super) fn retold(error: &QueryError) -> QueryError {
    match error {
        QueryError::DatabaseError(kind, said) => QueryError::DatabaseError(*kind, Box::new(said.message().to_owned())),
        other => QueryError::DatabaseError(Kind::Unknown, Box::new(other.to_string())),
    }
}

/// True when the connection went away, before the statement or under it.
pub(super) fn is_lost(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => true,
        // A server that stops says so, and diesel passes on the words but not the code (57P01).
        QueryError::DatabaseError(Kind::Unknown, told) => told.message().starts_with("terminating connection"),
        _ => false,
    }
}

/// What begins so passes by itself, or as soon as an operator has made room.
///
/// diesel hands no SQLSTATE on, so the words decide; a server that speaks another language than English (`lc_messages`,
/// which only a superuser sets) leaves these a fault.
const PASSING: [&str; 18] = [
    // PostgreSQL gave up on a lock (40P01, 55P03) or on a statement (57014).
    "deadlock detected",
    "canceling statement due to",
    // Its disk, its memory or its connections are used up (53xxx), or it is starting or stopping (57P03).
    "could not extend file",
    "could not write",
    "could not create",
    "could not fsync",
    "No space left on device",
    "out of memory",
    "out of shared memory",
    "remaining connection slots are reserved",
    "sorry, too many clients already",
    "the database system is",
    // SQLite: a full or failing disk, a lock that another process holds, a file or folder that cannot be written.
    "database or disk is full",
    "disk I/O error",
    "database is locked",
    "attempt to write a readonly database",
    "unable to open database file",
    super::sqlite_file::MOVED,
];

fn is_passing(message: &str) -> bool {
    PASSING.iter().any(|start| message.starts_with(start)) || message.ends_with("No space left on device")
}

impl Error {
    /// True when the connection went away under a read or is being re-established: the read may run again.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        match self {
            Self::Query(error) => is_lost(error),
            Self::Busy(what) => *what == RECONNECTING,
            Self::Unsure(_) | Self::Waited => false,
        }
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Query(error) => write!(f, "query failed: {error}"),
            Self::Unsure(error) => write!(f, "the commit was not answered: {error}"),
            Self::Busy(what) => write!(f, "database busy: {what}"),
            Self::Waited => f.write_str("a transaction waited for something that is not a query"),
        }
    }
}

impl std::error::Error for Error {}
