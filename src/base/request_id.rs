//! Which request a piece of work serves. A span would say it too, for a third of what logs and metrics cost together.

use std::sync::Arc;

use tokio::task_local;

task_local! {
    static SERVED: Arc<str>;
}

/// Runs work for a request: what is logged meanwhile bears its id.
pub async fn serving<T>(id: Arc<str>, work: impl Future<Output = T>) -> T {
    SERVED.scope(id, work).await
}

/// The id of the request that is being served here, if any.
#[must_use]
pub fn served() -> Option<Arc<str>> {
    SERVED.try_with(Arc::clone).ok()
}
