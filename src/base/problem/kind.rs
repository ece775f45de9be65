//! What is constant about a kind of problem.

use super::Code;
use crate::base::i18n::Bilingual;

/// A kind of problem: a `static` of its owner, told from others by its address, so that its slug cannot be misspelt.
#[derive(Debug)]
pub struct ProblemKind {
    /// The last part of the problem's `type`; clients branch on it, so it never changes.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Constant title.
    pub title: Bilingual,
    /// What happened, why, and what to do.
    pub help: Bilingual,
    /// Which operations can give it.
    pub given_by: GivenBy,
}

/// Which operations can give a problem, told by what the document says of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBy {
    /// None alone: it answers an address or a method that no operation has.
    NoOperation,
    /// All of them.
    Every,
    /// Those that need a token.
    Secured,
    /// Those that name a thing in their address or in `under` or `organization`.
    Naming,
    /// Those that answer page by page.
    Paged,
    /// Those that answer in several formats.
    Formatted,
    /// Those that take a body.
    WithBody,
    /// Those that take a JSON body.
    WithJson,
    /// Those that answer 201.
    Creating,
    /// Those that take an `Idempotency-Key`.
    Repeatable,
    /// Those that take rows, and an `on_error` for them.
    Ingesting,
    /// Those that take an `If-Match`.
    Conditional,
    /// Those that need an `If-Match`, and these, which need it once there is something to overwrite.
    OnlyConditional(&'static [&'static str]),
    /// These, by their names.
    These(&'static [&'static str]),
}

impl ProblemKind {
    /// The code of a violation that is this whole problem, such as one record of many that was not found.
    #[must_use]
    pub const fn code(&self) -> Code {
        Code::new(self.slug)
    }
}
