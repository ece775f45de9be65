//! The words by which programs tell one broken rule from another; what one slice alone says is beside its problems.

use serde::Serialize;

/// A stable word for a broken rule: clients branch on it, so it is declared once and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// For constants; a call site names the constant, so that no code can be misspelt.
    #[must_use]
    pub const fn new(word: &'static str) -> Self {
        Self(word)
    }

    /// As it goes over the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Not there, and it must be.
pub const REQUIRED: Code = Code::new("required");
/// Of the right type, and breaks the rule that the detail names.
pub const INVALID_VALUE: Code = Code::new("invalid-value");
/// Another JSON type than the schema's.
pub const WRONG_TYPE: Code = Code::new("wrong-type");
/// A field that the schema does not have; none is ignored in silence.
pub const UNKNOWN_FIELD: Code = Code::new("unknown-field");
/// A name that stands twice in one JSON object.
pub const DUPLICATE_FIELD: Code = Code::new("duplicate-field");
/// A query parameter that the operation does not take.
pub const UNKNOWN_PARAMETER: Code = Code::new("unknown-parameter");
/// A query parameter that was sent twice.
pub const DUPLICATE_PARAMETER: Code = Code::new("duplicate-parameter");
/// Outside what the field may hold.
pub const OUT_OF_RANGE: Code = Code::new("out-of-range");
/// A list that is longer than it may be.
pub const TOO_MANY: Code = Code::new("too-many");
/// An item that stands twice in a list that is a set.
pub const DUPLICATE: Code = Code::new("duplicate");
/// A row with the key of a row further up.
pub const DUPLICATE_ROW: Code = Code::new("duplicate-row");
/// A row that is no JSON.
pub const MALFORMED_ROW: Code = Code::new("malformed-row");
/// A day that has not come yet, of what has happened.
pub const IN_THE_FUTURE: Code = Code::new("in-the-future");
/// A reference that leads back to where it stands.
pub const CYCLE: Code = Code::new("cycle");
/// Not a broken rule: says how many more there are than are listed.
pub const MORE_VIOLATIONS: Code = Code::new("more-violations");
