//! What every handler may use: strict input, cursors, conditional requests, repeatable posts.

mod accept;
mod body;
mod by_key;
mod cells;
mod etag;
mod formats;
mod idempotency;
mod keep_payload;
mod language;
mod malformed;
mod methods;
mod page;
mod query;
mod response;
mod weighted;

pub use body::{Bodies, Form, Json};
pub use by_key::ByKey;
pub use etag::{IfMatch, OptionalIfMatch, Tagged};
pub use formats::{Format, export, marked, table};
pub use idempotency::{IdempotencyKey, delete_expired as delete_expired_answers, post};
pub use keep_payload::keep_payload;
pub use language::{Localized, language_of};
pub use methods::{Addresses, fallback, head_as_get, path_error};
pub use page::{List, NoFilter, PageParams};
pub use query::{NoQuery, Query};
pub use response::JsonResponse;

/// The largest body the service reads, after decompression.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;
