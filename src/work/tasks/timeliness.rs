//! Whether a task is on time: computed from what is stored, as of a day, and never stored itself.

use super::model::{Task, TaskState};
use crate::{
    base::db::types::{Day, Instant, string_enum},
    reference::calendars,
};

string_enum! {
    /// How a task stands to its due date (tình trạng tiến độ); computed as of a day, and the due day itself is on time.
    Timeliness {
        /// Nothing binds it: it has no due date, or it was called off (không thời hạn).
        NoDeadline = "no_deadline",
        /// Being done, or handed in on time and not confirmed yet (đúng hạn).
        OnTime = "on_time",
        /// The due date is near, or today (sắp đến hạn).
        DueSoon = "due_soon",
        /// The due day is over, and it was not handed in by then (quá hạn).
        Overdue = "overdue",
        /// Completed, and handed in by the due day (hoàn thành đúng hạn).
        DoneOnTime = "done_on_time",
        /// Completed, and handed in after the due day (hoàn thành quá hạn).
        DoneLate = "done_late",
    }
}

/// The day that tasks are judged on, and how many days before its due date a task is due soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The day, in Ho Chi Minh City.
    pub day: Day,
    /// The setting `TIENDO_DUE_SOON_DAYS`.
    pub due_soon_days: u32,
}

impl AsOf {
    /// The day that a moment is in.
    #[must_use]
    pub fn at(now: Instant, due_soon_days: u32) -> Self {
        Self { day: calendars::today(now.utc()), due_soon_days }
    }

    /// The last due date that is near on this day.
    #[must_use]
    pub fn soon(self) -> Day {
        self.day.plus(self.due_soon_days)
    }

    /// The verdict on a task.
    #[must_use]
    pub fn judge(self, task: &Task) -> Timeliness {
        timeliness(task.state, task.due_on, task.completed_on, self)
    }
}

/// The verdict; `store::list` says the same in SQL.
///
/// The due day itself is on time. The clock of the side that does the work stops when it hands in: a task that awaits
/// confirmation is judged by that day, so that a slow confirmation makes nobody late. A task called off owes nothing.
#[must_use]
pub fn timeliness(state: TaskState, due_on: Option<Day>, completed_on: Option<Day>, as_of: AsOf) -> Timeliness {
    let Some(due_on) = due_on.filter(|_| state != TaskState::Cancelled) else {
        return Timeliness::NoDeadline;
    };
    let is_late = completed_on.is_some_and(|day| day > due_on);
    match state {
        TaskState::Completed if is_late => Timeliness::DoneLate,
        TaskState::Completed => Timeliness::DoneOnTime,
        TaskState::AwaitingConfirmation if is_late => Timeliness::Overdue,
        TaskState::AwaitingConfirmation => Timeliness::OnTime,
        _ if due_on < as_of.day => Timeliness::Overdue,
        _ if due_on <= as_of.soon() => Timeliness::DueSoon,
        _ => Timeliness::OnTime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskState::{Assigned, AwaitingConfirmation, Cancelled, Completed, InProgress, Suspended};

    #[test]
    fn the_due_day_itself_is_on_time() {
        let day = |day: u8| format!("2026-11-{day}").parse().ok();
        let verdict = |state, due, done, today| {
            timeliness(state, due, done, AsOf { day: day(today).unwrap(), due_soon_days: 3 }).as_str()
        };
        for (state, due, done, today, expected) in [
            (InProgress, None, None, 20, "no_deadline"),
            (Completed, None, day(20), 20, "no_deadline"),
            (Cancelled, day(10), None, 20, "no_deadline"),
            (InProgress, day(20), None, 16, "on_time"),
            (Assigned, day(20), None, 17, "due_soon"),
            (InProgress, day(20), None, 20, "due_soon"),
            (Suspended, day(20), None, 21, "overdue"),
            (AwaitingConfirmation, day(20), day(20), 25, "on_time"),
            (AwaitingConfirmation, day(20), day(21), 25, "overdue"),
            (Completed, day(20), day(20), 25, "done_on_time"),
            (Completed, day(20), day(21), 21, "done_late"),
        ] {
            assert_eq!(verdict(state, due, done, today), expected, "{state} {due:?} {done:?} {today}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_no_panic() {
        let as_of = AsOf { day: Day::MAX, due_soon_days: 60 };
        assert_eq!(timeliness(TaskState::Assigned, Some(Day::MAX), None, as_of), Timeliness::DueSoon);
    }
}
