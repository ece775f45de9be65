//! Clients on the wire and in the table.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    auth::{ScopeName, Scopes},
    db::{
        prelude::*,
        schema::clients,
        types::{ClientId, Instant, OrgCode, ShortText, SourceCode, string_enum},
    },
    page::page,
    problem::Problem,
    resource::Versioned,
};

string_enum! {
    /// Whether a client may call (trạng thái hệ thống kết nối).
    ClientStatus {
        /// It may call (đang dùng).
        Active = "active",
        /// It is stopped, tokens and all (tạm dừng).
        Suspended = "suspended",
    }
}

string_enum! {
    /// How a client proves itself at `/oauth2/token` (cách xác thực).
    ClientProof {
        /// By a secret that the service gave it (khóa bí mật).
        Secret = "client_secret",
        /// By an assertion signed with a key of its own (RFC 7523; chữ ký số).
        Keys = "private_key_jwt",
    }
}

/// A machine caller as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
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
    /// Whether it may call.
    pub status: ClientStatus,
    /// Counts from 1.
    pub version: i32,
    /// When it was added.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl Versioned for Client {
    fn version(&self) -> i32 {
        self.version
    }
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

/// A machine caller (hệ thống kết nối); its secret is never shown again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientRecord {
    /// Its id: `client_id` at `/oauth2/token`.
    pub id: ClientId,
    /// What people call it.
    #[schema(example = "Nền tảng quản lý văn bản")]
    pub name: ShortText,
    /// It sees this organization and those below.
    pub organization: OrgCode,
    /// The source system whose records it owns.
    pub source: Option<SourceCode>,
    /// What it may do (quyền).
    pub scopes: Vec<ScopeName>,
    /// How it proves itself.
    pub proof: ClientProof,
    /// Whether it may call.
    pub status: ClientStatus,
    /// Counts from 1, one up for another status, other keys or another secret; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was added.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl Versioned for ClientRecord {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(ClientPage, ClientRecord, "clients");

impl Client {
    /// What the scopes column says.
    ///
    /// # Errors
    /// `internal` when it says what no scope is.
    pub fn granted(&self) -> Result<Scopes, Problem> {
        self.scopes.parse().map_err(|_| Problem::internal("a client's scopes cannot be read"))
    }

    /// The wire form, without what is secret.
    ///
    /// # Errors
    /// Those of [`Client::granted`].
    pub fn record(self) -> Result<ClientRecord, Problem> {
        let scopes = self.granted()?.iter().collect();
        Ok(ClientRecord {
            id: self.id,
            name: self.name,
            organization: self.organization,
            source: self.source,
            scopes,
            proof: if self.jwks.is_some() { ClientProof::Keys } else { ClientProof::Secret },
            status: self.status,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// A client (hệ thống kết nối) with its new secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClientCredentials {
    /// The client.
    pub client: ClientRecord,
    /// Its secret, shown this once; null for a client with keys of its own, and when a POST is repeated with its `Idempotency-Key`.
    #[schema(example = "tds_…")]
    pub secret: Option<String>,
}

impl Versioned for ClientCredentials {
    fn version(&self) -> i32 {
        self.client.version
    }
}

/// A client (hệ thống kết nối) to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientCreate {
    /// What people call it.
    #[schema(example = "Nền tảng quản lý văn bản")]
    pub name: ShortText,
    /// It will see this organization and those below.
    pub organization: OrgCode,
    /// What it may do (quyền): nothing that the caller may not.
    #[schema(min_items = 1)]
    pub scopes: Vec<ScopeName>,
    /// Its public keys as a JWK set, instead of a secret.
    #[schema(value_type = Option<Object>)]
    pub jwks: Option<Map<String, Value>>,
}

impl From<ClientCreate> for NewClient {
    fn from(new: ClientCreate) -> Self {
        Self {
            name: new.name,
            organization: new.organization,
            // Whose records a client owns is settled by the operator, who knows the systems (`tiendo client add --source`).
            source: None,
            scopes: new.scopes.into_iter().collect::<Scopes>().to_string(),
            jwks: new.jwks.map(|jwks| Value::Object(jwks).to_string()),
        }
    }
}

/// What may change of a client (hệ thống kết nối): a merge patch (RFC 7396), where what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPatch {
    /// `suspended` stops it at once, tokens and all; `active` lets it call again.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub status: Option<ClientStatus>,
    /// Its public keys from now on, as a JWK set: the keys before, or the secret before, stop working at once.
    #[schema(nullable = false, value_type = Option<Object>)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub jwks: Option<Map<String, Value>>,
}

/// Which clients to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ClientFilter {
    /// Only clients of this organization and those below it.
    pub under: Option<OrgCode>,
    /// Only clients in this status.
    pub status: Option<ClientStatus>,
}
