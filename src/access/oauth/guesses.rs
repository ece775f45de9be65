//! Wrong credentials, counted by who is named and by where they come from: a guess costs its sender ever more time, and
//! soon gets 429.
//!
//! The right credentials are let in whatever others have guessed, from the same place too: one address may be an office or
//! a proxy that was not listed, and nobody is to lock a client out by guessing in its name.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
};
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use crate::base::{
    db::types::{ClientId, Instant},
    networks::origin,
};

/// Wrong credentials of one client from one place in a minute, before they are answered 429.
const OF_CLIENT: u32 = 10;
/// Wrong credentials from one place in a minute, whoever is named: many clients may share an address.
const OF_PLACE: u32 = 100;
/// Wrong credentials that are answered at once; a program with an old secret should see that soon.
const UNSLOWED: u32 = 3;
/// The first delay; each one after it is twice as long.
const DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// How many answers are held back at a time. Each holds a connection and nothing else; beyond that they go at once.
const HELD_BACK: usize = 64;
/// How many counts are kept; the least used go first.
const KEPT: usize = 10_000;

/// They were answered 401.
const REFUSED: &str = "refused";
/// They were answered 429.
const LIMITED: &str = "limited";

/// Wrong credentials by what came of them.
pub type Counts = Family<Labels, Counter>;

/// What came of wrong credentials.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Labels {
    outcome: &'static str,
}

/// The wrong credentials of the present minute.
pub struct Guesses {
    of_client: Cache<(ClientId, IpAddr), Arc<Minute>>,
    of_place: Cache<IpAddr, Arc<Minute>>,
    held_back: Semaphore,
    counts: Counts,
}

impl Default for Guesses {
    fn default() -> Self {
        let counts = Counts::default();
        // Shown before the first guess, so that an alarm on them has a beginning.
        for outcome in [REFUSED, LIMITED] {
            drop(counts.get_or_create(&Labels { outcome }));
        }
        Self { of_client: Cache::new(KEPT), of_place: Cache::new(KEPT), held_back: Semaphore::new(HELD_BACK), counts }
    }
}

impl Guesses {
    /// What the service counts of them.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts.clone()
    }

    /// Counts wrong credentials, and holds the answer back when there were more before them. Answers the seconds after
    /// which to try again, when there were too many.
    pub async fn wrong(&self, named: Option<ClientId>, from: IpAddr, now: Instant) -> Option<u32> {
        let (delay, retry_after) = self.count(named, from, now);
        if !delay.is_zero()
            && let Ok(_held) = self.held_back.try_acquire()
        {
            tokio::time::sleep(delay).await;
        }
        retry_after
    }

    /// How long to hold the answer back, and when to try again.
    fn count(&self, named: Option<ClientId>, from: IpAddr, now: Instant) -> (Duration, Option<u32>) {
        let place = origin(from);
        let by_place = counted(&self.of_place, &place, now);
        let by_client = named.map_or(0, |client| counted(&self.of_client, &(client, place), now));
        let is_limited = by_client > OF_CLIENT || by_place > OF_PLACE;
        self.counts.get_or_create(&Labels { outcome: if is_limited { LIMITED } else { REFUSED } }).inc();
        // Ever more rarely, so that guessing does not fill the log.
        if by_client.is_power_of_two() || by_place.is_power_of_two() {
            let named = named.map(|client| client.to_string());
            tracing::warn!(named, by_client, by_place, "wrong credentials, in this minute from this address");
        }
        let beyond = by_client.saturating_sub(UNSLOWED).max(by_place.saturating_sub(OF_PLACE / 2));
        let delay = if beyond == 0 { Duration::ZERO } else { DELAY.saturating_mul(1 << (beyond - 1).min(8)) };
        let seconds = u32::try_from(60 - now.utc().timestamp().rem_euclid(60)).unwrap_or(60);
        (delay.min(LONGEST_DELAY), is_limited.then_some(seconds))
    }
}

/// A minute since 1970, and how many came in it.
#[derive(Default)]
struct Minute(AtomicU64);

impl Minute {
    fn count(&self, now: Instant) -> u32 {
        let minute = u64::from(u32::try_from(now.utc().timestamp().div_euclid(60)).unwrap_or_default()) << 32;
        let next = |kept: u64| if kept & !u64::from(u32::MAX) == minute { kept + 1 } else { minute + 1 };
        let before = self.0.fetch_update(Relaxed, Relaxed, |kept| Some(next(kept))).unwrap_or_else(|kept| kept);
        u32::try_from(next(before) & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }
}

fn counted<K: std::hash::Hash + Eq + Clone>(counts: &Cache<K, Arc<Minute>>, key: &K, now: Instant) -> u32 {
    let found = counts.get_or_insert_with(key, || Ok::<_, std::convert::Infallible>(Arc::default()));
    found.map_or(1, |minute| minute.count(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::new_id;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn guesses_are_slowed_down_and_then_limited_by_client_and_place() {
        let (guesses, now, client) = (Guesses::default(), at("2026-11-27T09:00:45Z"), ClientId(new_id()));
        let here = address("192.0.2.1");
        let first: Vec<_> = (0..OF_CLIENT).map(|_| guesses.count(Some(client), here, now)).collect();
        assert!(first.iter().all(|(_, retry_after)| retry_after.is_none()));
        let delays: Vec<_> = first.iter().map(|(delay, _)| delay.as_millis()).collect();
        assert_eq!(delays, [0, 0, 0, 100, 200, 400, 800, 1600, 2000, 2000]);
        assert_eq!(guesses.count(Some(client), here, now), (LONGEST_DELAY, Some(15)));
        for (other, from, then) in [
            (client, "192.0.2.2", "2026-11-27T09:00:45Z"),
            (ClientId(new_id()), "192.0.2.1", "2026-11-27T09:00:45Z"),
            (client, "192.0.2.1", "2026-11-27T09:01:00Z"),
        ] {
            assert_eq!(guesses.count(Some(other), address(from), at(then)), (Duration::ZERO, None), "{from} {then}");
        }
    }

    #[test]
    fn guesses_from_one_place_are_limited_whoever_is_named() {
        let (guesses, now) = (Guesses::default(), at("2026-11-27T09:00:45Z"));
        let from = |host: u32| address(&format!("2001:db8:0:7::{host:x}"));
        for host in 0..OF_PLACE {
            assert_eq!(guesses.count(Some(ClientId(new_id())), from(host), now).1, None);
        }
        assert_eq!(guesses.count(None, from(7), now).1, Some(15));
        assert_eq!(guesses.count(None, address("2001:db8:0:8::1"), now).1, None);
        assert_eq!(guesses.count(None, address("::ffff:192.0.2.1"), now).1, None);
    }
}
