//! How a client proves itself to the OAuth endpoints: a secret (in the form or by HTTP Basic) or a signed assertion.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use subtle::ConstantTimeEq;

use super::{Authority, assertion, hash_secret, store, token::refuse};
use crate::{db::types::ClientId, problem::Problem};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The credentials of a form, before they are checked.
pub(super) struct Credentials {
    pub id: Option<String>,
    pub secret: Option<String>,
    pub assertion_type: Option<String>,
    pub assertion: Option<String>,
}

/// Who the credentials prove; the inner error is the OAuth answer.
pub(super) async fn identify(
    authority: &Authority,
    request: &HttpRequest,
    mut credentials: Credentials,
) -> Result<Result<store::ClientRow, HttpResponse>, Problem> {
    let basic = request.headers().get(header::AUTHORIZATION).is_some();
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let Some((id, secret)) = basic_credentials(value) else {
            return Ok(Err(unproven(basic)));
        };
        if credentials.secret.is_some() || credentials.assertion.is_some() {
            return Ok(Err(refuse(400, "invalid_request", "send one kind of credentials, not two")));
        }
        credentials.id = Some(id);
        credentials.secret = Some(secret);
    }
    if credentials.assertion.is_some() && credentials.assertion_type.as_deref() != Some(ASSERTION_TYPE) {
        return Ok(Err(refuse(
            400,
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
    let client = authority.store().read(async |db| Ok::<_, Problem>(store::find_client(db, id).await?)).await?;
    let Some(client) = client.filter(|client| client.status == "active") else {
        return Ok(Err(unproven(basic)));
    };
    let proven = match (&credentials.secret, &credentials.assertion) {
        (Some(secret), None) => knows_secret(&client, secret),
        (None, Some(assertion)) => assertion::proves(authority, &client, assertion).await?,
        _ => false,
    };
    Ok(if proven { Ok(client) } else { Err(unproven(basic)) })
}

fn knows_secret(client: &store::ClientRow, secret: &str) -> bool {
    let Some(kept) = &client.secret_hash else { return false };
    kept.as_bytes().ct_eq(hash_secret(secret).as_bytes()).into()
}

/// RFC 6749, 2.3.1: both parts are form-encoded before they are joined.
fn basic_credentials(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
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

fn unproven(basic: bool) -> HttpResponse {
    let mut answer = refuse(401, "invalid_client", "unknown client, wrong credentials, or a client that is suspended");
    if basic {
        answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"tiendo\""));
    }
    answer
}
