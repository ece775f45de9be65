//! Whether an answer moves on. Nothing is measured while the operating system takes what is written.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::rt::time::{Instant, Sleep, sleep};

use super::bounds::SLOWEST;

/// What is written while something waits to be written.
pub struct Pace {
    window: Duration,
    waiting: Option<u64>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub fn new(window: Duration) -> Self {
        Self { window, waiting: None, timer: None }
    }

    /// Whether something waits.
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// So much was taken.
    pub fn moved(&mut self, bytes: usize) {
        if let Some(written) = &mut self.waiting {
            *written += bytes as u64;
        }
    }

    /// All was taken.
    pub fn rest(&mut self) {
        self.waiting = None;
    }

    /// Something waits; ready when too little was taken for too long.
    pub fn poll_too_slow(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let window = self.window;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(window)));
        if self.waiting.is_none() {
            timer.as_mut().reset(Instant::now() + window);
        }
        let written = self.waiting.get_or_insert(0);
        while timer.as_mut().poll(context).is_ready() {
            if *written < window.as_secs().saturating_mul(SLOWEST) {
                return Poll::Ready(());
            }
            *written = 0;
            timer.as_mut().reset(Instant::now() + window);
        }
        Poll::Pending
    }
}
