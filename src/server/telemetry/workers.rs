//! What the service counts of its background workers.

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use crate::base::db::types::Instant;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    worker: &'static str,
}

/// The metrics of all workers, each under the worker's name.
#[derive(Clone, Default)]
pub struct WorkerMetrics {
    runs: Family<Labels, Counter>,
    failures: Family<Labels, Counter>,
    panics: Family<Labels, Counter>,
    last_run: Family<Labels, Gauge<f64, AtomicU64>>,
    last_success: Family<Labels, Gauge>,
    leads: Family<Labels, Gauge>,
}

impl WorkerMetrics {
    /// Metrics that the registry shows.
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let this = Self::default();
        registry.register("worker_runs", "Steps begun", this.runs.clone());
        registry.register("worker_failures", "Steps that failed", this.failures.clone());
        registry.register("worker_panics", "Steps that panicked", this.panics.clone());
        registry.register("worker_last_run_seconds", "Time the last step took", this.last_run.clone());
        registry.register(
            "worker_last_success_timestamp_seconds",
            "When the last step succeeded, since 1970",
            this.last_success.clone(),
        );
        registry.register("worker_leads", "Whether this instance leads", this.leads.clone());
        this
    }

    /// Shows a worker before its first step, so that an alarm on its counters has a beginning.
    pub fn declare(&self, worker: &'static str) {
        let labels = Labels { worker };
        for counter in [&self.runs, &self.failures, &self.panics] {
            drop(counter.get_or_create(&labels));
        }
        drop(self.last_run.get_or_create(&labels));
        drop(self.last_success.get_or_create(&labels));
        drop(self.leads.get_or_create(&labels));
    }

    /// A step ended after that time.
    pub fn ran(&self, worker: &'static str, took: Duration) {
        self.runs.get_or_create(&Labels { worker }).inc();
        self.last_run.get_or_create(&Labels { worker }).set(took.as_secs_f64());
    }

    /// It did its work.
    pub fn succeeded(&self, worker: &'static str, now: Instant) {
        self.last_success.get_or_create(&Labels { worker }).set(now.utc().timestamp());
    }

    /// It failed.
    pub fn failed(&self, worker: &'static str) {
        self.failures.get_or_create(&Labels { worker }).inc();
    }

    /// It panicked.
    pub fn panicked(&self, worker: &'static str) {
        self.panics.get_or_create(&Labels { worker }).inc();
    }

    /// Whether this instance leads now.
    pub fn set_leads(&self, worker: &'static str, leads: bool) {
        self.leads.get_or_create(&Labels { worker }).set(i64::from(leads));
    }
}
