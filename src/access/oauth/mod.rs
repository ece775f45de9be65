//! The OAuth 2.0 authorization server: clients prove themselves and get tokens (RFC 6749, 7009, 7523, 8414, 9068).

pub mod api;
mod assertion;
mod credentials;
mod guesses;
mod model;
mod retention;
mod signing_keys;
mod store;
mod token_service;
mod verifying;

pub use guesses::Counts as WrongCredentials;
pub use retention::{delete_revoked_tokens, delete_used_assertions};
pub use signing_keys::{Keys, rotate};
pub use token_service::TokenService;

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// How a client secret is kept: SHA-256, since a secret is 256 random bits and not a password.
#[must_use]
pub fn hash_secret(secret: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(secret))
}
