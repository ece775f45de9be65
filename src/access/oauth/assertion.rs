//! `private_key_jwt` (RFC 7523): a client proves itself with a key whose public half it registered.

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;

use super::{TokenService, store};
use crate::base::{
    db::types::{ClientId, Instant},
    problem::Problem,
};

/// What assertions may be signed with; never `none`, never a shared secret.
pub const ALGORITHMS: [(Algorithm, &str); 4] = [
    (Algorithm::ES256, "ES256"),
    (Algorithm::RS256, "RS256"),
    (Algorithm::PS256, "PS256"),
    (Algorithm::EdDSA, "EdDSA"),
];
/// An assertion lives at most this long, so that used ones need not be remembered for ever.
const LONGEST: TimeDelta = TimeDelta::minutes(10);

#[derive(Debug, Clone, Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    exp: i64,
    nbf: Option<i64>,
}

/// The client that an assertion names, before anything is proven.
pub(super) fn named_client(assertion: &str) -> Option<ClientId> {
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(assertion).ok()?;
    claims.sub.parse().ok()
}

/// Whether the assertion proves the client; its `jti` is used up by it.
pub(super) async fn proves(tokens: &TokenService, client: &store::ClientRow, assertion: &str) -> Result<bool, Problem> {
    let Some(claims) = client.jwks.as_deref().and_then(|jwks| verified(tokens, client.id, jwks, assertion)) else {
        return Ok(false);
    };
    let now = tokens.clock().now();
    let Some(expires_at) = chrono::DateTime::from_timestamp(claims.exp, 0) else {
        return Ok(false);
    };
    let early = claims.nbf.is_some_and(|nbf| nbf > now.utc().timestamp() + 30);
    if early || expires_at <= now.utc() || expires_at > now.utc() + LONGEST || !(1..=200).contains(&claims.jti.len()) {
        return Ok(false);
    }
    let (id, expires_at) = (client.id, Instant::from(expires_at));
    let first_use = tokens
        .store()
        .write(async move |db| Ok::<_, Problem>(store::use_assertion(db, id, claims.jti, expires_at, now).await?))
        .await?;
    Ok(first_use == 1)
}

fn verified(tokens: &TokenService, client: ClientId, jwks: &str, assertion: &str) -> Option<Claims> {
    let header = jsonwebtoken::decode_header(assertion).ok()?;
    if !ALGORITHMS.iter().any(|(algorithm, _)| *algorithm == header.alg) {
        return None;
    }
    let keys: JwkSet = serde_json::from_str(jwks).ok()?;
    let mut rules = Validation::new(header.alg);
    // RFC 7523, 3: the issuer or the token endpoint; clients differ.
    rules.set_audience(&[tokens.issuer().to_owned(), format!("{}/oauth2/token", tokens.issuer())]);
    rules.set_issuer(&[client.to_string()]);
    rules.sub = Some(client.to_string());
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_exp = false;
    keys.keys
        .iter()
        .filter(|key| header.kid.is_none() || key.common.key_id == header.kid)
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| jsonwebtoken::decode::<Claims>(assertion, &key, &rules).ok())
        .map(|token| token.claims)
}
