//! The outbox table: inserted into and read, never updated by the write path.

mod bulk_insert;

use bulk_insert::BulkInsert;

use super::model::{Change, Subject};
use crate::base::db::{prelude::*, schema::changes};

/// Appends rows.
pub async fn insert(db: &mut Db, rows: Vec<Change>) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    both!(
        db,
        pg | c | BulkInsert::of(rows).execute(c),
        sqlite
            | c
            | rows.into_iter().try_fold(0, |done, row| {
                diesel::insert_into(changes::table).values(row).execute(c).map(|one| done + one)
            })
    )?;
    Ok(())
}

/// Versions after `after`, oldest first.
pub async fn history(db: &mut Db, subject: Subject, id: String, after: i32, rows: i64) -> QueryResult<Vec<Change>> {
    both!(db, |c| changes::table
        .filter(changes::subject.eq(subject).and(changes::subject_id.eq(id)).and(changes::version.gt(after)))
        .order(changes::version)
        .limit(rows)
        .select(Change::as_select())
        .load(c))
}

/// How many versions there are.
pub async fn count(db: &mut Db, subject: Subject, id: String) -> QueryResult<i64> {
    both!(db, |c| changes::table
        .filter(changes::subject.eq(subject).and(changes::subject_id.eq(id)))
        .count()
        .get_result(c))
}

/// Every key of a subject that has an entry; for subjects of which there are few.
pub async fn keys(db: &mut Db, subject: Subject) -> QueryResult<Vec<String>> {
    both!(db, |c| changes::table.filter(changes::subject.eq(subject)).select(changes::subject_id).distinct().load(c))
}
