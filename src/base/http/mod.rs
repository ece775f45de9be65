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
mod retry;
mod unread;

pub use answer::Answer;
pub use body::{Form, Json};
pub use by_key::ByKey;
pub use etag::{IfMatch, Tagged};
pub use formats::{Format, export, table};
pub use language::Said;
pub use methods::{Addresses, elsewhere, head_as_get, nothing_of_that_name};
pub use page::{List, NoFilter, PageParams};
pub use query::Query;
pub use retry::{RetryKey, post};
pub use unread::hold_body;

/// The largest body the service reads, after decompression.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;
