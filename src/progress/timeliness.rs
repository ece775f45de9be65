//! Where a task stands to its due date, computed as of a date and never stored.

use chrono::NaiveDate;

use crate::db::types::words;

words! {
    /// The state of a task, as the table keeps it.
    TaskState {
        Assigned = "assigned",
        Accepted = "accepted",
        InProgress = "in_progress",
        AwaitingConfirmation = "awaiting_confirmation",
        Completed = "completed",
        Suspended = "suspended",
        Returned = "returned",
        Cancelled = "cancelled",
    }
}

words! {
    /// A task against its due date.
    Timeliness {
        NoDeadline = "no_deadline",
        OnTime = "on_time",
        DueSoon = "due_soon",
        Overdue = "overdue",
        DoneOnTime = "done_on_time",
        DoneLate = "done_late",
    }
}

/// Where the task stands on that day; none for a cancelled one. The due day itself is on time.
#[must_use]
pub fn timeliness(
    state: TaskState,
    due_on: Option<NaiveDate>,
    completed_on: Option<NaiveDate>,
    day: NaiveDate,
    due_soon_days: u32,
) -> Option<Timeliness> {
    if state == TaskState::Cancelled {
        return None;
    }
    let Some(due_on) = due_on else { return Some(Timeliness::NoDeadline) };
    Some(match state {
        TaskState::Completed if completed_on.is_none_or(|on| on <= due_on) => Timeliness::DoneOnTime,
        TaskState::Completed => Timeliness::DoneLate,
        _ if day > due_on => Timeliness::Overdue,
        _ if (due_on - day).num_days() <= i64::from(due_soon_days) => Timeliness::DueSoon,
        _ => Timeliness::OnTime,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_due_day_itself_is_on_time_and_the_next_is_not() {
        let day = |text: &str| text.parse().unwrap();
        let on = |today: &str| timeliness(TaskState::InProgress, Some(day("2026-11-20")), None, day(today), 3);
        assert_eq!(on("2026-11-16"), Some(Timeliness::OnTime));
        assert_eq!(on("2026-11-17"), Some(Timeliness::DueSoon));
        assert_eq!(on("2026-11-20"), Some(Timeliness::DueSoon));
        assert_eq!(on("2026-11-21"), Some(Timeliness::Overdue));
        let done = |completed: &str| {
            let (due, completed) = (Some(day("2026-11-20")), Some(day(completed)));
            timeliness(TaskState::Completed, due, completed, day("2026-12-31"), 3)
        };
        assert_eq!(done("2026-11-20"), Some(Timeliness::DoneOnTime));
        assert_eq!(done("2026-11-21"), Some(Timeliness::DoneLate));
        assert_eq!(timeliness(TaskState::Assigned, None, None, day("2026-11-20"), 3), Some(Timeliness::NoDeadline));
        assert_eq!(timeliness(TaskState::Cancelled, Some(day("2026-11-20")), None, day("2026-11-21"), 3), None);
    }
}
