//! What can be wrong with a push of figures.

use crate::base::problem::Code;

/// A period of another frequency than is wanted.
pub const PERIOD_FREQUENCY: Code = Code::new("period-frequency");
/// A reason for having no numbers, and numbers.
pub const MISSING_WITH_NUMBERS: Code = Code::new("missing-with-numbers");
/// A part that only ratios have.
pub const NOT_FOR_THIS_KIND: Code = Code::new("not-for-this-kind");
/// Not what numerator and denominator give.
pub const VALUE_DIFFERS: Code = Code::new("value-differs");
/// Two parameters that exclude each other.
pub const NOT_TOGETHER: Code = Code::new("not-together");
