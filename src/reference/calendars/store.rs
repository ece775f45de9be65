//! Calendars in the database.

use super::model::CalendarRow;
use crate::base::db::{
    prelude::*,
    schema::calendars::{self, dsl},
};

/// Calendars by code, after the code `after`.
pub async fn list(db: &mut Db, after: Option<String>, rows: i64) -> QueryResult<Vec<CalendarRow>> {
    both!(db, |c| {
        calendars::table
            .filter(dsl::code.gt(after.unwrap_or_default()))
            .order(dsl::code)
            .limit(rows)
            .select(CalendarRow::as_select())
            .load(c)
    })
}

/// How many there are.
pub async fn count(db: &mut Db) -> QueryResult<i64> {
    both!(db, |c| calendars::table.count().get_result(c))
}

/// One calendar.
pub async fn find(db: &mut Db, code: &str) -> QueryResult<Option<CalendarRow>> {
    let code = code.to_owned();
    both!(db, |c| calendars::table.find(code).select(CalendarRow::as_select()).load(c)).map(only)
}

/// Adds a calendar unless its code is there already.
pub async fn insert_missing(db: &mut Db, row: CalendarRow) -> QueryResult<usize> {
    both!(db, |c| diesel::insert_into(calendars::table).values(row).on_conflict_do_nothing().execute(c))
}

/// Puts a new revision in the place of the old.
pub async fn replace(db: &mut Db, row: CalendarRow) -> QueryResult<usize> {
    let CalendarRow { code, version, content, updated_at } = row;
    both!(db, |c| diesel::update(calendars::table.find(code))
        .set((dsl::version.eq(version), dsl::content.eq(content), dsl::updated_at.eq(updated_at)))
        .execute(c))
}
