//! Clients in the database.

use super::model::Client;
use crate::db::{
    prelude::*,
    schema::clients,
    types::{ClientId, Instant},
};

/// Every client, oldest first.
pub async fn list(db: &mut Db) -> QueryResult<Vec<Client>> {
    both!(db, |c| clients::table.order(clients::id).select(Client::as_select()).load(c))
}

/// Adds a client.
pub async fn insert(db: &mut Db, client: &Client) -> QueryResult<usize> {
    let row = client.clone();
    both!(db, |c| diesel::insert_into(clients::table).values(row).execute(c))
}

/// Puts another secret in place; 0 when there is no such client.
pub async fn set_secret(db: &mut Db, id: ClientId, hash: String, now: Instant) -> QueryResult<usize> {
    both!(db, |c| diesel::update(clients::table.find(id))
        .set((clients::secret_hash.eq(Some(hash)), clients::updated_at.eq(now)))
        .execute(c))
}
