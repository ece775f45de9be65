//! What the service counts of itself.

use std::sync::atomic::AtomicI64;

use actix_web::http::Method;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use super::{lines, workers::WorkerMetrics};
use crate::access::oauth::WrongCredentials;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Labels {
    pub method: &'static str,
    pub route: String,
    pub status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct RouteLabels {
    pub route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// All that is counted.
pub struct Metrics {
    pub(super) registry: Registry,
    pub(super) requests: Family<Labels, Counter>,
    pub(super) durations: Family<RouteLabels, Histogram>,
    pub(super) in_flight: Gauge<i64, AtomicI64>,
    /// What was refused.
    pub refusals: Refusals,
    /// Connections of callers.
    pub connections: ConnectionMetrics,
    /// What background workers did.
    pub workers: WorkerMetrics,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tiendo");
        let requests = Family::<Labels, Counter>::default();
        let durations = Family::<RouteLabels, Histogram>::new_with_constructor(|| {
            Histogram::new(exponential_buckets(0.000_5, 2.0, 15))
        });
        let in_flight = Gauge::default();
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "Time to answer", durations.clone());
        registry.register("http_requests_in_flight", "Requests being answered", in_flight.clone());
        let workers = WorkerMetrics::registered(&mut registry);
        let refusals = Refusals::default();
        registry.register("refusals", "Answers that were problems", refusals.0.clone());
        let connections = ConnectionMetrics::registered(&mut registry);
        registry.register("log_lines_dropped", "Lines of the log for which there was no room", lines::dropped());
        Self { registry, requests, durations, in_flight, refusals, connections, workers }
    }
}

impl Metrics {
    /// Those of a service, with what it counts of wrong credentials.
    #[must_use]
    pub fn of(wrong_credentials: WrongCredentials) -> Self {
        let mut metrics = Self::default();
        metrics.registry.register("wrong_credentials", "Wrong credentials at the token endpoint", wrong_credentials);
        metrics
    }
}

/// Refusals by the slug of their problem.
#[derive(Clone, Default)]
pub struct Refusals(Family<Kind, Counter>);

impl Refusals {
    /// Shows a kind before there was one, so that an alarm on it has a beginning.
    pub fn declare(&self, kind: &'static str) {
        drop(self.0.get_or_create(&Kind { kind }));
    }

    /// There was one.
    pub fn count(&self, kind: &'static str) {
        self.0.get_or_create(&Kind { kind }).inc();
    }
}

/// Why a connection was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnedAway {
    /// There are as many as there may be.
    Full,
    /// Its address has as many as one may have.
    Address,
}

/// Why a connection was ended in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its peer does not read what it is answered.
    Write,
    /// There was no TLS handshake, or not in time.
    Handshake,
}

impl TurnedAway {
    /// The word of the metric.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Address => "address",
        }
    }
}

impl Cut {
    fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Handshake => "handshake",
        }
    }
}

/// Connections of callers: how many there are, and what became of others.
#[derive(Clone, Default)]
pub struct ConnectionMetrics {
    open: Gauge<i64, AtomicI64>,
    turned_away: Family<Reason, Counter>,
    cut: Family<Reason, Counter>,
}

impl ConnectionMetrics {
    fn registered(registry: &mut Registry) -> Self {
        let this = Self::default();
        registry.register("open_connections", "Connections of callers", this.open.clone());
        registry.register("connections_turned_away", "Connections that found no room", this.turned_away.clone());
        registry.register("connections_cut", "Connections ended in the middle", this.cut.clone());
        for reason in [TurnedAway::Full, TurnedAway::Address] {
            drop(this.turned_away.get_or_create(&Reason { reason: reason.as_str() }));
        }
        for reason in [Cut::Write, Cut::Handshake] {
            drop(this.cut.get_or_create(&Reason { reason: reason.as_str() }));
        }
        this
    }

    /// One was let in.
    pub fn opened(&self) {
        self.open.inc();
    }

    /// One that was let in is gone.
    pub fn closed(&self) {
        self.open.dec();
    }

    /// One was not let in.
    pub fn turned_away(&self, why: TurnedAway) {
        self.turned_away.get_or_create(&Reason { reason: why.as_str() }).inc();
    }

    /// One was ended in the middle.
    pub fn cut(&self, why: Cut) {
        self.cut.get_or_create(&Reason { reason: why.as_str() }).inc();
    }
}

/// Counts a request for as long as it is held, also when the caller goes away.
pub(super) struct InFlight(Gauge<i64, AtomicI64>);

impl InFlight {
    pub(super) fn begin(metrics: &Metrics) -> Self {
        metrics.in_flight.inc();
        Self(metrics.in_flight.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Methods as a closed set, so that a caller cannot grow the metrics.
pub(super) fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}
