//! Clients (hệ thống kết nối): machine callers, bound to an organization. No default account exists.

pub mod model;
pub mod store;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Client, NewClient};

use crate::{
    auth::{Caller, Scopes, hash_secret},
    bilingual::say,
    clock::{new_id, random_bytes},
    db::{Db, types::ClientId},
    organizations,
    problem::Problem,
};

/// Adds a client; the secret is answered this once and kept only as a hash. A client with keys of its own gets none.
///
/// # Errors
/// 422 when the organization, the scopes or the keys are not valid; 409 when the source belongs to another client.
pub async fn create(db: &mut Db, caller: &Caller, new: NewClient) -> Result<(Client, Option<String>), Problem> {
    organizations::require(db, caller, "organization", std::slice::from_ref(&new.organization)).await?;
    let scopes = Scopes::of_profile(&new.scopes).map_err(|rule| Problem::field("scopes", "invalid-value", rule))?;
    if let Some(jwks) = &new.jwks
        && let Err(error) = serde_json::from_str::<jsonwebtoken::jwk::JwkSet>(jwks)
    {
        return Err(Problem::field(
            "jwks",
            "invalid-value",
            say!("không phải JWKS: {error}", "is not a JWK set: {error}"),
        ));
    }
    let secret = if new.jwks.is_none() { Some(new_secret()?) } else { None };
    let client = Client {
        id: ClientId(new_id()),
        name: new.name,
        organization: new.organization,
        source: new.source,
        scopes: scopes.to_string(),
        secret_hash: secret.as_deref().map(hash_secret),
        jwks: new.jwks,
        status: "active".to_owned(),
        created_at: caller.now(),
        updated_at: caller.now(),
    };
    store::insert(db, &client).await?;
    Ok((client, secret))
}

/// Gives every client of that name a new secret; the old one stops working at once.
///
/// # Errors
/// 404 when there is no such client.
pub async fn rotate(db: &mut Db, caller: &Caller, id: ClientId) -> Result<String, Problem> {
    let secret = new_secret()?;
    match store::set_secret(db, id, hash_secret(&secret), caller.now()).await? {
        0 => Err(Problem::not_found("client")),
        _ => Ok(secret),
    }
}

/// 256 random bits, with a prefix that secret scanners can be taught.
fn new_secret() -> Result<String, Problem> {
    let bytes = random_bytes::<32>().map_err(Problem::internal)?;
    Ok(format!("tds_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}
