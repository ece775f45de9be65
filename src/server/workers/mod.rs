//! Background loops: started and stopped with the service, supervised, and led by one instance where they must be.
//!
//! A worker is a step that is run again and again. The step is idempotent and short, or goes on in batches; what it
//! writes as the leader it writes through its [`Fence`].

mod certificate;
mod leadership;
mod retention;
mod signing_keys;
mod supervisor;

use std::{rc::Rc, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::LocalBoxFuture};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use self::{leadership::Leadership, supervisor::Supervisor};
use super::{state::AppState, telemetry::WorkerMetrics};
use crate::base::{lease::Fence, problem::Problem};

pub use supervisor::Outcome;

/// How long a stopping service waits for the steps that run. What they leave undone is rolled back.
const GRACE: Duration = Duration::from_secs(5);
/// How long it waits for the database to take the lease back; without that it runs out by itself.
const RELEASE: Duration = Duration::from_secs(1);

type Step = dyn Fn(Option<Fence>) -> LocalBoxFuture<'static, Result<(), Problem>>;

/// A step with its name, and when it is run.
pub struct Worker {
    name: &'static str,
    period: Duration,
    is_led: bool,
    wake: Arc<Notify>,
    step: Rc<Step>,
}

impl Worker {
    /// A step that every instance runs; it gets the fence on the one that leads.
    #[must_use]
    pub fn everywhere<F>(name: &'static str, period: Duration, step: impl Fn(Option<Fence>) -> F + 'static) -> Self
    where
        F: Future<Output = Result<(), Problem>> + 'static,
    {
        let step = Rc::new(move |fence| step(fence).boxed_local());
        Self { name, period, is_led: false, wake: Arc::default(), step }
    }

    /// A step that only the leader runs, at once when it begins to lead.
    #[must_use]
    pub fn led<F>(name: &'static str, period: Duration, step: impl Fn(Fence) -> F + 'static) -> Self
    where
        F: Future<Output = Result<(), Problem>> + 'static,
    {
        let step = Rc::new(move |fence: Option<Fence>| match fence {
            Some(fence) => step(fence).boxed_local(),
            None => futures_util::future::ready(Ok(())).boxed_local(),
        });
        Self { name, period, is_led: true, wake: Arc::default(), step }
    }

    /// Runs also when it is notified, without waiting for the period to end; a notice that comes while it runs counts.
    #[must_use]
    pub fn woken_by(self, wake: Arc<Notify>) -> Self {
        Self { wake, ..self }
    }
}

/// The workers of one instance.
pub struct Workers {
    leadership: Rc<Leadership>,
    supervisors: Vec<Rc<Supervisor>>,
}

impl Workers {
    /// Those of the service.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        let workers = [signing_keys::worker(state), retention::worker(state)];
        Self::with(state, workers.into_iter().chain(certificate::worker(state)).collect())
    }

    /// Any, with the leadership among instances that they share.
    #[must_use]
    pub fn with(state: &AppState, workers: Vec<Worker>) -> Self {
        let metrics = state.metrics.workers.clone();
        let names: Vec<_> = workers.iter().map(|worker| worker.name).chain([leadership::NAME]).collect();
        for name in &names {
            metrics.declare(name);
        }
        let leadership = Rc::new(Leadership::new((**state.store).clone(), metrics.clone(), names));
        let workers = std::iter::once(leadership::worker(&leadership)).chain(workers);
        let supervisors = workers
            .map(|worker| Supervisor::new(worker, metrics.clone(), state.tokens.clock().clone(), leadership.fence()));
        Self { supervisors: supervisors.map(Rc::new).collect(), leadership }
    }

    /// Runs one step now, as the loop would; `None` when no worker has that name.
    pub async fn run_once(&self, name: &str) -> Option<Outcome> {
        Some(self.supervisors.iter().find(|supervisor| supervisor.name() == name)?.run_once().await)
    }

    /// Starts the loops on this thread, which must run an actix system.
    #[must_use]
    pub fn start(self) -> Running {
        let (stop, stopped) = watch::channel(false);
        let mut loops = JoinSet::new();
        for supervisor in self.supervisors {
            loops.spawn_local(supervisor.run(stopped.clone()));
        }
        Running { leadership: self.leadership, stop, loops }
    }
}

/// The loops that were started; dropped, they end where they are.
pub struct Running {
    leadership: Rc<Leadership>,
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

impl Running {
    /// Lets the steps that run come to their end, begins no other, and hands the lease to another instance.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("a worker's step was cut off: it took too long");
        }
        self.loops.shutdown().await;
        if tokio::time::timeout(RELEASE, self.leadership.release()).await.is_err() {
            tracing::warn!("the lease was not handed back, and runs out by itself");
        }
    }
}

/// Shows the service's workers in the metrics before they are started.
pub(super) fn declare(metrics: &WorkerMetrics) {
    for name in [leadership::NAME, signing_keys::NAME, retention::NAME, certificate::NAME] {
        metrics.declare(name);
    }
}
