//! Which instance leads: one lease for all led workers, renewed by a worker of its own.
//!
//! One lease and not one for each worker, so that an idle instance asks the database once a second however many workers
//! there are.

use std::{rc::Rc, time::Duration};

use tokio::sync::watch;

use super::Worker;
use crate::{
    base::{
        clock::new_id,
        db::Store,
        lease::{self, Fence},
        problem::Problem,
    },
    server::telemetry::WorkerMetrics,
};

/// The worker's name.
pub const NAME: &str = "leadership";
const LEASE: &str = "workers";
/// Between two renewals, or two looks whether the lease is free. With the length of a lease (see [`lease`]) it bounds
/// how long the led workers stand still when their instance dies.
const PERIOD: Duration = Duration::from_secs(1);

/// What this instance knows of its own leadership.
pub struct Leadership {
    store: Store,
    holder: String,
    fence: watch::Sender<Option<Fence>>,
    metrics: WorkerMetrics,
    workers: Vec<&'static str>,
}

/// Takes the lease and keeps it.
pub fn worker(leadership: &Rc<Leadership>) -> Worker {
    let leadership = Rc::clone(leadership);
    Worker::everywhere(NAME, PERIOD, move |held| {
        let leadership = Rc::clone(&leadership);
        async move { leadership.keep(held).await }
    })
}

impl Leadership {
    /// Not the leader yet.
    pub fn new(store: Store, metrics: WorkerMetrics, workers: Vec<&'static str>) -> Self {
        Self { store, holder: new_id().to_string(), fence: watch::Sender::default(), metrics, workers }
    }

    /// The fence while this instance leads.
    pub fn fence(&self) -> watch::Receiver<Option<Fence>> {
        self.fence.subscribe()
    }

    /// Renews the lease, or takes it when it is free. One that cannot be renewed counts as lost at once: it may run out
    /// before the database is back.
    async fn keep(&self, held: Option<Fence>) -> Result<(), Problem> {
        let kept = match held {
            Some(fence) => fence.renew(&self.store).await.map(|is_held| is_held.then_some(fence)),
            None => lease::take(&self.store, LEASE, &self.holder).await,
        };
        let (fence, outcome) = match kept {
            Ok(fence) => (fence, Ok(())),
            Err(problem) => (None, Err(problem)),
        };
        self.set(fence);
        outcome
    }

    fn set(&self, fence: Option<Fence>) {
        let leads = fence.is_some();
        if self.fence.send_replace(fence).is_some() == leads {
            return;
        }
        tracing::info!(leads, "leadership has changed: whether this instance runs the workers that only one may run");
        for worker in &self.workers {
            self.metrics.set_leads(worker, leads);
        }
    }

    /// Hands the lease back.
    pub async fn release(&self) {
        let held = self.fence.borrow().clone();
        self.set(None);
        if let Some(fence) = held
            && let Err(problem) = fence.release(&self.store).await
        {
            tracing::warn!(cause = problem.cause, "the lease was not handed back, and runs out by itself");
        }
    }
}
