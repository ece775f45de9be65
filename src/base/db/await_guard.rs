//! Tells a body that waits for a query from one that waits for anything else.
//!
//! A transaction holds a connection and its locks, and on SQLite the only writer. A body that waits for the network or
//! a clock inside it would hold them too, so that is refused on both databases.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

thread_local! {
    /// Whether a query has been asked in the present poll and has not answered.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// A query on its way, as [`super::both!`] runs it.
pub async fn guarded<T>(query: impl Future<Output = T>) -> T {
    let mut query = pin!(query);
    poll_fn(|context| {
        let poll = query.as_mut().poll(context);
        if poll.is_pending() {
            ASKING.set(true);
        }
        poll
    })
    .await
}

/// Runs the body of a transaction; `None` when it waited for something that is not a query.
pub(super) async fn only_queries<T>(body: impl Future<Output = T>) -> Option<T> {
    let mut body = pin!(body);
    poll_fn(|context| {
        ASKING.set(false);
        match body.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if ASKING.get() => Poll::Pending,
            Poll::Pending => Poll::Ready(None),
        }
    })
    .await
}
