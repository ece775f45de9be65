//! The OAuth 2.0 endpoints that give a token and take it back (RFC 6749, 7009).

use actix_web::{HttpRequest, HttpResponse, http::header, post, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Authority, Scopes,
    credentials::{Credentials, identify},
    store,
};
use crate::{db::types::Instant, http::Form, problem::Problem};

/// A request for an access token; the client proves itself in the form, or by HTTP Basic. Other parameters are ignored (RFC 6749, 3.2).
#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(pattern = "^client_credentials$", example = "client_credentials")]
    grant_type: String,
    /// Scopes wanted, separated by spaces; all that the client has when absent. Those that it has not are left out.
    #[schema(nullable = false, example = "tasks:assign tasks:read")]
    scope: Option<String>,
    /// The client's id, unless HTTP Basic or the assertion says it.
    #[schema(nullable = false, example = "0199f3c0-7a1e-7000-8000-0000000000ff")]
    client_id: Option<String>,
    /// The client's secret (`client_secret_post`).
    #[schema(nullable = false)]
    client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer` (`private_key_jwt`); needed with an assertion.
    #[schema(nullable = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$")]
    client_assertion_type: Option<String>,
    /// The signed assertion (RFC 7523): `iss` = `sub` = the client's id, `aud` = the issuer or the token endpoint, `exp` within 10 minutes, `jti` used once.
    #[schema(nullable = false)]
    client_assertion: Option<String>,
}

/// A request to take a token back (RFC 7009).
#[derive(Deserialize, ToSchema)]
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
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`; needed with an assertion.
    #[schema(nullable = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$")]
    client_assertion_type: Option<String>,
    /// The signed assertion.
    #[schema(nullable = false)]
    client_assertion: Option<String>,
}

/// An access token (mã truy cập).
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until it expires.
    #[schema(minimum = 1, example = 900)]
    expires_in: i64,
    /// The scopes it carries (quyền), separated by spaces.
    scope: String,
}

/// An OAuth error (lỗi xác thực; RFC 6749, 5.2).
#[derive(Serialize, ToSchema)]
pub struct OauthError {
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    #[schema(example = "invalid_client")]
    error: &'static str,
    /// For people.
    error_description: &'static str,
}

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
/// form, not that of a problem.
#[utoipa::path(
    tag = "Start here", security(()),
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token, its life and its scopes.", body = TokenAnswer),
        (status = 400, body = OauthError), (status = 401, body = OauthError),
    ))]
#[post("/oauth2/token")]
pub async fn issue_token(
    request: HttpRequest,
    form: Result<Form<TokenRequest>, Problem>,
    authority: Data<Authority>,
) -> Result<HttpResponse, Problem> {
    let form = match readable(form)? {
        Ok(form) => form,
        Err(refusal) => return Ok(refusal),
    };
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
        // RFC 6749, 3.3: less than was asked for may be granted; `scope` in the answer says what.
        Some(Ok(wanted)) if !wanted.intersection(&granted).is_empty() => wanted.intersection(&granted),
        Some(_) => return Ok(refuse(400, "invalid_scope", "the client has none of these scopes, or one is unknown")),
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
///
/// Ends a token before its time (RFC 7009): when a job is done, or at once when a token may have been seen by others.
/// The client proves itself as at `POST /oauth2/token` and can take back its own tokens only. A token that is unknown,
/// over or another client's is answered with 200 as well, so a repetition is harmless. Other instances of the service
/// may go on accepting the token for up to 5 seconds. To stop a client with all its tokens, suspend it: `PATCH
/// /v1/clients/{id}`.
#[utoipa::path(
    tag = "Start here", security(()),
    request_body(content = RevocationRequest, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "Taken back, or never this client's token (RFC 7009, 2.2)."), (status = 400, body = OauthError), (status = 401, body = OauthError)))]
#[post("/oauth2/revoke")]
pub async fn revoke_token(
    request: HttpRequest,
    form: Result<Form<RevocationRequest>, Problem>,
    authority: Data<Authority>,
) -> Result<HttpResponse, Problem> {
    let form = match readable(form)? {
        Ok(form) => form,
        Err(refusal) => return Ok(refusal),
    };
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

/// The form, or the OAuth answer to one that cannot be read (RFC 6749, 5.2): a client library reads no other.
fn readable<T>(form: Result<Form<T>, Problem>) -> Result<Result<T, HttpResponse>, Problem> {
    match form {
        Ok(form) => Ok(Ok(form.0)),
        Err(problem) if problem.kind.slug == "malformed-request" => {
            Ok(Err(refuse(400, "invalid_request", "a parameter is missing or repeated, or the form cannot be read")))
        }
        Err(problem) if problem.kind.slug == "unsupported-media-type" => {
            Ok(Err(refuse(400, "invalid_request", "the body must be application/x-www-form-urlencoded")))
        }
        Err(problem) => Err(problem),
    }
}

pub(super) fn refuse(status: u16, error: &'static str, error_description: &'static str) -> HttpResponse {
    let status = actix_web::http::StatusCode::from_u16(status).unwrap_or(actix_web::http::StatusCode::BAD_REQUEST);
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(OauthError { error, error_description })
}
