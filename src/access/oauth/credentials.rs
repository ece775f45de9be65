//! How a client proves itself to the OAuth endpoints: a secret (in the form or by HTTP Basic) or a signed assertion.

use std::net::{IpAddr, Ipv4Addr};

use base64::{Engine, prelude::BASE64_STANDARD};
use subtle::ConstantTimeEq;

use super::{
    TokenService,
    assertion::{self, Outcome},
    hash_secret,
    model::Refusal,
    store,
};
use crate::base::{db::types::ClientId, problem::Problem, served::served};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The credentials of a form, before they are checked.
pub struct Credentials {
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// `client_id`.
    pub id: Option<String>,
    /// `client_secret`.
    pub secret: Option<String>,
    /// `client_assertion_type`.
    pub assertion_type: Option<String>,
    /// `client_assertion`.
    pub assertion: Option<String>,
}

/// What credentials come to.
enum Proof {
    Of(Box<store::ClientRow>),
    /// They cannot be read, or the client has to be told what is wrong with its assertion.
    Refused(Refusal),
    /// They prove nothing: a guess, perhaps, at this client.
    Wrong(Option<ClientId>),
}

/// Who the credentials prove; the inner error is the OAuth answer.
pub(super) async fn identify(
    tokens: &TokenService,
    credentials: Credentials,
) -> Result<Result<store::ClientRow, Refusal>, Problem> {
    let is_basic = credentials.authorization.is_some();
    let named = match prove(tokens, credentials).await? {
        Proof::Of(client) => return Ok(Ok(*client)),
        Proof::Refused(refusal) => return Ok(Err(Refusal { is_basic, ..refusal })),
        Proof::Wrong(named) => named,
    };
    let from = served().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |request| request.address());
    let limited = tokens.guesses().wrong(named, from, tokens.clock().now()).await;
    Ok(Err(limited.map_or_else(|| unproven(is_basic), |seconds| too_many(seconds, is_basic))))
}

/// What is sent more than once, or in no form that is offered, is refused before anybody is looked for.
fn settled(mut credentials: Credentials) -> Result<Credentials, Proof> {
    if let Some(value) = &credentials.authorization {
        let (id, secret) = basic_credentials(value).ok_or(Proof::Wrong(None))?;
        if credentials.secret.is_some() || credentials.assertion.is_some() {
            let rule = "send one kind of credentials, not two";
            return Err(Proof::Refused(Refusal::bad_request("invalid_request", rule)));
        }
        (credentials.id, credentials.secret) = (Some(id), Some(secret));
    }
    if credentials.assertion.is_some() && credentials.assertion_type.as_deref() != Some(ASSERTION_TYPE) {
        let rule = "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        return Err(Proof::Refused(Refusal::bad_request("invalid_request", rule)));
    }
    Ok(credentials)
}

async fn prove(tokens: &TokenService, credentials: Credentials) -> Result<Proof, Problem> {
    let credentials = match settled(credentials) {
        Ok(credentials) => credentials,
        Err(refused) => return Ok(refused),
    };
    let named = credentials.assertion.as_deref().and_then(assertion::named_client);
    let stated = credentials.id.as_deref().map(|id| id.parse::<ClientId>().ok());
    let id = match (named, stated) {
        (Some(named), Some(stated)) if stated != Some(named) => None,
        (Some(named), _) => Some(named),
        (None, stated) => stated.flatten(),
    };
    let Some(id) = id else { return Ok(Proof::Wrong(None)) };
    let client = tokens.store().read(async |db| Ok::<_, Problem>(store::find_client(db, id).await?)).await?;
    let Some(client) = client.filter(|client| client.status == "active") else {
        return Ok(Proof::Wrong(Some(id)));
    };
    let outcome = match (&credentials.secret, credentials.assertion) {
        (Some(secret), None) if knows_secret(&client, secret) => Outcome::Proven,
        (None, Some(assertion)) => assertion::prove(tokens, &client, assertion).await?,
        _ => Outcome::Unsigned,
    };
    Ok(match outcome {
        Outcome::Proven => Proof::Of(Box::new(client)),
        Outcome::Unsigned => Proof::Wrong(Some(id)),
        Outcome::Wrong(description) => Proof::Refused(Refusal { description, ..unproven(false) }),
    })
}

fn knows_secret(client: &store::ClientRow, secret: &str) -> bool {
    let Some(kept) = &client.secret_hash else { return false };
    kept.as_bytes().ct_eq(hash_secret(secret).as_bytes()).into()
}

/// RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
fn basic_credentials(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    form_urlencoded::parse(text.as_bytes()).next().map_or_else(String::new, |(decoded, _)| decoded.into_owned())
}

fn unproven(is_basic: bool) -> Refusal {
    let description = "unknown client, wrong credentials, or a client that is suspended".into();
    Refusal { status: 401, error: "invalid_client", description, is_basic, retry_after: None }
}

/// RFC 6585, 4; the word of RFC 6749 stays, for it is what the credentials still are.
fn too_many(seconds: u32, is_basic: bool) -> Refusal {
    let description = "too many wrong credentials from this address; the right ones are taken at any time".into();
    Refusal { status: 429, description, retry_after: Some(seconds), ..unproven(is_basic) }
}
