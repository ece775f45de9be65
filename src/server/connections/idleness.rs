//! How long a connection may be without a request: one timer for its life, not one for each request.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::rt::time::{Instant, Sleep, sleep_until};

use super::bounds::Bounds;

/// Since when a connection has been without a request.
pub struct Idleness {
    bounds: Bounds,
    /// Since the first byte of a head came, or the connection, whose first head is waited for no longer.
    head: Option<Instant>,
    /// Since the last request was served.
    rest: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    /// When the timer goes off: never later than the time is over, but it may be earlier.
    at: Instant,
}

impl Idleness {
    /// A new connection: its first head is waited for.
    pub fn new(bounds: Bounds) -> Self {
        let now = Instant::now();
        let at = now + bounds.head;
        Self { bounds, head: Some(now), rest: None, timer: Box::pin(sleep_until(at)), at }
    }

    /// A request is being served.
    pub fn is_busy(&mut self) {
        self.head = None;
        self.rest = None;
    }

    /// A byte of a head came.
    pub fn head_came(&mut self) {
        self.head.get_or_insert_with(Instant::now);
    }

    /// Ready when the time is over. To be asked while no request is served.
    pub fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = self.end();
        if end < self.at {
            self.set(end);
        }
        loop {
            ready!(self.timer.as_mut().poll(context));
            let end = self.end();
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.set(end);
        }
    }

    /// The seconds that the head had, if there was one to come.
    pub fn too_slow(&self) -> Option<u64> {
        self.head.is_some().then_some(self.bounds.head.as_secs())
    }

    fn end(&mut self) -> Instant {
        match self.head {
            Some(since) => since + self.bounds.head,
            None => *self.rest.get_or_insert_with(Instant::now) + self.bounds.keep_alive,
        }
    }

    fn set(&mut self, at: Instant) {
        self.at = at;
        self.timer.as_mut().reset(at);
    }
}
