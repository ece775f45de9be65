//! The kept answers.

use chrono::TimeDelta;

use crate::base::{
    db::{
        prelude::*,
        schema::idempotency_keys as kept,
        types::{ClientId, Instant},
    },
    http::JsonResponse,
};

/// Takes the key for this transaction; false while another holds it. SQLite has one writer, so there is no other.
pub async fn lock(db: &mut Db, client: ClientId, key: &str) -> QueryResult<bool> {
    use sha2::{Digest, Sha256};
    let digest = Sha256::new().chain_update(client.0).chain_update(key).finalize();
    let number = digest.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes));
    both!(db, pg | c | diesel::select(pg_try_advisory_xact_lock(number)).get_result(c)).unwrap_or(Ok(true))
}

diesel::define_sql_function! {
    fn pg_try_advisory_xact_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool;
}

type Row = (String, i32, Option<String>, Option<String>, String);

/// The kept fingerprint and answer; one older than `days` is forgotten.
pub async fn find(
    db: &mut Db,
    client: ClientId,
    key: &str,
    now: Instant,
    days: i64,
) -> QueryResult<Option<(String, JsonResponse)>> {
    let (key, oldest) = (key.to_owned(), Instant::from(now.utc() - TimeDelta::days(days)));
    both!(db, |c| diesel::delete(kept::table.filter(kept::created_at.lt(oldest))).execute(c))?;
    let rows: Vec<Row> = both!(db, |c| kept::table
        .filter(kept::client.eq(client).and(kept::key.eq(key)))
        .select((kept::fingerprint, kept::status, kept::location, kept::etag, kept::body))
        .load(c))?;
    Ok(only(rows).map(|(fingerprint, status, location, etag, body)| {
        let status = u16::try_from(status).unwrap_or(200);
        (fingerprint, JsonResponse { status, location, etag, body, replayed: true })
    }))
}

/// Keeps an answer.
pub async fn insert(
    db: &mut Db,
    client: ClientId,
    key: String,
    fingerprint: String,
    answer: JsonResponse,
    now: Instant,
) -> QueryResult<usize> {
    both!(db, |c| diesel::insert_into(kept::table)
        .values((
            kept::client.eq(client),
            kept::key.eq(key),
            kept::fingerprint.eq(fingerprint),
            kept::status.eq(i32::from(answer.status)),
            kept::location.eq(answer.location),
            kept::etag.eq(answer.etag),
            kept::body.eq(answer.body),
            kept::created_at.eq(now),
        ))
        .execute(c))
}
