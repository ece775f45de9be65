//! Clients in the table.

use crate::db::{
    prelude::*,
    schema::clients,
    types::{ClientId, Instant, OrgCode, ShortText, SourceCode},
};

/// A machine caller.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = clients, treat_none_as_default_value = false)]
pub struct Client {
    /// Its id: `client_id`.
    pub id: ClientId,
    /// What people call it.
    pub name: ShortText,
    /// It sees this organization and those below.
    pub organization: OrgCode,
    /// The source system whose records it owns.
    pub source: Option<SourceCode>,
    /// Words separated by spaces.
    pub scopes: String,
    /// Hash of its secret.
    pub secret_hash: Option<String>,
    /// Its public keys, for `private_key_jwt`.
    pub jwks: Option<String>,
    /// `active` or `suspended`.
    pub status: String,
    /// When it was added.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// What to add.
#[derive(Debug, Clone)]
pub struct NewClient {
    /// What people call it.
    pub name: ShortText,
    /// Its part of the tree.
    pub organization: OrgCode,
    /// The source system whose records it owns.
    pub source: Option<SourceCode>,
    /// A profile, or scopes.
    pub scopes: String,
    /// Its public keys as a JWK set, instead of a secret.
    pub jwks: Option<String>,
}
