//! Who calls, and what they may: right = scope ∩ the client's organization subtree.

mod caller;
mod middleware;
mod permit;
mod quota;
mod scope;

pub use caller::{Caller, Identity};
pub use middleware::{Authenticator, authenticate};
pub use permit::*;
pub use quota::{Quota, Quotas};
pub use scope::{PROFILES, ScopeName, Scopes};
