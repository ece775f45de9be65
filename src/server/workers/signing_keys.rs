//! The keys that sign access tokens: the leader makes the next one in time, and every instance reads what there is.

use std::time::Duration;

use super::Worker;
use crate::{access::oauth, server::state::AppState};

/// The worker's name.
pub const NAME: &str = "signing_keys";
/// A key is in the set 90 days before its turn, so an hour is soon enough for every instance to know it.
const PERIOD: Duration = Duration::from_hours(1);

pub fn worker(state: &AppState) -> Worker {
    let (tokens, store) = (state.tokens.clone(), (**state.store).clone());
    Worker::everywhere(NAME, PERIOD, move |fence| {
        let (tokens, store) = (tokens.clone(), store.clone());
        async move {
            if let Some(fence) = fence {
                let now = tokens.clock().now();
                fence.write(&store, async move |db| oauth::rotate(db, now).await).await?;
            }
            tokens.keys().reload(&store).await
        }
    })
}
