//! Whether a clock has jumped: it is held against the time that has passed in the process.

use std::time::{Duration, Instant as Passed};

use chrono::TimeDelta;

use crate::base::db::types::Instant;

/// How far a clock may be corrected at once without being asked.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// How long a clock that has jumped ahead must stand there before it is believed.
const PROBATION: Duration = Duration::from_hours(1);

/// What the clock said when it was last believed, and since when it has said something else.
#[derive(Debug, Default)]
pub(super) struct Settled {
    believed: Option<(Passed, Instant)>,
    doubted_since: Option<Passed>,
}

impl Settled {
    /// What to go by when the clock says `now`.
    pub fn at(&mut self, passed: Passed, now: Instant) -> Instant {
        let expected = self.believed.map_or(now, |(then, believed)| {
            let since = TimeDelta::from_std(passed.saturating_duration_since(then)).unwrap_or_default();
            Instant::from(believed.utc() + since)
        });
        if now.utc() > expected.utc() + TOLERANCE {
            let since = *self.doubted_since.get_or_insert(passed);
            if passed.saturating_duration_since(since) < PROBATION {
                return expected;
            }
        }
        (self.believed, self.doubted_since) = (Some((passed, now)), None);
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_counts_when_it_has_stood_for_an_hour() {
        let (start, mut settled) = (Passed::now(), Settled::default());
        let noon: Instant = "2026-11-27T12:00:00Z".parse().unwrap();
        let minutes = |count: i64| Instant::from(noon.utc() + TimeDelta::minutes(count));
        let week = 7 * 24 * 60;
        let mut at = |passed: u64, says: i64| settled.at(start + Duration::from_secs(60 * passed), minutes(says));
        assert_eq!(at(0, 0), minutes(0));
        assert_eq!(at(10, 12), minutes(12), "a small correction is believed");
        assert_eq!(at(20, week + 22), minutes(22), "a jump is not");
        assert_eq!(at(79, week + 81), minutes(81));
        assert_eq!(at(80, 82), minutes(82), "it was set right");
        assert_eq!(at(90, week + 92), minutes(92));
        assert_eq!(at(149, week + 151), minutes(151), "each jump has its own hour");
        assert_eq!(at(150, week + 152), minutes(week + 152));
        assert_eq!(at(160, 0), minutes(0), "a clock that goes back deletes nothing");
    }
}
