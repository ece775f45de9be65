//! Room for the bodies of the process: so many bytes of them are read and handled at a time, at most half of them of one
//! client. A small body is only added up; large ones leave a quarter to the small.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// Up to here a body is small.
pub const SMALL: usize = 64 * 1024;

/// What there is, and what is taken of it.
#[derive(Debug)]
pub struct Room {
    all: usize,
    taken: AtomicUsize,
    large: Mutex<Large>,
    freed: Notify,
}

/// What large bodies have taken.
#[derive(Debug, Default)]
struct Large {
    all: usize,
    by_client: HashMap<Option<Uuid>, usize>,
}

impl Room {
    /// Of so many bytes.
    #[must_use]
    pub fn of(all: usize) -> Arc<Self> {
        Arc::new(Self { all, taken: AtomicUsize::new(0), large: Mutex::default(), freed: Notify::new() })
    }

    /// A place for one body, of nothing so far.
    #[must_use]
    pub fn place(self: &Arc<Self>, client: Option<Uuid>) -> Place {
        Place { room: Arc::clone(self), client, bytes: 0, is_large: false }
    }

    /// Whether so many more bytes are taken now.
    fn add(&self, bytes: usize) -> bool {
        let before = self.taken.fetch_add(bytes, Relaxed);
        if before + bytes <= self.all {
            return true;
        }
        self.taken.fetch_sub(bytes, Relaxed);
        false
    }

    fn add_large(&self, client: Option<Uuid>, bytes: usize) -> bool {
        let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        let of_client = large.by_client.get(&client).copied().unwrap_or_default();
        let fits = of_client + bytes <= self.all / 2 && large.all + bytes <= self.all - self.all / 4;
        if !fits || !self.add(bytes) {
            return false;
        }
        large.all += bytes;
        *large.by_client.entry(client).or_default() += bytes;
        true
    }

    fn give_back(&self, client: Option<Uuid>, bytes: usize, is_large: bool) {
        if is_large {
            let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
            large.all -= bytes;
            let left = large.by_client.get(&client).map_or(0, |taken| taken.saturating_sub(bytes));
            // Clients come and go: one that holds nothing is not remembered.
            if left == 0 {
                large.by_client.remove(&client);
            } else {
                large.by_client.insert(client, left);
            }
        }
        self.taken.fetch_sub(bytes, Relaxed);
        self.freed.notify_waiters();
    }
}

/// The room of one body; given back when dropped.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    client: Option<Uuid>,
    bytes: usize,
    is_large: bool,
}

impl Place {
    /// Takes more, waiting for it until the moment when it must be there.
    ///
    /// # Errors
    /// `unavailable` when there was none by then.
    pub async fn grow(&mut self, bytes: usize, until: Instant) -> Result<(), Problem> {
        loop {
            if self.try_grow(bytes) {
                return Ok(());
            }
            let room = Arc::clone(&self.room);
            let mut freed = std::pin::pin!(room.freed.notified());
            freed.as_mut().enable();
            // What was given back before the notice was asked for is seen here.
            if self.try_grow(bytes) {
                return Ok(());
            }
            tokio::time::timeout_at(until, freed).await.map_err(|_| full())?;
        }
    }

    /// Takes more, when there is some at once.
    ///
    /// # Errors
    /// `unavailable` when there is none.
    pub fn grow_now(&mut self, bytes: usize) -> Result<(), Problem> {
        if self.try_grow(bytes) { Ok(()) } else { Err(full()) }
    }

    /// Whether more than a small body's room is taken.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.is_large
    }

    fn try_grow(&mut self, bytes: usize) -> bool {
        let all = self.bytes + bytes;
        if all <= SMALL && !self.is_large {
            let has_grown = self.room.add(bytes);
            self.bytes = if has_grown { all } else { self.bytes };
            return has_grown;
        }
        let more = if self.is_large { bytes } else { all };
        if !self.room.add_large(self.client, more) {
            return false;
        }
        if !self.is_large {
            self.room.give_back(self.client, self.bytes, false);
        }
        (self.bytes, self.is_large) = (all, true);
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.give_back(self.client, self.bytes, self.is_large);
    }
}

/// How long a caller that found no room should wait before it tries again.
const LATER: Duration = Duration::from_secs(2);

/// 503: other bodies have taken the room.
pub fn full() -> Problem {
    let mut problem = Problem::new(
        &kinds::UNAVAILABLE,
        Bilingual::new(
            "Đang có quá nhiều nội dung lớn được xử lý cùng lúc; không có gì được ghi. Hãy gửi lại sau thời gian ở Retry-After, hoặc chia nhỏ.",
            "Too many large bodies are being handled at once; nothing was written. Send it again after Retry-After, or in smaller parts.",
        ),
    );
    problem.retry_after = u32::try_from(LATER.as_secs()).ok();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::new_id;

    const MIB: usize = 1 << 20;

    #[test]
    fn one_client_gets_half_and_the_large_leave_a_quarter() {
        let room = Room::of(16 * MIB);
        let client = || Some(new_id());
        let (greedy, other, small) = (client(), client(), client());
        let mut first = room.place(greedy);
        assert!(first.grow_now(8 * MIB).is_ok());
        assert!(room.place(greedy).grow_now(MIB).unwrap_err().is(&kinds::UNAVAILABLE));
        let mut second = room.place(other);
        assert!(second.grow_now(4 * MIB).is_ok() && second.grow_now(MIB).is_err());
        let mut little: Vec<_> = (0..64).map(|_| room.place(small)).collect();
        assert!(little.iter_mut().all(|place| place.grow_now(SMALL).is_ok()));
        assert!(room.place(small).grow_now(1).is_err());
        drop(first);
        assert!(second.grow_now(MIB).is_ok());
        drop((second, little));
        assert_eq!(room.taken.load(Relaxed), 0);
        assert!(room.large.lock().unwrap().by_client.is_empty());
    }

    #[test]
    fn a_small_body_that_grows_is_counted_once() {
        let room = Room::of(16 * MIB);
        let mut place = room.place(None);
        assert!(place.grow_now(SMALL).is_ok() && !place.is_large());
        assert!(place.grow_now(SMALL).is_ok() && place.is_large());
        assert_eq!(room.taken.load(Relaxed), 2 * SMALL);
    }

    #[actix_web::test]
    async fn who_waits_is_served_when_room_is_given_back() {
        let room = Room::of(16 * MIB);
        let held = |bytes| {
            let mut place = room.place(None);
            place.grow_now(bytes).map(|()| place)
        };
        let mut first = Some(held(8 * MIB).unwrap());
        let mut waiting = room.place(None);
        let grow = waiting.grow(MIB, Instant::now() + Duration::from_mins(1));
        let free = async { first.take().map(drop) };
        let (grown, _) = futures_util::future::join(grow, free).await;
        assert!(grown.is_ok());
        let _second = held(7 * MIB).unwrap();
        assert!(waiting.grow(MIB, Instant::now()).await.is_err());
    }
}
