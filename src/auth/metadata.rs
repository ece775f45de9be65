//! What an OAuth client may read of this service before it has a token: keys and metadata (RFC 7517, 8414).

use actix_web::{HttpResponse, get, http::header, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Authority, ScopeName, assertion};

/// Get the public keys that verify access tokens
///
/// For gateways and services that check access tokens (ES256, RFC 9068) themselves instead of asking here: a JWK set
/// (RFC 7517). Keep it for an hour and choose the key by the token's `kid`; fetch it again when a token names a key
/// that you do not know. Keys change every 90 days, and the next one is in the set before it is used. No token is
/// needed.
#[utoipa::path(tag = "Start here", security(()), responses((status = 200, description = "A JWK set (RFC 7517); the next key is in it before it is used.", body = Object)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(authority: Data<Authority>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).json(authority.keys().public())
}

/// What an OAuth client needs to know of this service (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct Metadata {
    /// The public base address of the service: `iss` and `aud` of its tokens.
    issuer: String,
    /// Where a client gets an access token.
    token_endpoint: String,
    /// Where a client takes one back (RFC 7009).
    revocation_endpoint: String,
    /// Where the keys are that verify access tokens.
    jwks_uri: String,
    /// Where people read about the service.
    service_documentation: String,
    /// How a client may ask: only `client_credentials`, since no person is involved.
    grant_types_supported: [&'static str; 1],
    /// None: there is no page on which a person would agree.
    response_types_supported: [&'static str; 1],
    /// How a client proves itself.
    token_endpoint_auth_methods_supported: [&'static str; 3],
    /// What an assertion may be signed with.
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// What a token may allow.
    scopes_supported: Vec<ScopeName>,
}

/// Get the metadata of the authorization server
///
/// What an OAuth library needs to set itself up (RFC 8414): addresses of the token endpoint and the keys, ways in which
/// a client (hệ thống kết nối) can prove itself, scopes (quyền). A client that is configured by hand needs only the
/// token endpoint. It may be kept for an hour. No token is needed.
#[utoipa::path(tag = "Start here", security(()), responses((status = 200, description = "Addresses, methods and scopes.", body = Metadata)))]
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
