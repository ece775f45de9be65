//! `private_key_jwt` (RFC 7523): a client proves itself with a key whose public half it registered.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta};
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
/// An assertion lives at most this long, so that used ones need not be remembered for ever. Common libraries give it an
/// hour unless they are told otherwise.
const LONGEST: TimeDelta = TimeDelta::minutes(60);
/// How far a client's clock may be ahead.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// What an assertion says that its key has signed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    jti: Option<String>,
    exp: Option<i64>,
    nbf: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// What an assertion came to.
pub(super) enum Outcome {
    /// It proves the client.
    Proven,
    /// It is not signed by a key of the client.
    Unsigned,
    /// It is signed by the client, which is told what is wrong with it: only who has the key learns that.
    Wrong(Cow<'static, str>),
}

/// The client that an assertion names, before anything is proven.
pub(super) fn named_client(assertion: &str) -> Option<ClientId> {
    let claims: Claims = jsonwebtoken::dangerous::insecure_decode_claims(assertion).ok()?;
    claims.sub?.parse().ok()
}

/// Whether the assertion proves the client; its `jti` is used up by it.
pub(super) async fn prove(
    tokens: &TokenService,
    client: &store::ClientRow,
    assertion: String,
) -> Result<Outcome, Problem> {
    let Some(jwks) = client.jwks.clone() else { return Ok(Outcome::Unsigned) };
    let verified = tokens.verifying().run(move || verified(&jwks, &assertion)).await?;
    let Some(claims) = verified else { return Ok(Outcome::Unsigned) };
    let now = tokens.clock().now();
    let (jti, expires_at) = match claims.checked(client.id, tokens.issuer(), now) {
        Ok(checked) => checked,
        Err(wrong) => return Ok(Outcome::Wrong(wrong)),
    };
    let id = client.id;
    let first_use = tokens
        .store()
        .write(async move |db| Ok::<_, Problem>(store::use_assertion(db, id, jti, expires_at, now).await?))
        .await?;
    Ok(if first_use == 1 {
        Outcome::Proven
    } else {
        Outcome::Wrong("this jti was used before: every assertion needs one of its own".into())
    })
}

/// The claims of an assertion that a key of the set has signed.
fn verified(jwks: &str, assertion: &str) -> Option<Claims> {
    let header = jsonwebtoken::decode_header(assertion).ok()?;
    if !ALGORITHMS.iter().any(|(algorithm, _)| *algorithm == header.alg) {
        return None;
    }
    let keys: JwkSet = serde_json::from_str(jwks).ok()?;
    let mut rules = Validation::new(header.alg);
    // The signature alone: what is signed is judged by us, who can say what is wrong with it.
    (rules.validate_exp, rules.validate_aud) = (false, false);
    rules.set_required_spec_claims::<&str>(&[]);
    keys.keys
        .iter()
        .filter(|key| header.kid.is_none() || key.common.key_id == header.kid)
        .filter_map(|key| DecodingKey::from_jwk(key).ok())
        .find_map(|key| jsonwebtoken::decode::<Claims>(assertion, &key, &rules).ok())
        .map(|token| token.claims)
}

impl Claims {
    /// The `jti` to use up and until when to remember it, or what is wrong.
    fn checked(self, client: ClientId, issuer: &str, now: Instant) -> Result<(String, Instant), Cow<'static, str>> {
        let id = client.to_string();
        if self.iss.as_ref() != Some(&id) || self.sub.as_ref() != Some(&id) {
            return Err("iss and sub of the assertion must both be the client's id".into());
        }
        let (now, endpoint) = (now.utc(), format!("{issuer}/oauth2/token"));
        // RFC 7523, 3: the issuer or the token endpoint; clients differ.
        let is_ours = |audience: &String| audience == issuer || *audience == endpoint;
        let is_for_us = self.aud.is_some_and(|audience| match audience {
            Audience::One(one) => is_ours(&one),
            Audience::Many(many) => many.iter().any(is_ours),
        });
        if !is_for_us {
            return Err(format!("aud of the assertion must be {issuer} or {endpoint}").into());
        }
        let expires_at = self.exp.and_then(|exp| DateTime::from_timestamp(exp, 0));
        let Some(expires_at) = expires_at else { return Err("the assertion has no exp".into()) };
        if expires_at <= now {
            return Err("the assertion has expired; the service's time is in the Date header of this answer".into());
        }
        if expires_at > now + LONGEST + LEEWAY {
            let minutes = LONGEST.num_minutes();
            return Err(format!("the assertion lives too long: exp may be at most {minutes} minutes away").into());
        }
        if self.nbf.is_some_and(|nbf| nbf > (now + LEEWAY).timestamp()) {
            return Err("the assertion is not valid yet: its nbf is still to come".into());
        }
        let jti = self.jti.filter(|jti| (1..=200).contains(&jti.len()));
        Ok((jti.ok_or("the assertion must have a jti of 1 to 200 characters")?, Instant::from(expires_at)))
    }
}
