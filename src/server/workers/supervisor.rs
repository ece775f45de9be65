//! Runs a worker's step again and again, whatever becomes of it.

use std::{
    any::Any,
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    sync::watch,
    task::{JoinError, JoinSet},
};

use super::Worker;
use crate::{
    base::{clock::Clock, lease::Fence, problem::Problem},
    server::telemetry::WorkerMetrics,
};

/// The pause after a first failure; each further one doubles it, up to the worker's period and [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It did its work.
    Done,
    /// Another instance leads, and this step is the leader's.
    NotLeading,
    /// It said what went wrong.
    Failed,
    /// It panicked; the loop goes on.
    Panicked,
}

/// A worker with all that its steps leave behind.
pub struct Supervisor {
    worker: Worker,
    metrics: WorkerMetrics,
    clock: Clock,
    fence: watch::Receiver<Option<Fence>>,
    /// Failures since the last success.
    failures: Cell<u32>,
}

impl Supervisor {
    /// Nothing is run yet.
    pub fn new(worker: Worker, metrics: WorkerMetrics, clock: Clock, fence: watch::Receiver<Option<Fence>>) -> Self {
        Self { worker, metrics, clock, fence, failures: Cell::new(0) }
    }

    pub fn name(&self) -> &'static str {
        self.worker.name
    }

    /// The loop: ends when `stopped` says so, between two steps.
    pub async fn run(self: Rc<Self>, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                () = told(&mut stopped) => return,
                () = self.turn() => {}
            }
            self.run_once().await;
            let has_failed = self.failures.get() > 0;
            tokio::select! {
                biased;
                () = told(&mut stopped) => return,
                () = tokio::time::sleep(self.pause()) => {}
                // A failure waits its time out: the wakes of a busy service would make it a hot loop.
                () = self.worker.wake.notified(), if !has_failed => {}
            }
        }
    }

    /// Until the worker may run on this instance.
    async fn turn(&self) {
        if self.worker.is_led {
            let _ = self.fence.clone().wait_for(Option::is_some).await;
        }
    }

    /// One step, measured and logged. It runs as a task of its own, so that a panic ends the task and not the loop.
    pub async fn run_once(&self) -> Outcome {
        let fence = self.fence.borrow().clone();
        if self.worker.is_led && fence.is_none() {
            return Outcome::NotLeading;
        }
        let (step, began) = (Rc::clone(&self.worker.step), Instant::now());
        let mut task = JoinSet::new();
        // The call itself may panic, before there is a future.
        task.spawn_local(async move { step(fence).await });
        let ended = task.join_next().await;
        self.metrics.ran(self.name(), began.elapsed());
        match ended {
            Some(Ok(Err(problem))) => self.failed(&cause_of(problem), Outcome::Failed),
            Some(Err(error)) => self.failed(&panic_of(error), Outcome::Panicked),
            Some(Ok(Ok(()))) | None => self.succeeded(),
        }
    }

    fn succeeded(&self) -> Outcome {
        self.metrics.succeeded(self.name(), self.clock.now());
        let failures = self.failures.take();
        if failures > 0 {
            tracing::info!(worker = self.name(), failures, "a worker works again");
        }
        Outcome::Done
    }

    /// Logs the first failure of a row as an error: an outage of the database is one error for each worker, not one for
    /// each try.
    fn failed(&self, cause: &str, outcome: Outcome) -> Outcome {
        let worker = self.name();
        match outcome {
            Outcome::Panicked => self.metrics.panicked(worker),
            _ => self.metrics.failed(worker),
        }
        let failures = self.failures.get().saturating_add(1);
        self.failures.set(failures);
        if failures == 1 {
            tracing::error!(worker, cause, panicked = outcome == Outcome::Panicked, "a worker failed");
        } else {
            tracing::debug!(worker, cause, failures, "a worker failed again");
        }
        outcome
    }

    fn pause(&self) -> Duration {
        match self.failures.get() {
            0 => self.worker.period,
            failures => FIRST_PAUSE
                .saturating_mul(2_u32.saturating_pow(failures - 1))
                .min(self.worker.period)
                .min(LONGEST_PAUSE),
        }
    }
}

/// Until the service stops; it does too when nobody is left to say so.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|is_stopped| *is_stopped).await;
}

fn cause_of(problem: Problem) -> String {
    let text = problem.to_string();
    problem.cause.unwrap_or(text)
}

fn panic_of(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "the step was cut off".to_owned() };
    let panic: &dyn Any = &*panic;
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
