//! The connections of one thread. What they answer is read on the thread that waits for it: between threads each answer
//! would cost two wake-ups, which is more than a point read costs.

use std::{
    sync::{
        Arc, RwLock, Weak,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use deadpool::managed::Pool;
use tokio::task::JoinHandle;

use super::{
    connection::{Connection, Session, connect},
    pool::Dial,
    postgres::Plan,
    turns::Turns,
};

/// Holds a shared connection; empty while it is being established.
type Slot = RwLock<Option<Arc<Connection>>>;

/// A connection and the task that drives it.
type Driven = (Connection, JoinHandle<()>);

/// Between two tries to fill a slot.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the connection of an export is kept for the next one.
const KEPT: Duration = Duration::from_mins(1);
/// How many callers may wait for a pooled connection of one thread.
const WAITING: usize = 1024;

/// The connections of one thread: shared ones that mend themselves, a pool for transactions, and one for exports.
pub struct ThreadConnections {
    pub pool: Pool<Dial>,
    /// Who may have a connection of `pool`.
    pub turns: Turns,
    pub exports: Pool<Dial>,
    slots: Vec<Slot>,
    next: AtomicUsize,
    /// Whether a first connection was made, or could not be.
    has_begun: AtomicBool,
    keepers: Vec<JoinHandle<()>>,
}

impl ThreadConnections {
    /// Begins to connect, on the runtime of the thread that calls; `first` is a connection that is there already.
    pub fn open(plan: &Arc<Plan>, mut first: Option<Driven>) -> Result<Arc<Self>, String> {
        let pool = Dial::pool(plan, plan.session.clone(), plan.pooled)?;
        let exports = Dial::pool(plan, Session::reading(plan.statement), plan.exports)?;
        let turns = Turns::new("connections", plan.pooled.max(1), plan.pooled.div_ceil(2), WAITING);
        let shared = plan.shared;
        Ok(Arc::new_cyclic(|thread_connections| {
            let keeper =
                |slot| tokio::spawn(keep(Arc::clone(plan), Weak::clone(thread_connections), slot, first.take()));
            let keepers = (0..shared).map(keeper).collect();
            let slots = (0..shared).map(|_| RwLock::default()).collect();
            let (next, has_begun) = (AtomicUsize::new(0), AtomicBool::new(false));
            Self { pool, turns, exports, slots, next, has_begun, keepers }
        }))
    }

    /// The next living shared connection.
    pub fn shared(&self) -> Option<Arc<Connection>> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        (0..self.slots.len())
            .find_map(|step| self.slots.get((start + step) % self.slots.len())?.read().ok()?.as_ref().map(Arc::clone))
    }

    /// Whether the first shared connection is still being made.
    pub fn is_beginning(&self) -> bool {
        !self.has_begun.load(Ordering::Relaxed)
    }

    /// False when the runtime that drove the connections has ended.
    pub fn is_driven(&self) -> bool {
        !self.keepers.iter().any(JoinHandle::is_finished)
    }

    /// Closes the connections of exports that no export has wanted lately.
    pub fn forget_idle_exports(&self) {
        self.exports.retain(|_, metrics| metrics.last_used() < KEPT);
    }

    fn put(&self, slot: usize, connection: Option<Arc<Connection>>) {
        if let Some(Ok(mut place)) = self.slots.get(slot).map(RwLock::write) {
            *place = connection;
        }
    }
}

/// Fills one slot, and again whenever its connection ends or falls silent, for as long as the thread has connections.
async fn keep(plan: Arc<Plan>, thread_connections: Weak<ThreadConnections>, slot: usize, first: Option<Driven>) {
    let (mut next, session, mut is_out) = (first, Session::shared(), false);
    loop {
        let connected = match next.take() {
            Some(driven) => Ok(driven),
            None => connect(&plan.url, &plan.tls, &session, &plan.suspicion).await,
        };
        let Some(place) = thread_connections.upgrade() else { return };
        place.has_begun.store(true, Ordering::Relaxed);
        match connected {
            Ok((connection, driver)) => {
                is_out = false;
                let connection = Arc::new(connection);
                place.put(slot, Some(Arc::clone(&connection)));
                drop(place);
                watch_over(&plan, connection, driver).await;
            }
            Err(refusal) => {
                drop(place);
                if !std::mem::replace(&mut is_out, true) {
                    tracing::warn!(cause = refusal.cause, "cannot establish a database connection yet");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        let Some(place) = thread_connections.upgrade() else { return };
        place.put(slot, None);
    }
}

/// Until the connection has ended. When another one of the process is found silent, this one has to prove itself.
async fn watch_over(plan: &Plan, connection: Arc<Connection>, mut driver: JoinHandle<()>) {
    let mut suspicion = plan.suspicion.heard();
    // Whoever holds the connection keeps its driver going: that is for the slot to do.
    let watched = Arc::downgrade(&connection);
    drop(connection);
    loop {
        tokio::select! {
            _ = &mut driver => return,
            _ = suspicion.changed() => {}
        }
        if let Some(connection) = watched.upgrade() {
            connection.is_answering().await;
        }
    }
}
