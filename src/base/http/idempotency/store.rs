//! The kept answers.

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

type Row = (String, i32, Option<String>, Option<String>, String, Instant);

/// An answer that was kept.
pub struct Kept {
    pub fingerprint: String,
    pub answer: JsonResponse,
    pub created_at: Instant,
}

/// What is kept under the key, however old.
pub async fn find(db: &mut Db, client: ClientId, key: &str) -> QueryResult<Option<Kept>> {
    let key = key.to_owned();
    let rows: Vec<Row> = both!(db, |c| kept::table
        .filter(kept::client.eq(client).and(kept::key.eq(key)))
        .select((kept::fingerprint, kept::status, kept::location, kept::etag, kept::body, kept::created_at))
        .load(c))?;
    Ok(only(rows).map(|(fingerprint, status, location, etag, body, created_at)| {
        let status = u16::try_from(status).unwrap_or(200);
        Kept { fingerprint, answer: JsonResponse { status, location, etag, body, replayed: true }, created_at }
    }))
}

/// Makes room under the key for a new answer.
pub async fn delete(db: &mut Db, client: ClientId, key: &str) -> QueryResult<usize> {
    let key = key.to_owned();
    both!(db, |c| diesel::delete(kept::table.find((client, key))).execute(c))
}

/// Deletes about `rows` answers that were kept before `oldest`: those of the same instant go together.
pub async fn delete_before(db: &mut Db, oldest: Instant, rows: i64) -> QueryResult<usize> {
    let last = both!(db, |c| kept::table
        .filter(kept::created_at.lt(oldest))
        .order(kept::created_at)
        .select(kept::created_at)
        .limit(rows)
        .load::<Instant>(c))?
    .pop();
    let Some(last) = last else { return Ok(0) };
    both!(db, |c| diesel::delete(kept::table.filter(kept::created_at.le(last))).execute(c))
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
