//! Deletes what has expired: kept answers, used assertions, revoked tokens. A request takes an expired row for none and
//! leaves it here.

use std::time::Duration;

use super::Worker;
use crate::{
    access::oauth,
    base::{
        clock::Clock,
        db::{Db, Store, types::Instant},
        http::delete_expired_answers,
        lease::Fence,
        problem::Problem,
    },
    server::state::AppState,
};

/// The worker's name.
pub const NAME: &str = "retention";
const PERIOD: Duration = Duration::from_mins(10);
/// Rows of one transaction: on SQLite it holds up every other write.
const BATCH: u16 = 500;

pub fn worker(state: &AppState) -> Worker {
    let (store, clock) = ((**state.store).clone(), state.tokens.clock().clone());
    Worker::led(NAME, PERIOD, move |fence| delete_all(store.clone(), clock.clone(), fence))
}

async fn delete_all(store: Store, clock: Clock, fence: Fence) -> Result<(), Problem> {
    // In this order: what settles later is less only when it is doubted.
    let (told, now) = (clock.now(), clock.settled());
    if now < told {
        tracing::warn!(%now, %told, "the clock has jumped ahead: nothing is deleted by it until it has stood for an hour");
    }
    delete(&store, &fence, now, delete_expired_answers).await?;
    delete(&store, &fence, now, oauth::delete_used_assertions).await?;
    delete(&store, &fence, now, oauth::delete_revoked_tokens).await
}

/// Batch after batch, each a transaction of its own, until one finds less than it may delete.
async fn delete<F>(store: &Store, fence: &Fence, now: Instant, batch: F) -> Result<(), Problem>
where
    F: AsyncFn(&mut Db, Instant, i64) -> Result<usize, Problem> + Copy + Send + 'static,
{
    loop {
        let deleted = fence.write(store, async move |db| batch(db, now, BATCH.into()).await).await?;
        if deleted < usize::from(BATCH) {
            return Ok(());
        }
    }
}
