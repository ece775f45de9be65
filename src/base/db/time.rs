//! The database's clock, and how long its open writes have been so.

use diesel::{
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::Nullable,
};

use super::{
    prelude::*,
    types::{Instant, sql},
};

/// What a session of PostgreSQL is called while it only reads: such a one holds no watermark back.
pub(super) const READING: &str = "tiendo reading";

diesel::define_sql_function! {
    fn clock_timestamp() -> sql::Instant;
}

/// PostgreSQL's time; none on SQLite, which has no clock of its own.
pub async fn time_of_database(db: &mut Db) -> QueryResult<Option<Instant>> {
    both!(db, pg | c | diesel::select(clock_timestamp()).get_result(c)).transpose()
}

/// PostgreSQL's time, and since when its oldest open write is so, if any is; none on SQLite.
pub async fn open_writes(db: &mut Db) -> QueryResult<Option<(Instant, Option<Instant>)>> {
    both!(db, pg | c | OpenWrites.get_result(c)).transpose()
}

/// The time is that of the statement's arrival: a transaction that the statement does not see yet begins later.
struct OpenWrites;

impl QueryId for OpenWrites {
    type QueryId = Self;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for OpenWrites {
    type SqlType = (sql::Instant, Nullable<sql::Instant>);
}

impl QueryFragment<Pg> for OpenWrites {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT statement_timestamp(), min(xact_start) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND \
                      datname = current_database() AND backend_type = 'client backend' AND application_name <> '",
        );
        out.push_sql(READING);
        out.push_sql("'");
        Ok(())
    }
}
