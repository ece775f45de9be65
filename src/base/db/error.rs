//! What the database says when it gives no answer, and what that means to a caller.

use diesel::result::DatabaseErrorKind as Kind;

/// What a statement says when it fails; store functions answer it.
pub type QueryError = diesel::result::Error;

/// Why the database gave no answer; what a query itself said is in `Query`.
#[derive(Debug)]
pub enum Error {
    /// A statement failed.
    Query(QueryError),
    /// No connection or turn within the time allowed; the caller may try again.
    Busy(&'static str),
    /// The body of a transaction waited for something that is not a query: a mistake of ours, and nothing was written.
    Waited,
}

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
        QueryError::DatabaseError(Kind::SerializationFailure, _) => Reason::Passing,
        QueryError::DatabaseError(Kind::Unknown, said) if is_lost_race(said.message()) => Reason::Passing,
        error if is_lost(error) => Reason::Passing,
        _ => Reason::Fault,
    }
}

/// True when the connection went away, before the statement or under it.
fn is_lost(error: &QueryError) -> bool {
    match error {
        QueryError::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _) => true,
        // A server that stops says so, and diesel passes on the words but not the code (57P01).
        QueryError::DatabaseError(Kind::Unknown, told) => told.message().starts_with("terminating connection"),
        _ => false,
    }
}

/// Whether PostgreSQL gave up on a lock: a deadlock (40P01), or `lock_timeout` (55P03).
///
/// diesel hands no SQLSTATE on, so the words decide; a server that speaks another language than English (`lc_messages`,
/// which only a superuser sets) leaves these a fault.
fn is_lost_race(message: &str) -> bool {
    matches!(message, "deadlock detected" | "canceling statement due to lock timeout")
}

impl Error {
    /// True when the connection went away under a read or is being re-established: the read may run again.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        match self {
            Self::Query(error) => is_lost(error),
            Self::Busy(_) => true,
            Self::Waited => false,
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
            Self::Busy(what) => write!(f, "database busy: {what}"),
            Self::Waited => f.write_str("a transaction waited for something that is not a query"),
        }
    }
}

impl std::error::Error for Error {}
