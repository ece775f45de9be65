//! HTTP for the OAuth endpoints: a token given and taken back, the public keys, the metadata.

use actix_web::{
    Either, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    get,
    http::{StatusCode, header},
    post,
    web::Data,
};

use super::{
    TokenService,
    model::{Metadata, OauthError, Refusal, RevocationRequest, TokenAnswer, TokenRequest},
    token_service::{issue, revoke},
};
use crate::base::{
    http::{Form, NoQuery},
    problem::{Problem, kinds},
};

/// Get an access token
///
/// The first call of every client (hệ thống kết nối): it proves itself and gets a token, to be sent as `Authorization:
/// Bearer …` with every call under `/v1`. The token lives 15 minutes unless the operator has set another time;
/// `expires_in` says how long. Use it until then and ask for the next one shortly before; there is no refresh token,
/// and no person takes part (OAuth 2.0 client credentials, RFC 6749, 4.4).
///
/// Prove the client in one of three ways, never two at once: HTTP Basic with id and secret (`client_secret_basic`), id
/// and secret in the form (`client_secret_post`), or an assertion signed with the client's own key (`private_key_jwt`,
/// RFC 7523), which can be used once. Leave `scope` out to get all that the client may do. Refusals have the OAuth
/// form, not that of a problem. The form has at most 16 KiB and is not compressed.
///
/// After some wrong credentials from one address in a minute the answers come late, and then as 429 with `Retry-After`;
/// the right credentials are taken at any time.
#[utoipa::path(
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenAnswer), (status = 400, body = OauthError), (status = 401, body = OauthError),
        (status = 413, body = OauthError), (status = 429, body = OauthError),
    ),
)]
#[post("/oauth2/token")]
pub async fn issue_token(
    _: NoQuery,
    request: HttpRequest,
    form: Result<Form<TokenRequest>, Problem>,
    tokens: Data<TokenService>,
) -> Result<Either<HttpResponse, Refusal>, Problem> {
    let mut form = match readable(form)? {
        Ok(form) => form,
        Err(refusal) => return Ok(Either::Right(refusal)),
    };
    let credentials = form.credentials(authorization(&request));
    let token = issue(&tokens, credentials, &form.grant_type, form.scope.as_deref()).await?;
    Ok(token.map_or_else(Either::Right, |token| Either::Left(HttpResponse::Ok().insert_header(NO_STORE).json(token))))
}

/// Take an access token back
///
/// Ends a token before its time (RFC 7009): when a job is done, or at once when a token may have been seen by others.
/// The client proves itself as at `POST /oauth2/token` and can take back its own tokens only. A token that is unknown,
/// over or another client's is answered with 200 as well, so a repetition is harmless. Other instances of the service
/// may go on accepting the token for up to 5 seconds. To stop a client with all its tokens, suspend it: `PATCH
/// /v1/clients/{id}`.
#[utoipa::path(
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Taken back, or never this client's token (RFC 7009, 2.2)."),
        (status = 400, body = OauthError), (status = 401, body = OauthError), (status = 413, body = OauthError),
        (status = 429, body = OauthError),
    ),
)]
#[post("/oauth2/revoke")]
pub async fn revoke_token(
    _: NoQuery,
    request: HttpRequest,
    form: Result<Form<RevocationRequest>, Problem>,
    tokens: Data<TokenService>,
) -> Result<Either<HttpResponse, Refusal>, Problem> {
    let mut form = match readable(form)? {
        Ok(form) => form,
        Err(refusal) => return Ok(Either::Right(refusal)),
    };
    let credentials = form.credentials(authorization(&request));
    let revoked = revoke(&tokens, credentials, &form.token).await?;
    Ok(revoked.map_or_else(Either::Right, |()| Either::Left(HttpResponse::Ok().insert_header(NO_STORE).finish())))
}

/// Get the public keys that verify access tokens
///
/// For gateways and services that check access tokens (ES256, RFC 9068) themselves instead of asking here: a JWK set
/// (RFC 7517). Keep it for an hour and choose the key by the token's `kid`; fetch it again when a token names a key
/// that you do not know. Keys change every 90 days, and the next one is in the set before it is used. No token is
/// needed.
#[utoipa::path(responses((status = 200, description = "A JWK set (RFC 7517).", body = Object)))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(_: NoQuery, tokens: Data<TokenService>) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=3600")).json(tokens.keys().public())
}

/// Get the metadata of the authorization server
///
/// What an OAuth library needs to set itself up (RFC 8414): addresses of the token endpoint and the keys, ways in which
/// a client (hệ thống kết nối) can prove itself, scopes (quyền). A client that is configured by hand needs only the
/// token endpoint. It may be kept for an hour. No token is needed.
#[utoipa::path(responses((status = 200, body = Metadata)))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_metadata(_: NoQuery, tokens: Data<TokenService>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .json(Metadata::of(tokens.issuer()))
}

const NO_STORE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "no-store");

fn authorization(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The form, or the OAuth answer to one that cannot be read (RFC 6749, 5.2): a client library reads no other.
fn readable<T>(form: Result<Form<T>, Problem>) -> Result<Result<T, Refusal>, Problem> {
    match form {
        Ok(form) => Ok(Ok(form.0)),
        Err(problem) if problem.is(&kinds::MALFORMED_REQUEST) => Ok(Err(Refusal::bad_request(
            "invalid_request",
            "a parameter is missing or repeated, or the form cannot be read",
        ))),
        Err(problem) if problem.is(&kinds::UNSUPPORTED_MEDIA_TYPE) => {
            Ok(Err(Refusal::bad_request("invalid_request", "the body must be application/x-www-form-urlencoded")))
        }
        Err(problem) if problem.is(&kinds::UNSUPPORTED_CONTENT_ENCODING) => {
            Ok(Err(Refusal::bad_request("invalid_request", "the form must not be compressed")))
        }
        Err(problem) if problem.is(&kinds::BODY_TOO_LARGE) => {
            let refusal = Refusal::bad_request("invalid_request", "the form is larger than 16 KiB");
            Ok(Err(Refusal { status: 413, ..refusal }))
        }
        Err(problem) => Err(problem),
    }
}

impl Responder for Refusal {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::build(StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST));
        answer.insert_header(NO_STORE);
        if self.is_basic {
            answer.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"tiendo\""));
        }
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
        }
        answer.json(OauthError { error: self.error, error_description: self.description.into_owned() })
    }
}
