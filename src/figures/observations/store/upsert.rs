//! Which rows of a push are new, changed or known: decided under any concurrency by the database.

use super::{
    at_once::{self, AllAtOnce},
    one_by_one,
};
use crate::{
    base::db::{
        prelude::*,
        types::{Instant, ObservationId},
    },
    figures::observations::model::Row,
};

/// What the table holds for a row that was pushed.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    /// Whether this push wrote it; otherwise it was known so.
    pub is_written: bool,
    pub id: ObservationId,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Id, version, first and last moment of a row.
pub(super) type Now = (ObservationId, i32, Instant, Instant);

impl Settled {
    pub(super) fn of(is_written: bool, (id, version, created_at, updated_at): Now) -> Self {
        Self { is_written, id, version, created_at, updated_at }
    }

    /// The row as it is in the table now.
    #[must_use]
    pub fn onto(&self, row: Row) -> Row {
        let Self { id, version, created_at, updated_at, .. } = *self;
        Row { id, version, created_at, updated_at, ..row }
    }
}

/// Inserts rows and replaces those that say something else; answers how each is settled, in the order given.
///
/// The rows must be sorted by key, or overlapping pushes could lock each other out.
pub async fn upsert(db: &mut Db, rows: &[Row]) -> QueryResult<Vec<Settled>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    if let Db::Sqlite(writer) = db {
        let rows = rows.to_vec();
        return writer.run(move |c| rows.into_iter().map(|row| one_by_one::settle(c, row)).collect()).await;
    }
    let found = both!(db, pg | c | AllAtOnce::of(rows).load(c)).unwrap_or(Ok(Vec::new()))?;
    at_once::settled(db, rows, found).await
}
