//! What can be wrong with a plan's file.

use crate::base::problem::Code;

/// A key that stands nowhere further up in the file.
pub const UNKNOWN_KEY: Code = Code::new("unknown-key");
