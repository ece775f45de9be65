//! What an entry of the catalogue says.

use crate::bilingual::Bilingual;

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
}

/// An entry with its title and its help, each in Vietnamese and in English.
pub(super) const fn entry(slug: &'static str, status: u16, title: [&'static str; 2], help: [&'static str; 2]) -> Kind {
    let [title_vi, title_en] = title;
    let [help_vi, help_en] = help;
    Kind { slug, status, title: Bilingual::new(title_vi, title_en), help: Bilingual::new(help_vi, help_en) }
}
