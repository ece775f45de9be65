//! What can be wrong with asking for a periodic report.

use crate::base::problem::Code;

/// One organization and a subtree, both at once.
pub const NOT_WITH_UNDER: Code = Code::new("not-with-under");
