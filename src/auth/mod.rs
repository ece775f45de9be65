//! Who calls, and what they may: right = scope ∩ the client's organization subtree.

mod assertion;
mod authority;
mod caller;
mod credentials;
mod door;
mod keys;
mod metadata;
mod permit;
mod quota;
mod scope;
mod store;
mod token;

pub use authority::Authority;
pub use caller::{Caller, Subtree};
pub use door::receive;
pub use keys::Keys;
pub use metadata::{Metadata, get_jwks, get_metadata};
pub use permit::*;
pub use quota::{Quota, Quotas};
pub use scope::{PROFILES, ScopeName, Scopes};
pub use token::{issue_token, revoke_token};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

/// How a client secret is kept: SHA-256, since a secret is 256 random bits and not a password.
#[must_use]
pub fn hash_secret(secret: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(secret))
}
