//! What every handler may use: strict input, cursors, conditional requests, repeatable posts.

mod answer;
mod body;
mod by_key;
mod cells;
mod etag;
mod formats;
mod language;
mod methods;
mod page;
mod query;
mod reading;
mod retry;
mod strict;
mod unread;

pub use answer::Answer;
pub use body::{Form, Json, Patched};
pub(crate) use body::{not_null, parse};
pub use by_key::ByKey;
pub use etag::{IfMatch, Tagged, Versioned};
pub use formats::{Format, export, table};
pub use language::Said;
pub use methods::{Addresses, elsewhere, head_as_get, nothing_of_that_name};
pub(crate) use page::page;
pub use page::{List, Listed, NoFilter, Page, PageParams};
pub use query::Query;
pub use retry::{RetryKey, post};
pub use unread::hold_body;

/// The largest body the service reads, after decompression.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;
