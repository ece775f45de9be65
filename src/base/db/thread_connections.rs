//! The connections of one thread. What they answer is read on the thread that waits for it: between threads each answer
//! would cost two wake-ups, which is more than a point read costs.

use std::{
    sync::{
        Arc, RwLock, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use deadpool::managed::Timeouts;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool},
};
use futures_util::FutureExt;
use tokio::task::JoinHandle;

use super::postgres::{Driven, POOLED_SETTINGS, Plan, SHARED_SETTINGS, connect};

/// Holds a shared connection; empty while it is being established.
type Slot = RwLock<Option<Arc<AsyncPgConnection>>>;

/// The connections of one thread: shared ones that mend themselves, and a pool.
pub struct ThreadConnections {
    pub pool: Pool<AsyncPgConnection>,
    slots: Vec<Slot>,
    next: AtomicUsize,
    keepers: Vec<JoinHandle<()>>,
}

impl ThreadConnections {
    /// Begins to connect, on the runtime of the thread that calls; `first` is a connection that is there already.
    pub fn open(plan: &Arc<Plan>, mut first: Option<Driven>) -> Result<Arc<Self>, String> {
        let pool = pool(plan)?;
        let shared = plan.shared;
        Ok(Arc::new_cyclic(|thread_connections| {
            let keeper =
                |slot| tokio::spawn(keep(Arc::clone(plan), Weak::clone(thread_connections), slot, first.take()));
            let keepers = (0..shared).map(keeper).collect();
            let slots = (0..shared).map(|_| RwLock::default()).collect();
            Self { pool, slots, next: AtomicUsize::new(0), keepers }
        }))
    }

    /// The next living shared connection.
    pub fn shared(&self) -> Option<Arc<AsyncPgConnection>> {
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        (0..self.slots.len())
            .find_map(|step| self.slots.get((start + step) % self.slots.len())?.read().ok()?.as_ref().map(Arc::clone))
    }

    /// False when the runtime that drove the connections has ended.
    pub fn is_driven(&self) -> bool {
        !self.keepers.iter().any(JoinHandle::is_finished)
    }

    fn put(&self, slot: usize, connection: Option<AsyncPgConnection>) {
        if let Some(Ok(mut place)) = self.slots.get(slot).map(RwLock::write) {
            *place = connection.map(Arc::new);
        }
    }
}

/// The pool of a thread; its connections are made when they are needed.
fn pool(plan: &Arc<Plan>) -> Result<Pool<AsyncPgConnection>, String> {
    let mut manager = ManagerConfig::<AsyncPgConnection>::default();
    manager.recycling_method = RecyclingMethod::Fast;
    let tls = plan.tls.clone();
    manager.custom_setup = Box::new(move |url| {
        let (url, tls) = (url.to_owned(), tls.clone());
        async move { Ok(connect(&url, &tls, POOLED_SETTINGS).await?.0) }.boxed()
    });
    Pool::builder(AsyncDieselConnectionManager::new_with_config(&plan.url, manager))
        .max_size(plan.pooled.max(1))
        .timeouts(Timeouts { wait: Some(plan.wait), create: Some(plan.wait), recycle: Some(plan.wait) })
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())
}

/// Fills one slot, and again whenever its connection's driver ends, for as long as the lane is there.
async fn keep(plan: Arc<Plan>, thread_connections: Weak<ThreadConnections>, slot: usize, first: Option<Driven>) {
    let mut next = first;
    loop {
        let connected = match next.take() {
            Some(driven) => Ok(driven),
            None => connect(&plan.url, &plan.tls, SHARED_SETTINGS).await,
        };
        let Some(place) = thread_connections.upgrade() else { return };
        match connected {
            Ok((connection, driver)) => {
                place.put(slot, Some(connection));
                drop(place);
                let _ = driver.await;
            }
            Err(error) => {
                drop(place);
                tracing::warn!(error = %error, "cannot establish a database connection yet");
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        }
        let Some(place) = thread_connections.upgrade() else { return };
        place.put(slot, None);
    }
}
