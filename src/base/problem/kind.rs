//! What an entry of the catalogue says.

use crate::base::i18n::Bilingual;

/// One entry of the catalogue.
#[derive(Debug)]
pub struct Kind {
    /// The last part of the problem's `type`.
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
    /// Those that take an `If-Match`.
    Conditional,
    /// Those that need an `If-Match`, and these, which need it once there is something to overwrite.
    OnlyConditional(&'static [&'static str]),
    /// These, by their names.
    These(&'static [&'static str]),
}

/// An entry with its title and its help, each in Vietnamese and in English.
pub(super) const fn entry(
    slug: &'static str,
    status: u16,
    given_by: GivenBy,
    title: [&'static str; 2],
    help: [&'static str; 2],
) -> Kind {
    let [title_vi, title_en] = title;
    let [help_vi, help_en] = help;
    Kind { slug, status, title: Bilingual::new(title_vi, title_en), help: Bilingual::new(help_vi, help_en), given_by }
}
