//! What an indicator must reach: an operator and a value, for an organization and a year or for all.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{
    db::types::{Decimal, IndicatorCode, Instant, OrgCode, string_enum},
    resource::Versioned,
};

string_enum! {
    /// How a value must stand to a target (phép so sánh); compared exactly, without rounding.
    TargetOp {
        /// At least (từ … trở lên).
        AtLeast = ">=",
        /// Over (trên): the value itself does not do, so 90 is not over 90.
        Over = ">",
        /// Exactly (bằng).
        Exactly = "=",
        /// At most (không quá).
        AtMost = "<=",
        /// Under (dưới).
        Under = "<",
    }
}

impl TargetOp {
    /// Whether a value that stands so to the target meets it.
    #[must_use]
    pub fn is_met(self, ordering: Ordering) -> bool {
        match self {
            Self::AtLeast => ordering.is_ge(),
            Self::Over => ordering.is_gt(),
            Self::Exactly => ordering.is_eq(),
            Self::AtMost => ordering.is_le(),
            Self::Under => ordering.is_lt(),
        }
    }
}

/// One target (mục tiêu).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Whose target it is; null for every organization that has none of its own.
    pub organization: Option<OrgCode>,
    /// For which year; null for every year that has none of its own.
    #[schema(minimum = 2000, maximum = 2100, example = 2026)]
    pub year: Option<i32>,
    /// How the value must stand to the target.
    #[schema(example = ">=")]
    pub op: TargetOp,
    /// The target, in the indicator's unit.
    pub value: Decimal,
}

/// The targets (mục tiêu) of an indicator, as one set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IndicatorTargets {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// One for each organization and year at most.
    #[schema(max_items = 5000)]
    pub targets: Vec<Target>,
    /// Counts how often the set was given; 0 while it never was. The ETag.
    #[schema(minimum = 0)]
    pub version: i32,
    /// The organization that owns the indicator.
    #[serde(skip)]
    pub organization: OrgCode,
    /// When the set was last given; when the indicator was defined, while it never was.
    #[serde(skip)]
    pub updated_at: Instant,
}

impl Versioned for IndicatorTargets {
    fn version(&self) -> i32 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operator_takes_what_it_says() {
        let met = |op: TargetOp| [Ordering::Less, Ordering::Equal, Ordering::Greater].map(|o| op.is_met(o));
        assert_eq!(met(TargetOp::AtLeast), [false, true, true]);
        assert_eq!(met(TargetOp::Over), [false, false, true]);
        assert_eq!(met(TargetOp::Exactly), [false, true, false]);
        assert_eq!(met(TargetOp::AtMost), [true, true, false]);
        assert_eq!(met(TargetOp::Under), [true, false, false]);
    }
}
