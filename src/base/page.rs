//! Pages of a list: a stable order, and a cursor that is bound to the filter.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;

use crate::base::{
    db::types::Instant,
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many items.
    pub limit: i64,
    /// The key of the last item of the page before.
    pub after: Option<String>,
    /// Whether to count all items.
    pub count: bool,
    /// Whether the caller named no part: as lines it gets the whole list.
    pub is_whole: bool,
    /// What the cursor is bound to: a digest of the path and the filter.
    pub(super) filter: String,
}

impl PageRequest {
    /// One page of items from `limit + 1` rows, so that it is known whether more follow.
    #[must_use]
    pub fn cut<T>(&self, mut items: Vec<T>, total: Option<i64>, key: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| self.cursor(&key(last)));
        Page { items, next_cursor: next, total, watermark: None }
    }

    /// How many rows to ask for.
    #[must_use]
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// The last key of the page before, parsed; a cursor that does not hold one is refused.
    ///
    /// # Errors
    /// `invalid-cursor`.
    pub fn after<K: std::str::FromStr>(&self) -> Result<Option<K>, Problem> {
        self.after.as_ref().map(|key| key.parse().map_err(|_| invalid_cursor())).transpose()
    }

    fn cursor(&self, key: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(format!("{}:{key}", self.filter))
    }
}

/// What answers a cursor that is of another list or another filter.
#[must_use]
pub fn invalid_cursor() -> Problem {
    Problem::new(
        &kinds::INVALID_CURSOR,
        Bilingual::new(
            "cursor không phải của danh sách này với bộ lọc này; bắt đầu lại không có cursor.",
            "The cursor does not belong to this list with this filter; start again without one.",
        ),
    )
}

/// One page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// The number of items over all pages, when `count=exact` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// What a reader of changes sends next time as `updated_since`, when it did so this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<Instant>,
}

impl<T> Page<T> {
    /// The same page with each item in another form.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        let Self { items, next_cursor, total, watermark } = self;
        Page { items: items.into_iter().map(f).collect(), next_cursor, total, watermark }
    }
}

/// Declares the page type of a list for the document, so that generators see a plain type with `$ref` items.
macro_rules! page {
    ($name:ident, $item:ty, $what:literal) => {
        #[doc = concat!("One page of ", $what, ".")]
        #[derive(utoipa::ToSchema)]
        #[schema(description = concat!("One page of ", $what, "."))]
        #[expect(dead_code, reason = "the shape of `Page` for the document")]
        pub struct $name {
            /// The items, in the list's order; at most `limit`.
            #[schema(max_items = 500)]
            items: Vec<$item>,
            /// What to send as `cursor` for the next page; null on the last.
            #[schema(required = true)]
            next_cursor: Option<String>,
            /// The number of items over all pages, when `count=exact` asked for it.
            #[schema(nullable = false, minimum = 0)]
            total: Option<i64>,
        }
    };
}
pub(crate) use page;
