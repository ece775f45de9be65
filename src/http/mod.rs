//! What every handler may use: strict input, cursors, conditional requests, repeatable posts.

mod answer;
mod body;
mod etag;
mod formats;
mod language;
mod page;
mod query;
mod retry;

pub use answer::Answer;
pub(crate) use body::parse;
pub use body::{Form, Json, Patched};
pub use etag::{IfMatch, Tagged, Versioned};
pub use formats::{Format, table};
pub use language::Said;
pub(crate) use page::page;
pub use page::{List, Listed, NoFilter, Page, PageParams};
pub use query::{Query, QueryValue};
pub use retry::{RetryKey, post};

/// The largest body the service reads, after decompression.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;
