//! What can be wrong with an inspection.

use crate::base::problem::Code;

/// A finding that was due or closed before the inspection was held.
pub const BEFORE_HELD_ON: Code = Code::new("before-held-on");
