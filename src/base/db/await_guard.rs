//! Bounds every wait for PostgreSQL, and tells a body that waits for a query from one that waits for anything else.
//!
//! A transaction holds a connection and its locks, and on SQLite the only writer. A body that waits for the network or
//! a clock inside it would hold them too, so that is refused on both databases.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use diesel::QueryResult;
use tokio::time::sleep;

use super::link::Link;

thread_local! {
    /// Whether a query has been asked in the present poll and has not answered.
    static ASKING: Cell<bool> = const { Cell::new(false) };
}

/// A query on its way, as [`super::both!`] runs it: answered within the limit of its connection, or that connection is
/// given up.
pub async fn guarded<T>(link: &Link, query: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
    let mut query = pin!(query);
    // Most queries wait, some (a statement that is known to be wrong) do not.
    let mut limit = pin!(None);
    let answer = poll_fn(|context| {
        if let Poll::Ready(answer) = query.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        ASKING.set(true);
        if limit.is_none() {
            link.asked();
            limit.set(Some(sleep(link.limit())));
        }
        limit.as_mut().as_pin_mut().map_or(Poll::Pending, |limit| limit.poll(context).map(|()| None))
    })
    .await;
    let answer = answer.unwrap_or_else(|| Err(link.gave_up()));
    if limit.is_some() {
        link.answered();
    }
    answer.inspect_err(|error| link.learn(error))
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
