//! Leases in PostgreSQL. The time is the database's own in every statement: the clocks of two machines may differ by
//! more than a lease lasts. SQLite has none of this: one process serves a file.

use diesel::{dsl::sql, query_dsl::methods};

use crate::base::db::{prelude::*, schema::leases, types::sql::Instant};

diesel::define_sql_function! {
    /// When the transaction began: after a wait for a lock this is early, so a lease is rather too short than too long.
    fn now() -> Instant;
}

/// When a lease that is taken or renewed now runs out. An instance that dies as it renews, and another that looks once
/// a second: the work goes on within 4.5 seconds, and a renewal may fail twice.
const END: &str = "now() + interval '3500 milliseconds'";

/// Whether another than the holder has the lease. Asked before [`take`], which locks the row against those who work
/// under the lease.
pub async fn is_taken(db: &mut Db, name: &'static str, holder: String) -> QueryResult<bool> {
    let others = leases::table.filter(leases::name.eq(name).and(leases::holder.ne(holder)));
    let tokens: Option<QueryResult<Vec<i64>>> =
        both!(db, pg | c | others.filter(leases::expires_at.gt(now())).select(leases::token).load(c));
    Ok(tokens.transpose()?.is_some_and(|tokens| !tokens.is_empty()))
}

/// Writes what means nothing, to find out whether it would be kept: a row that no lease has, or on SQLite a number in the
/// head of the file that nothing reads. A row that another instance is just writing is as good a proof.
pub async fn touch(db: &mut Db) -> QueryResult<()> {
    const AGAIN: &str = "UPDATE leases SET expires_at = now() WHERE name = \
                         (SELECT name FROM leases WHERE name = 'ready' FOR NO KEY UPDATE SKIP LOCKED)";
    const FIRST: &str = "INSERT INTO leases (name, holder, token, expires_at) VALUES ('ready', '', 0, now()) \
                         ON CONFLICT (name) DO NOTHING";
    let touched = both!(
        db,
        pg | c | diesel::sql_query(AGAIN).execute(c),
        sqlite | c | diesel::sql_query("PRAGMA user_version = 0").execute(c).map(|_| 1)
    )?;
    if touched == 0 {
        both!(db, pg | c | diesel::sql_query(FIRST).execute(c)).transpose()?;
    }
    Ok(())
}

/// Takes the lease when nobody has it, or the holder itself; the inner `None` when another was quicker, the outer on
/// SQLite.
pub async fn take(db: &mut Db, name: &'static str, holder: String) -> QueryResult<Option<Option<i64>>> {
    let end = || leases::expires_at.eq(sql::<Instant>(END));
    let first = (leases::name.eq(name), leases::holder.eq(holder.clone()), leases::token.eq(1), end());
    let next = (leases::holder.eq(holder.clone()), leases::token.eq(leases::token + 1), end());
    let upsert = diesel::insert_into(leases::table).values(first).on_conflict(leases::name).do_update().set(next);
    let upsert = methods::FilterDsl::filter(upsert, leases::expires_at.le(now()).or(leases::holder.eq(holder)));
    let tokens: Option<QueryResult<Vec<i64>>> = both!(db, pg | c | upsert.returning(leases::token).load(c));
    Ok(tokens.transpose()?.map(only))
}

/// Keeps the lease for another while; 0 when another has taken it since.
pub async fn renew(db: &mut Db, name: &'static str, token: i64) -> QueryResult<usize> {
    let held = leases::table.filter(leases::name.eq(name).and(leases::token.eq(token)));
    let end = leases::expires_at.eq(sql::<Instant>(END));
    both!(db, pg | c | diesel::update(held).set(end).execute(c)).unwrap_or(Ok(1))
}

/// Gives the lease up at once.
pub async fn release(db: &mut Db, name: &'static str, token: i64) -> QueryResult<usize> {
    let held = leases::table.filter(leases::name.eq(name).and(leases::token.eq(token)));
    both!(db, pg | c | diesel::update(held).set(leases::expires_at.eq(now())).execute(c)).unwrap_or(Ok(1))
}

/// Whether the lease is still that of the token; until the transaction ends nobody else can take it. The weakest of the
/// row locks: it keeps out a new token, which is part of a key, and lets the holder renew.
pub async fn lock(db: &mut Db, name: &'static str, token: i64) -> QueryResult<bool> {
    let held = leases::table.filter(leases::name.eq(name).and(leases::token.eq(token)));
    let tokens: Option<QueryResult<Vec<i64>>> = both!(db, pg | c | held.select(leases::token).for_key_share().load(c));
    Ok(tokens.transpose()?.is_none_or(|tokens| !tokens.is_empty()))
}
