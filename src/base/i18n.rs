//! What a person reads, in Vietnamese and in English.

use std::borrow::Cow;

/// Parts the two languages inside a serde error, which carries one string only.
const SEAM: char = '\u{1f}';

/// One sentence in both languages of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// Tiếng Việt.
    pub vi: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

impl Bilingual {
    /// A fixed sentence.
    #[must_use]
    pub const fn new(vi: &'static str, en: &'static str) -> Self {
        Self { vi: Cow::Borrowed(vi), en: Cow::Borrowed(en) }
    }

    /// Takes a sentence out of an error text it travelled in.
    #[must_use]
    pub fn from_error(text: &str) -> Option<Self> {
        let (en, vi) = text.split_once(SEAM)?;
        // serde_json adds " at line 1 column 2" behind what it was given.
        let vi = vi.rsplit_once(" at line ").map_or(vi, |(vi, _)| vi);
        Some(Self { vi: vi.to_owned().into(), en: en.to_owned().into() })
    }

    /// The sentence in the language asked for.
    #[must_use]
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}

impl std::fmt::Display for Bilingual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{SEAM}{}", self.en, self.vi)
    }
}

/// The languages of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt, unless another is asked for.
    Vi,
    /// English.
    En,
}

impl Language {
    /// The tag of `Content-Language`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }
}

/// A sentence in both languages with values in it: `say!("có {n} dòng", "{n} rows")`.
#[macro_export]
macro_rules! bilingual {
    ($vi:literal, $en:literal) => {
        $crate::base::i18n::Bilingual { vi: format!($vi).into(), en: format!($en).into() }
    };
}
pub use bilingual;
