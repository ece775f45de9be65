//! What can be wrong with an indicator.

use crate::base::problem::Code;

/// Names no indicator that the caller may read.
pub const UNKNOWN_INDICATOR: Code = Code::new("unknown-indicator");
/// Figures that are there already would mean something else.
pub const FIXED_BY_OBSERVATIONS: Code = Code::new("fixed-by-observations");
