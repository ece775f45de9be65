//! Which rows of a push are new, changed or known: decided under any concurrency by the database.

mod postgres;
mod sqlite;

use postgres::BulkUpsert;

use crate::{
    base::db::{
        prelude::*,
        types::{Instant, ObservationId},
    },
    figures::observations::model::Row,
};

/// What the table holds for a row that was pushed.
#[derive(Debug, Clone, Copy)]
pub struct UpsertResult {
    /// Whether this push wrote it; otherwise it was known so.
    pub is_written: bool,
    pub id: ObservationId,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Id, version, first and last moment of a row.
pub(super) type Stored = (ObservationId, i32, Instant, Instant);

impl UpsertResult {
    pub(super) fn of(is_written: bool, (id, version, created_at, updated_at): Stored) -> Self {
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
pub async fn upsert(db: &mut Db, rows: &[Row]) -> QueryResult<Vec<UpsertResult>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    if let Db::Sqlite(writer) = db {
        let rows = rows.to_vec();
        return writer.run(move |c| rows.into_iter().map(|row| sqlite::upsert_one(c, row)).collect()).await;
    }
    let found = both!(db, pg | c | BulkUpsert::of(rows).load(c)).unwrap_or(Ok(Vec::new()))?;
    postgres::upserted(db, rows, found).await
}
