//! What authentication reads and keeps.

use crate::base::db::{
    prelude::*,
    schema::{clients, organizations, revoked_tokens, signing_keys, used_assertions},
    types::{ClientId, Instant, OrgCode, SourceCode},
};

/// A signing key as it is kept.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = signing_keys)]
pub struct KeyRow {
    pub kid: String,
    pub private_key: String,
    pub not_before: Instant,
}

/// What authentication needs of a client.
#[derive(Queryable, Clone)]
pub struct ClientRow {
    pub id: ClientId,
    pub name: String,
    pub organization: OrgCode,
    pub path: String,
    pub source: Option<SourceCode>,
    pub scopes: String,
    pub secret_hash: Option<String>,
    pub jwks: Option<String>,
    pub status: String,
}

/// Every key, oldest turn first.
pub async fn keys(db: &mut Db) -> QueryResult<Vec<KeyRow>> {
    both!(db, |c| signing_keys::table
        .order((signing_keys::not_before, signing_keys::kid))
        .select(KeyRow::as_select())
        .load(c))
}

/// Every key, with other instances kept from adding one until the transaction ends.
pub async fn lock_keys(db: &mut Db) -> QueryResult<Vec<KeyRow>> {
    both!(db, pg | c | diesel::sql_query("LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE").execute(c))
        .transpose()?;
    keys(db).await
}

/// Adds a key.
pub async fn insert_key(db: &mut Db, key: KeyRow) -> QueryResult<usize> {
    both!(db, |c| diesel::insert_into(signing_keys::table).values(key).execute(c))
}

/// The client, and where its organization stands in the tree.
pub async fn find_client(db: &mut Db, id: ClientId) -> QueryResult<Option<ClientRow>> {
    both!(db, |c| clients::table
        .inner_join(organizations::table)
        .filter(clients::id.eq(id))
        .select((
            clients::id,
            clients::name,
            clients::organization,
            organizations::path,
            clients::source,
            clients::scopes,
            clients::secret_hash,
            clients::jwks,
            clients::status,
        ))
        .load(c))
    .map(only)
}

/// Whether a token was taken back.
pub async fn is_revoked(db: &mut Db, jti: &str) -> QueryResult<bool> {
    let jti = jti.to_owned();
    let found: Vec<String> =
        both!(db, |c| revoked_tokens::table.filter(revoked_tokens::jti.eq(jti)).select(revoked_tokens::jti).load(c))?;
    Ok(!found.is_empty())
}

/// Takes a token back; the row is of use until the token would have expired.
pub async fn revoke(db: &mut Db, jti: String, expires_at: Instant) -> QueryResult<usize> {
    both!(db, |c| diesel::insert_into(revoked_tokens::table)
        .values((revoked_tokens::jti.eq(jti), revoked_tokens::expires_at.eq(expires_at)))
        .on_conflict_do_nothing()
        .execute(c))
}

/// Notes that an assertion was used; 0 when it had been before. The `jti` of one that expired may be used anew.
pub async fn use_assertion(
    db: &mut Db,
    client: ClientId,
    jti: String,
    expires_at: Instant,
    now: Instant,
) -> QueryResult<usize> {
    let id = jti.clone();
    let first = both!(db, |c| diesel::insert_into(used_assertions::table)
        .values((
            used_assertions::client.eq(client),
            used_assertions::jti.eq(jti),
            used_assertions::expires_at.eq(expires_at),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if first > 0 {
        return Ok(first);
    }
    let expired = used_assertions::table.find((client, id)).filter(used_assertions::expires_at.lt(now));
    both!(db, |c| diesel::update(expired).set(used_assertions::expires_at.eq(expires_at)).execute(c))
}

/// Deletes about `rows` revocations of tokens that have expired since: those of the same instant go together.
pub async fn delete_revoked(db: &mut Db, now: Instant, rows: i64) -> QueryResult<usize> {
    let last = both!(db, |c| revoked_tokens::table
        .filter(revoked_tokens::expires_at.lt(now))
        .order(revoked_tokens::expires_at)
        .select(revoked_tokens::expires_at)
        .limit(rows)
        .load::<Instant>(c))?
    .pop();
    let Some(last) = last else { return Ok(0) };
    both!(db, |c| diesel::delete(revoked_tokens::table.filter(revoked_tokens::expires_at.le(last))).execute(c))
}

/// Deletes about `rows` notes of used assertions that have expired since: those of the same instant go together.
pub async fn delete_assertions(db: &mut Db, now: Instant, rows: i64) -> QueryResult<usize> {
    let last = both!(db, |c| used_assertions::table
        .filter(used_assertions::expires_at.lt(now))
        .order(used_assertions::expires_at)
        .select(used_assertions::expires_at)
        .limit(rows)
        .load::<Instant>(c))?
    .pop();
    let Some(last) = last else { return Ok(0) };
    both!(db, |c| diesel::delete(used_assertions::table.filter(used_assertions::expires_at.le(last))).execute(c))
}
