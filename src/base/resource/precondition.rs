//! What a caller says of the version that it knows.

use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// The condition of a change (`If-Match`; RFC 9110, 13.1.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Any version (`*`).
    Any,
    /// One of these versions.
    Versions(Vec<i32>),
}

impl Precondition {
    /// Passes when the current version is one that the caller named.
    ///
    /// # Errors
    /// `version-stale` with the current version.
    pub fn check(&self, current: i32) -> Result<(), Problem> {
        match self {
            Self::Versions(versions) if !versions.contains(&current) => Err(Problem::stale(current)),
            _ => Ok(()),
        }
    }

    /// What answers a change that came without the condition it needs.
    #[must_use]
    pub fn required() -> Problem {
        Problem::new(
            &kinds::IF_MATCH_REQUIRED,
            Bilingual::new(
                "Hãy gửi If-Match với ETag của bản đã đọc.",
                "Send If-Match with the ETag of the version you read.",
            ),
        )
    }
}
