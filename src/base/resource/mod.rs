//! What a versioned resource is, whatever it holds, and the one way in which a version of it comes to be.
//!
//! A rule locks the record, [`admit`]s the caller to it, makes the next version purely, and [`commit`]s it; what is new
//! is [`create`]d. So every write of every slice keeps one order (found, owner, precondition, rules), what is the same
//! makes no version and no entry, time never runs backwards, and no version is without its entry in the log.

mod column;
mod commit;
mod entry;
mod fields;
mod outcome;
mod patch;
mod precondition;

pub(crate) use column::columns;
pub use column::{Column, Given};
pub use commit::{Admitted, admit, admit_participant, commit, create, nothing_to_match};
pub use entry::{ensure_entries, entry, record};
pub(crate) use fields::fields;
pub use outcome::Outcome;
pub(crate) use patch::not_null;
pub use patch::{Apply, Patched};
pub use precondition::Precondition;

use url::Url;

use crate::base::{
    db::{
        Db, QueryError,
        types::{Instant, OrgCode, RecordKey, SourceCode},
    },
    log::Subject,
    problem::Problem,
};

/// What counts its versions; what is only ever added stays at 1.
pub trait Versioned {
    /// Counts from 1, one up for every accepted change.
    fn version(&self) -> i32;
}

/// What the log keeps an entry of.
pub trait Recorded: Versioned {
    /// What it is to the log.
    const SUBJECT: Subject;

    /// The number of the shape of [`Recorded::content`]: one up when a reader of old entries must be told them apart.
    const FORM: i16 = 1;

    /// Its id or code, as the log names it.
    fn key(&self) -> String;

    /// Which version it is in the log, from 1; what its ETag counts may be more.
    fn number(&self) -> i32 {
        self.version()
    }

    /// When this version was recorded.
    fn recorded_at(&self) -> Instant;

    /// The wire form as JSON, without what depends on the day on which it is read, and without what is secret.
    ///
    /// # Errors
    /// `internal` when it cannot be written.
    fn content(&self) -> Result<String, Problem>;
}

/// What is kept in versions: made once, changed under a condition, never removed.
pub trait Resource: Recorded + Clone + PartialEq {
    /// Whose it is: decides who may see it; none for what everybody may.
    fn organization(&self) -> Option<&OrgCode>;

    /// The system that owns it, and alone may change it; none when it was entered here.
    fn source(&self) -> Option<&SourceCode> {
        None
    }

    /// Where it is found by its key, to be named when the key is taken.
    fn place(&self) -> String;

    /// Makes it the version `number`, recorded at `at`.
    fn stamp(&mut self, number: i32, at: Instant);

    /// Adds it to its table; 0 when its key is taken.
    fn insert(&self, db: &mut Db) -> impl Future<Output = Result<usize, QueryError>>;

    /// Puts it in the place of `current` in its table.
    fn replace(&self, db: &mut Db, current: &Self) -> impl Future<Output = Result<(), QueryError>>;
}

/// Where a record of another system is found.
#[must_use]
pub fn place_by_key(list: &str, source: Option<&SourceCode>, key: Option<&RecordKey>) -> String {
    let (source, key) = (source.map_or("", SourceCode::as_str), key.map_or("", RecordKey::as_str));
    let mut place = Url::parse("http://service").ok();
    if let Some(mut segments) = place.as_mut().and_then(|place| place.path_segments_mut().ok()) {
        segments.extend(["v1", list, "by-key", source, key]);
    }
    place.map_or_else(String::new, |place| place.path().to_owned())
}

/// A record as the JSON of an entry.
///
/// # Errors
/// `internal` when it cannot be written.
pub fn json<T: serde::Serialize>(record: &T) -> Result<String, Problem> {
    sonic_rs::to_string(record).map_err(Problem::internal)
}
