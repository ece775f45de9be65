//! How a client proves itself to the OAuth endpoints: a secret (in the form or by HTTP Basic) or a signed assertion.

use base64::{Engine, prelude::BASE64_STANDARD};
use subtle::ConstantTimeEq;

use super::{TokenService, assertion, hash_secret, model::Refusal, store};
use crate::base::{db::types::ClientId, problem::Problem};

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

/// Who the credentials prove; the inner error is the OAuth answer.
pub(super) async fn identify(
    tokens: &TokenService,
    mut credentials: Credentials,
) -> Result<Result<store::ClientRow, Refusal>, Problem> {
    let basic = credentials.authorization.is_some();
    if let Some(value) = &credentials.authorization {
        let Some((id, secret)) = basic_credentials(value) else {
            return Ok(Err(unproven(basic)));
        };
        if credentials.secret.is_some() || credentials.assertion.is_some() {
            return Ok(Err(Refusal::bad_request("invalid_request", "send one kind of credentials, not two")));
        }
        credentials.id = Some(id);
        credentials.secret = Some(secret);
    }
    if credentials.assertion.is_some() && credentials.assertion_type.as_deref() != Some(ASSERTION_TYPE) {
        return Ok(Err(Refusal::bad_request(
            "invalid_request",
            "client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )));
    }
    let named = credentials.assertion.as_deref().and_then(assertion::named_client);
    let stated = credentials.id.as_deref().map(|id| id.parse::<ClientId>().ok());
    let id = match (named, stated) {
        (Some(named), Some(stated)) if stated != Some(named) => None,
        (Some(named), _) => Some(named),
        (None, stated) => stated.flatten(),
    };
    let Some(id) = id else { return Ok(Err(unproven(basic))) };
    let client = tokens.store().read(async |db| Ok::<_, Problem>(store::find_client(db, id).await?)).await?;
    let Some(client) = client.filter(|client| client.status == "active") else {
        return Ok(Err(unproven(basic)));
    };
    let proven = match (&credentials.secret, &credentials.assertion) {
        (Some(secret), None) => knows_secret(&client, secret),
        (None, Some(assertion)) => assertion::proves(tokens, &client, assertion).await?,
        _ => false,
    };
    Ok(if proven { Ok(client) } else { Err(unproven(basic)) })
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
    let description = "unknown client, wrong credentials, or a client that is suspended";
    Refusal { status: 401, error: "invalid_client", description, is_basic }
}
