//! The only caller of the system clock and of the id generator; tests inject both.
//!
//! A request is judged by the clock of the machine that serves it. What is written is dated by the clock that all
//! instances share, the database's, inside its transaction: so the moment from which no older write can appear any more
//! (the watermark) can be told.

mod settled;

use std::sync::{Arc, Mutex, PoisonError};

use settled::Settled;
use uuid::Uuid;

use crate::base::db::{Db, Error, QueryError, Store, open_writes, time_of_database, types::Instant};

/// Tells the time. Cloned freely; all clones tell the same.
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// The machine's clock, and for what is written the database's.
    System(Arc<Mutex<Settled>>),
    /// Said by a test, for everything.
    Told(Arc<dyn Fn() -> Instant + Send + Sync>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System(Arc::default()))
    }

    /// A clock that tells what `f` says, and is believed.
    pub fn telling(f: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Source::Told(Arc::new(f)))
    }

    /// The present moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the room of the system clock")]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Source::System(_) => chrono::Utc::now().into(),
            Source::Told(told) => told(),
        }
    }

    /// The date of what a transaction writes; to be asked once its locks are held. A SQLite file has one writer, whose
    /// clock is this machine's.
    ///
    /// # Errors
    /// What the database says.
    pub async fn date(&self, db: &mut Db) -> Result<Instant, QueryError> {
        match &self.0 {
            Source::System(_) => Ok(time_of_database(db).await?.unwrap_or_else(|| self.now())),
            Source::Told(told) => Ok(told()),
        }
    }

    /// The moment up to which every write is seen by a read that begins after this: what is not seen then will bear this
    /// date or a later one.
    ///
    /// # Errors
    /// What the database says, or that it is busy.
    pub async fn watermark(&self, store: &Store) -> Result<Instant, Error> {
        let Some((now, oldest)) = store.read(async |db| Ok::<_, Error>(open_writes(db).await?)).await? else {
            // The writer comes to this when all that it has dated before is written.
            let clock = self.clone();
            return store.write(async move |_| Ok(clock.now())).await;
        };
        let age = oldest.map_or_else(chrono::TimeDelta::zero, |oldest| now.utc() - oldest.min(now).utc());
        let now = if let Source::Told(told) = &self.0 { told() } else { now };
        Ok((now.utc() - age).into())
    }

    /// The moment up to which something is over: the present one, unless the clock has jumped ahead and has not stood
    /// there for an hour. What was forgotten because a clock was wrong does not come back when it is set right.
    #[must_use]
    pub fn settled(&self) -> Instant {
        let now = self.now();
        let Source::System(settled) = &self.0 else { return now };
        settled.lock().unwrap_or_else(PoisonError::into_inner).at(std::time::Instant::now(), now)
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// A new id: UUIDv7, ordered by the time of its making.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the room of the id generator")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Bytes that nobody can guess, from the operating system.
///
/// # Errors
/// When the operating system has none to give.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
