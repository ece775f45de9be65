//! What goes over the wire at the OAuth endpoints (RFC 6749, 7009, 8414).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{assertion, credentials::Credentials};
use crate::base::auth::ScopeName;

/// A request for an access token; the client proves itself in the form, or by HTTP Basic. Other parameters are ignored (RFC 6749, 3.2).
#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    /// `client_credentials`.
    #[schema(pattern = "^client_credentials$", example = "client_credentials")]
    pub grant_type: String,
    /// Scopes wanted, separated by spaces; all that the client has when absent. Those that it has not are left out.
    #[schema(nullable = false, example = "tasks:assign tasks:read")]
    pub scope: Option<String>,
    /// The client's id, unless HTTP Basic or the assertion says it.
    #[schema(nullable = false, example = "0199f3c0-7a1e-7000-8000-0000000000ff")]
    pub client_id: Option<String>,
    /// The client's secret (`client_secret_post`).
    #[schema(nullable = false)]
    pub client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer` (`private_key_jwt`); needed with an assertion.
    #[schema(nullable = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$")]
    pub client_assertion_type: Option<String>,
    /// The signed assertion (RFC 7523): `iss` = `sub` = the client's id, `aud` = the issuer or the token endpoint, `exp` within 60 minutes, `jti` used once.
    #[schema(nullable = false)]
    pub client_assertion: Option<String>,
}

/// A request to take a token back (RFC 7009).
#[derive(Deserialize, ToSchema)]
pub struct RevocationRequest {
    /// The access token.
    pub token: String,
    /// `access_token`; any other is ignored, as RFC 7009 asks.
    #[schema(nullable = false)]
    #[serde(rename = "token_type_hint")]
    pub _token_type_hint: Option<String>,
    /// The client's id, unless HTTP Basic says it.
    #[schema(nullable = false)]
    pub client_id: Option<String>,
    /// The client's secret.
    #[schema(nullable = false)]
    pub client_secret: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`; needed with an assertion.
    #[schema(nullable = false, pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$")]
    pub client_assertion_type: Option<String>,
    /// The signed assertion.
    #[schema(nullable = false)]
    pub client_assertion: Option<String>,
}

/// An access token (mã truy cập).
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until it expires.
    #[schema(minimum = 1, example = 900)]
    pub expires_in: i64,
    /// The scopes it carries (quyền), separated by spaces.
    pub scope: String,
}

/// An OAuth error (lỗi xác thực; RFC 6749, 5.2).
#[derive(Serialize, ToSchema)]
pub struct OauthError {
    /// `invalid_request`, `invalid_client`, `invalid_scope` or `unsupported_grant_type`.
    #[schema(example = "invalid_client")]
    pub error: &'static str,
    /// For people.
    pub error_description: String,
}

/// What an OAuth client needs to know of this service (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct Metadata {
    /// The public base address of the service: `iss` and `aud` of its tokens.
    pub issuer: String,
    /// Where a client gets an access token.
    pub token_endpoint: String,
    /// Where a client takes one back (RFC 7009).
    pub revocation_endpoint: String,
    /// Where the keys are that verify access tokens.
    pub jwks_uri: String,
    /// Where people read about the service.
    pub service_documentation: String,
    /// How a client may ask: only `client_credentials`, since no person is involved.
    pub grant_types_supported: [&'static str; 1],
    /// None: there is no page on which a person would agree.
    pub response_types_supported: [&'static str; 1],
    /// How a client proves itself.
    pub token_endpoint_auth_methods_supported: [&'static str; 3],
    /// What an assertion may be signed with.
    pub token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// What a token may allow.
    pub scopes_supported: Vec<ScopeName>,
}

impl Metadata {
    /// The metadata of the service at a public base address.
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            token_endpoint: format!("{issuer}/oauth2/token"),
            revocation_endpoint: format!("{issuer}/oauth2/revoke"),
            jwks_uri: format!("{issuer}/.well-known/jwks.json"),
            service_documentation: format!("{issuer}/docs/"),
            grant_types_supported: ["client_credentials"],
            // RFC 8414 asks for the member and forbids an empty list.
            response_types_supported: ["none"],
            token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_basic", "client_secret_post"],
            token_endpoint_auth_signing_alg_values_supported: assertion::ALGORITHMS.map(|(_, name)| name).to_vec(),
            scopes_supported: ScopeName::ALL.to_vec(),
        }
    }
}

/// A refusal of an OAuth endpoint (RFC 6749, 5.2).
#[derive(Debug, Clone)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The word for programs.
    pub error: &'static str,
    /// The words for people.
    pub description: Cow<'static, str>,
    /// Whether the client came by HTTP Basic, and is told of it in `WWW-Authenticate`.
    pub is_basic: bool,
    /// Seconds after which to try again.
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// 400 with a word of RFC 6749, 5.2.
    #[must_use]
    pub const fn bad_request(error: &'static str, description: &'static str) -> Self {
        Self { status: 400, error, description: Cow::Borrowed(description), is_basic: false, retry_after: None }
    }
}

impl TokenRequest {
    /// What proves the client, with the header that came beside the form.
    #[must_use]
    pub fn credentials(&mut self, authorization: Option<String>) -> Credentials {
        Credentials {
            authorization,
            id: self.client_id.take(),
            secret: self.client_secret.take(),
            assertion_type: self.client_assertion_type.take(),
            assertion: self.client_assertion.take(),
        }
    }
}

impl RevocationRequest {
    /// What proves the client, with the header that came beside the form.
    #[must_use]
    pub fn credentials(&mut self, authorization: Option<String>) -> Credentials {
        Credentials {
            authorization,
            id: self.client_id.take(),
            secret: self.client_secret.take(),
            assertion_type: self.client_assertion_type.take(),
            assertion: self.client_assertion.take(),
        }
    }
}
