//! The OAuth 2.0 endpoints: token, revocation, keys, metadata (RFC 6749, 7009, 7517, 8414).

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, HeaderValue},
    post,
    web::Data,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::{Authority, ScopeName, Scopes, assertion, hash_secret, store};
use crate::{
    db::types::{ClientId, Instant},
    http::Form,
    problem::Problem,
};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A request for an access token; the client proves itself in the form, or by HTTP Basic.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// Scopes wanted, separated by spaces; all that the client has when absent.
    #[schema(nullable = false, example = "tasks:assign tasks:read")]
    scope: Option<String>,
    /// The client's id, unless HTTP Basic or the assertion says it.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// The client's secret (`client_secret_post`).
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer` (`private_key_jwt`).
    #[schema(nullable = false)]
    client_assertion_type: Option<String>,
    /// The signed assertion (RFC 7523): `iss` = `sub` = the client's id, `aud` = the issuer or the token endpoint, `exp` within 10 minutes, `jti` used once.
    #[schema(nullable = false)]
    client_assertion: Option<String>,
}

/// A request to take a token back (RFC 7009).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// The access token.
    token: String,
    /// `access_token`; any other is ignored, as RFC 7009 asks.
    #[schema(nullable = false)]
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
    /// The client's id, unless HTTP Basic says it.
    #[schema(nullable = false)]
    client_id: Option<String>,
    /// The client's secret.
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    #[schema(nullable = false)]
    client_assertion_type: Option<String>,
    /// The signed assertion.
    #[schema(nullable = false)]
    client_assertion: Option<String>,
}

/// An access token.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it expires.
    #[schema(example = 900)]
    expires_in: i64,
    /// The scopes it carries.
    scope: String,
}

/// An OAuth error (RFC 6749, 5.2).
#[derive(Serialize, ToSchema)]
pub struct OauthError {
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// For people.
    error_description: &'static str,
}

/// The credentials of a form, before they are checked.
struct Credentials {
    id: Option<String>,
    secret: Option<String>,
    assertion_type: Option<String>,
    assertion: Option<String>,
}

/// Get an access token
#[utoipa::path(
    tag = "Start here", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenAnswer),
        (status = 400, body = OauthError), (status = 401, body = OauthError),
    ))]
#[post("/oauth2/token")]
pub async fn issue_token(
    request: HttpRequest,
    form: Form<TokenRequest>,
    authority: Data<Authority>,
) -> Result<HttpResponse, Problem> {
    let form = form.0;
    if form.grant_type != "client_credentials" {
        return Ok(refuse(400, "unsupported_grant_type", "only client_credentials is offered"));
    }
    let credentials = Credentials {
        id: form.client_id,
        secret: form.client_secret,
        assertion_type: form.client_assertion_type,
        assertion: form.client_assertion,
    };
    let client = match identify(&authority, &request, credentials).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(refusal),
    };
    let granted: Scopes = client.scopes.parse().map_err(|_| Problem::internal("a client's scopes cannot be read"))?;
    let scopes = match form.scope.as_deref().map(str::parse::<Scopes>) {
        None => granted,
        Some(Ok(wanted)) if wanted == wanted.intersection(&granted) && !wanted.is_empty() => wanted,
        Some(_) => {
            return Ok(refuse(400, "invalid_scope", "the client does not have all of these scopes"));
        }
    };
    let (access_token, expires_in) = authority.issue(client.id, &scopes)?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(TokenAnswer {
        access_token,
        token_type: "Bearer",
        expires_in,
        scope: scopes.to_string(),
    }))
}

/// Take an access token back
#[utoipa::path(
    tag = "Start here", security(()),
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Taken back, or never this client's token (RFC 7009, 2.2)."), (status = 401, body = OauthError)))]
#[post("/oauth2/revoke")]
pub async fn revoke_token(
    request: HttpRequest,
    form: Form<RevocationRequest>,
    authority: Data<Authority>,
) -> Result<HttpResponse, Problem> {
    let form = form.0;
    let credentials = Credentials {
        id: form.client_id,
        secret: form.client_secret,
        assertion_type: form.client_assertion_type,
        assertion: form.client_assertion,
    };
    let client = match identify(&authority, &request, credentials).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(refusal),
    };
    if let Ok(claims) = authority.claims(&form.token).await
        && claims.client_id == client.id.to_string()
        && let Some(expires_at) = chrono::DateTime::from_timestamp(claims.exp, 0)
    {
        let now = authority.clock().now();
        authority
            .store()
            .write(async move |db| {
                Ok::<_, Problem>(store::revoke(db, claims.jti, Instant::from(expires_at), now).await?)
            })
            .await?;
        authority.forget();
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// Who the credentials prove; the inner error is the OAuth answer.
async fn identify(
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

fn refuse(status: u16, error: &'static str, error_description: &'static str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or(actix_web::http::StatusCode::BAD_REQUEST);
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(OauthError { error, error_description })
}

/// The public keys that verify access tokens
#[utoipa::path(tag = "Start here", security(()), responses((status = 200, description = "A JWK set (RFC 7517); the next key is in it before it is used.", body = Object)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(authority: Data<Authority>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).json(authority.keys().public())
}

/// What an OAuth client needs to know of this service (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct Metadata {
    issuer: String,
    token_endpoint: String,
    revocation_endpoint: String,
    jwks_uri: String,
    service_documentation: String,
    grant_types_supported: [&'static str; 1],
    response_types_supported: [&'static str; 1],
    token_endpoint_auth_methods_supported: [&'static str; 3],
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    scopes_supported: Vec<ScopeName>,
}

/// Metadata of the authorization server
#[utoipa::path(tag = "Start here", security(()), responses((status = 200, body = Metadata)))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_metadata(authority: Data<Authority>) -> HttpResponse {
    let issuer = authority.issuer();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).json(Metadata {
        issuer: issuer.to_owned(),
        token_endpoint: format!("{issuer}/oauth2/token"),
        revocation_endpoint: format!("{issuer}/oauth2/revoke"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        service_documentation: format!("{issuer}/docs/"),
        grant_types_supported: ["client_credentials"],
        // RFC 8414 asks for the member and forbids an empty list.
        response_types_supported: ["none"],
        token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_basic", "client_secret_post"],
        token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS.iter().map(|(_, name)| *name).collect(),
        scopes_supported: ScopeName::ALL.to_vec(),
    })
}
