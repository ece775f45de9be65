//! PostgreSQL: connections of each thread's own.

use std::{
    cell::RefCell,
    collections::HashMap,
    ops::Deref,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use deadpool::managed::Object;
use diesel::{ConnectionError, ConnectionResult};
use tokio::time::{Instant, timeout_at};

use super::{
    Db, Error, Pg, Tls,
    connection::{Connection, Session, connect},
    link::Suspicion,
    pool::Dial,
    thread_connections::ThreadConnections,
    turns::Turn,
};

/// A pooled connection and the turn that goes with it; both are given back when dropped.
pub struct Pooled {
    connection: Object<Dial>,
    _turn: Option<Turn>,
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Pooled {
    /// Takes the connection out of the pool and closes it.
    pub fn leave(self) {
        drop(Object::take(self.connection));
    }
}

/// The connections of one process: each thread that asks has its own.
pub struct Postgres {
    number: usize,
    plan: Arc<Plan>,
    /// Holds them; the threads only know where they are, so that all end with the store.
    lanes: Mutex<Vec<Arc<ThreadConnections>>>,
}

/// How to connect, and how many connections each thread may have.
#[derive(Clone)]
pub(super) struct Plan {
    pub url: String,
    pub tls: Tls,
    /// Shared pipelined connections.
    pub shared: usize,
    /// Pooled connections, and what they are for.
    pub pooled: usize,
    pub session: Session,
    /// Connections for exports.
    pub exports: usize,
    /// Longest wait for a pooled connection.
    pub wait: Duration,
    /// Longest time for a statement of a transaction.
    pub statement: Duration,
    /// What one connection learns concerns all.
    pub suspicion: Arc<Suspicion>,
}

thread_local! {
    /// Where this thread's connections are, by the number of the store.
    static LANES: RefCell<HashMap<usize, Weak<ThreadConnections>>> = RefCell::default();
}

impl Postgres {
    /// Connects; fails when no connection can be made.
    pub async fn open(plan: Plan) -> ConnectionResult<Self> {
        let first = connect(&plan.url, &plan.tls, &Session::shared(), &plan.suspicion).await?;
        let this = Self::later(plan);
        let thread_connections =
            ThreadConnections::open(&this.plan, Some(first)).map_err(ConnectionError::BadConnection)?;
        LANES.with_borrow_mut(|lanes| lanes.insert(this.number, Arc::downgrade(&thread_connections)));
        this.lanes.lock().map_err(|error| ConnectionError::BadConnection(error.to_string()))?.push(thread_connections);
        Ok(this)
    }

    /// Pools alone, for threads that only compute reports; connects when the first is asked for.
    pub fn for_reports(plan: Plan) -> Self {
        Self::later(Plan { shared: 0, session: Session::reading(plan.statement), ..plan })
    }

    fn later(plan: Plan) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self { number, plan: Arc::new(plan), lanes: Mutex::default() }
    }

    /// A living shared connection of this thread; `None` while all of them are being established.
    pub fn shared(&self) -> Option<Db> {
        self.thread_connections()?.shared().map(|connection| Db::Pg(Pg::Shared(connection)))
    }

    /// Whether this thread's first shared connection is still being made.
    pub fn is_beginning(&self) -> bool {
        self.thread_connections().is_some_and(|mine| mine.is_beginning())
    }

    /// A connection of one's own, within the waiting time; no client has more than its share of them.
    pub async fn own(&self) -> Result<Db, Error> {
        let until = Instant::now() + self.plan.wait;
        let mine = self.thread_connections().ok_or(Error::Busy("no connection"))?;
        let turn = mine.turns.take(self.plan.wait).await?;
        pooled(mine.pool.get(), until, Some(turn)).await
    }

    /// A connection for an export.
    pub async fn export(&self) -> Result<Db, Error> {
        let until = Instant::now() + self.plan.wait;
        let mine = self.thread_connections().ok_or(Error::Busy("no connection"))?;
        mine.forget_idle_exports();
        pooled(mine.exports.get(), until, None).await
    }

    /// The connections of this thread, opened when it asks for the first time.
    fn thread_connections(&self) -> Option<Arc<ThreadConnections>> {
        LANES.with_borrow_mut(|known| {
            let mine = known
                .get(&self.number)
                .and_then(Weak::upgrade)
                .filter(|thread_connections| thread_connections.is_driven());
            if mine.is_some() {
                return mine;
            }
            let thread_connections = ThreadConnections::open(&self.plan, None).ok()?;
            known.retain(|_, thread_connections| thread_connections.strong_count() > 0);
            known.insert(self.number, Arc::downgrade(&thread_connections));
            let mut lanes = self.lanes.lock().ok()?;
            lanes.retain(|thread_connections| thread_connections.is_driven());
            lanes.push(Arc::clone(&thread_connections));
            Some(thread_connections)
        })
    }
}

async fn pooled(
    coming: impl Future<Output = Result<Object<Dial>, deadpool::managed::PoolError<ConnectionError>>>,
    until: Instant,
    turn: Option<Turn>,
) -> Result<Db, Error> {
    match timeout_at(until, coming).await {
        Ok(Ok(connection)) => return Ok(Db::Pg(Pg::Own(Arc::new(Pooled { connection, _turn: turn })))),
        Ok(Err(error)) => tracing::warn!(error = %error, "no database connection to be had"),
        Err(_) => return Err(Error::Busy("no connection in time")),
    }
    Err(Error::Busy("no connection"))
}
