//! Room for the bodies of the process: so many bytes of them are read and handled at a time, at most half of them of one
//! client, whether they are small or large; large ones leave a quarter to the small.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// What a small body takes at most.
pub const SMALL: usize = 128 * 1024;

/// What there is, and what is taken of it.
#[derive(Debug)]
pub struct Room {
    all: usize,
    taken: Mutex<Taken>,
    freed: Notify,
}

/// What bodies have taken: all of them, the large ones, those of each client.
#[derive(Debug, Default)]
struct Taken {
    all: usize,
    large: usize,
    by_client: HashMap<Option<Uuid>, usize>,
}

impl Room {
    /// Of so many bytes.
    #[must_use]
    pub fn of(all: usize) -> Arc<Self> {
        Arc::new(Self { all, taken: Mutex::default(), freed: Notify::new() })
    }

    /// A place for one body, of nothing so far.
    #[must_use]
    pub fn place(self: &Arc<Self>, client: Option<Uuid>) -> Place {
        Place { room: Arc::clone(self), client, bytes: 0, is_large: false }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether so many more bytes are taken now, so many of them by a large body.
    fn add(&self, client: Option<Uuid>, bytes: usize, large: usize) -> bool {
        let mut taken = self.taken();
        let of_client = taken.by_client.get(&client).copied().unwrap_or_default();
        let leaves_a_quarter = large == 0 || taken.large + large <= self.all - self.all / 4;
        if of_client + bytes > self.all / 2 || taken.all + bytes > self.all || !leaves_a_quarter {
            return false;
        }
        taken.all += bytes;
        taken.large += large;
        *taken.by_client.entry(client).or_default() += bytes;
        true
    }

    fn give_back(&self, client: Option<Uuid>, bytes: usize, is_large: bool) {
        let mut taken = self.taken();
        taken.all -= bytes;
        taken.large -= if is_large { bytes } else { 0 };
        let left = taken.by_client.get(&client).map_or(0, |of_client| of_client.saturating_sub(bytes));
        // Clients come and go: one that holds nothing is not remembered.
        if left == 0 {
            taken.by_client.remove(&client);
        } else {
            taken.by_client.insert(client, left);
        }
        drop(taken);
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
    /// Takes so much, waiting for it until the moment when it must be there.
    ///
    /// # Errors
    /// `unavailable` when it was not there by then.
    pub async fn grow(&mut self, to: usize, until: Instant) -> Result<(), Problem> {
        loop {
            if self.try_grow(to) {
                return Ok(());
            }
            let room = Arc::clone(&self.room);
            let mut freed = std::pin::pin!(room.freed.notified());
            freed.as_mut().enable();
            // What was given back before the notice was asked for is seen here.
            if self.try_grow(to) {
                return Ok(());
            }
            tokio::time::timeout_at(until, freed).await.map_err(|_| full())?;
        }
    }

    /// Gives back all but so much.
    pub fn shrink(&mut self, to: usize) {
        let less = self.bytes.saturating_sub(to);
        self.room.give_back(self.client, less, self.is_large);
        self.bytes -= less;
    }

    /// Whether more than a small body's room is taken.
    #[must_use]
    pub fn is_large(&self) -> bool {
        self.is_large
    }

    fn try_grow(&mut self, to: usize) -> bool {
        let more = to.saturating_sub(self.bytes);
        let is_large = self.is_large || to > SMALL;
        // What becomes large is counted among the large as a whole.
        let large = if !is_large {
            0
        } else if self.is_large {
            more
        } else {
            to
        };
        if !self.room.add(self.client, more, large) {
            return false;
        }
        self.bytes += more;
        self.is_large = is_large;
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

    fn grown(place: &mut Place, to: usize) -> bool {
        place.try_grow(to)
    }

    #[test]
    fn one_client_gets_half_and_the_large_leave_a_quarter() {
        let room = Room::of(16 * MIB);
        let client = || Some(new_id());
        let (greedy, other, small) = (client(), client(), client());
        let mut first = room.place(greedy);
        assert!(grown(&mut first, 8 * MIB) && !grown(&mut room.place(greedy), MIB));
        assert!(!grown(&mut room.place(greedy), 1), "not by small ones either");
        let mut second = room.place(other);
        assert!(grown(&mut second, 4 * MIB) && !grown(&mut second, 5 * MIB));
        let mut little: Vec<_> = (0..32).map(|_| room.place(small)).collect();
        assert!(little.iter_mut().all(|place| grown(place, SMALL)));
        assert!(!grown(&mut room.place(small), 1));
        drop(first);
        assert!(grown(&mut second, 5 * MIB));
        second.shrink(MIB);
        assert_eq!(room.taken().all, 5 * MIB);
        drop((second, little));
        assert_eq!(room.taken().all, 0);
        assert!(room.taken().by_client.is_empty());
    }

    #[test]
    fn a_small_body_that_grows_is_counted_once() {
        let room = Room::of(16 * MIB);
        let mut place = room.place(None);
        assert!(grown(&mut place, SMALL) && !place.is_large());
        assert!(grown(&mut place, SMALL + 1) && place.is_large());
        assert_eq!(room.taken().all, SMALL + 1);
    }

    #[actix_web::test]
    async fn who_waits_is_served_when_room_is_given_back() {
        let room = Room::of(16 * MIB);
        let mut held = room.place(None);
        assert!(grown(&mut held, 8 * MIB));
        let mut waiting = room.place(None);
        let grow = waiting.grow(MIB, Instant::now() + Duration::from_mins(1));
        let (grown, ()) = futures_util::future::join(grow, async { held.shrink(7 * MIB) }).await;
        assert!(grown.is_ok());
        let refused = waiting.grow(2 * MIB, Instant::now()).await.unwrap_err();
        assert!(refused.is(&kinds::UNAVAILABLE) && refused.retry_after.is_some());
    }
}
