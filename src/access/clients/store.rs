//! Clients in the database.

use super::model::{Client, ClientFilter};
use crate::base::{
    db::{
        Among, in_subtree,
        prelude::*,
        schema::{clients, organizations},
        types::{ClientId, SourceCode},
    },
    subtree::Subtree,
};

/// Clients that are bound to organizations of a part of the tree.
macro_rules! within {
    ($under:expr) => {
        clients::table.filter(
            clients::organization.eq_any(organizations::table.filter(Among::of(&$under)).select(organizations::code)),
        )
    };
}

/// Clients of the part that match.
macro_rules! matching {
    ($under:expr, $filter:expr) => {{
        let mut query = within!($under).into_boxed();
        if let Some(status) = $filter.status {
            query = query.filter(clients::status.eq(status));
        }
        query
    }};
}

/// Every client, oldest first.
pub async fn list(db: &mut Db) -> QueryResult<Vec<Client>> {
    both!(db, |c| clients::table.order(clients::id).select(Client::as_select()).load(c))
}

/// One client of the part.
pub async fn find(db: &mut Db, under: &Subtree, id: ClientId) -> QueryResult<Option<Client>> {
    let under = under.clone();
    both!(db, |c| clients::table
        .filter(in_subtree!(clients::organization, under))
        .filter(clients::id.eq(id))
        .select(Client::as_select())
        .load(c))
    .map(only)
}

/// The client that owns the records of a source system, wherever it is bound.
pub async fn find_owner(db: &mut Db, source: &SourceCode) -> QueryResult<Option<Client>> {
    let source = source.clone();
    both!(db, |c| clients::table.filter(clients::source.eq(source)).select(Client::as_select()).load(c)).map(only)
}

/// One client of the part, kept from change by others until the transaction ends.
pub async fn lock(db: &mut Db, under: &Subtree, id: ClientId) -> QueryResult<Option<Client>> {
    let under = under.clone();
    both!(
        db,
        pg | c
            | clients::table
                .filter(in_subtree!(clients::organization, under))
                .filter(clients::id.eq(id))
                .select(Client::as_select())
                .for_no_key_update()
                .load(c),
        sqlite
            | c
            | clients::table
                .filter(in_subtree!(clients::organization, under))
                .filter(clients::id.eq(id))
                .select(Client::as_select())
                .load(c)
    )
    .map(only)
}

/// The clients that match, by id, after the id `after`.
pub async fn list_within(
    db: &mut Db,
    under: &Subtree,
    filter: &ClientFilter,
    after: Option<ClientId>,
    rows: i64,
) -> QueryResult<Vec<Client>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter);
        if let Some(after) = after {
            query = query.filter(clients::id.gt(after));
        }
        query.order(clients::id).limit(rows).select(Client::as_select()).load(c)
    })
}

/// How many clients match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &ClientFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter).count().get_result(c))
}

/// Adds a client.
pub async fn insert(db: &mut Db, client: &Client) -> QueryResult<usize> {
    let row = client.clone();
    both!(db, |c| diesel::insert_into(clients::table).values(row).execute(c))
}

/// Puts what may change of a client in place: how it proves itself, and whether it may call.
pub async fn replace(db: &mut Db, client: &Client) -> QueryResult<usize> {
    let Client { id, secret_hash, jwks, status, version, updated_at, .. } = client.clone();
    both!(db, |c| diesel::update(clients::table.find(id))
        .set((
            clients::secret_hash.eq(secret_hash),
            clients::jwks.eq(jwks),
            clients::status.eq(status),
            clients::version.eq(version),
            clients::updated_at.eq(updated_at),
        ))
        .execute(c))
}
