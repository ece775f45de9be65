//! Who calls, and what they may: right = scope ∩ the client's organization subtree.

mod caller;
mod door;
mod permit;
mod quota;
mod scope;

pub use caller::{Caller, Identity};
pub use door::{Authenticator, receive};
pub use permit::*;
pub use quota::{Quota, Quotas};
pub use scope::{PROFILES, ScopeName, Scopes};
