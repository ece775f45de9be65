//! Moves of a task from state to state: which there are, who may make them, what they leave behind.

pub mod api;
pub mod model;

use model::{Moves, Transition, TransitionCreate};
use serde::Serialize;

use super::{
    model::{Task, TaskState},
    problems,
};
use crate::{
    base::{
        auth::{Caller, ScopeName},
        db::{
            Db,
            types::{Day, LongText, Percent, TaskId},
        },
        evidence::{self, Evidence},
        i18n::{Bilingual, bilingual},
        problem::{Problem, Violations, codes},
    },
    reference::calendars,
};

/// One move of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The state it leaves.
    pub from: TaskState,
    /// The state it leads to.
    pub to: TaskState,
    /// The scopes whose holders may make it; any one does.
    pub by: &'static [ScopeName],
    /// Whether it must say why.
    pub needs_reason: bool,
}

/// The side that assigns, confirms, calls off.
const ASSIGNER: &[ScopeName] = &[ScopeName::TasksAssign];
/// The side that does the work.
const LEAD: &[ScopeName] = &[ScopeName::TasksProgress];
/// Both.
const EITHER: &[ScopeName] = &[ScopeName::TasksAssign, ScopeName::TasksProgress];

const fn to(from: TaskState, to: TaskState, by: &'static [ScopeName]) -> Move {
    Move { from, to, by, needs_reason: false }
}

const fn with_reason(from: TaskState, to: TaskState, by: &'static [ScopeName]) -> Move {
    Move { from, to, by, needs_reason: true }
}

use TaskState::{Accepted, Assigned, AwaitingConfirmation, Cancelled, Completed, InProgress, Returned, Suspended};

/// Every move there is; what is not here is refused.
pub const MOVES: &[Move] = &[
    to(Assigned, Accepted, LEAD),
    with_reason(Assigned, Returned, LEAD),
    to(Assigned, Cancelled, ASSIGNER),
    to(Accepted, InProgress, LEAD),
    to(Accepted, Suspended, EITHER),
    to(Accepted, Cancelled, ASSIGNER),
    to(InProgress, AwaitingConfirmation, LEAD),
    to(InProgress, Suspended, EITHER),
    to(InProgress, Cancelled, ASSIGNER),
    to(AwaitingConfirmation, Completed, ASSIGNER),
    to(AwaitingConfirmation, InProgress, ASSIGNER),
    to(Suspended, InProgress, LEAD),
    to(Suspended, Cancelled, ASSIGNER),
    to(Returned, Assigned, ASSIGNER),
    to(Returned, Cancelled, ASSIGNER),
    with_reason(Completed, InProgress, ASSIGNER),
];

/// The moves that the caller may make now.
///
/// # Errors
/// 404 when the task's lead is not in the caller's part of the tree.
pub async fn list(db: &mut Db, caller: &Caller, id: TaskId) -> Result<Moves, Problem> {
    let task = super::get(db, caller, id).await?;
    let items = open(task.state, caller).map(|each| Transition { to: each.to, needs_reason: each.needs_reason });
    Ok(Moves { state: task.state, version: task.version, items: items.collect() })
}

/// Moves a task; the reason and the evidence go into the log with it.
///
/// # Errors
/// 404; `transition-not-allowed` with the moves that are; 422 when the reason is missing.
pub async fn create(db: &mut Db, caller: &Caller, id: TaskId, new: TransitionCreate) -> Result<Task, Problem> {
    let current = super::lock(db, caller, id).await?;
    Violations::check(|violations| evidence::check(&new.evidence, &mut violations.at("evidence")))?;
    let allowed = open(current.state, caller).find(|each| each.to == new.to);
    let allowed = allowed.ok_or_else(|| refusal(current.state, new.to, caller))?;
    if allowed.needs_reason && new.reason.is_none() {
        return Err(Problem::field(
            "reason",
            codes::REQUIRED,
            Bilingual::new("bước chuyển này phải có lý do", "this move needs a reason"),
        ));
    }
    let said = Said { from: current.state, to: new.to, reason: new.reason.as_ref(), evidence: &new.evidence };
    let detail = serde_json::to_string(&said).map_err(Problem::internal)?;
    let next = moved(&current, new.to, calendars::today(caller.now().utc()));
    super::save(db, caller, &current, next, Some(detail)).await
}

/// What a move leaves in the log beside the new version.
#[derive(Serialize)]
struct Said<'a> {
    from: TaskState,
    to: TaskState,
    reason: Option<&'a LongText>,
    evidence: &'a [Evidence],
}

/// The task in another state: handed in, it keeps the day; taken up again, it loses it; completed, it is whole.
fn moved(current: &Task, to: TaskState, today: Day) -> Task {
    let mut next = current.clone();
    next.state = to;
    match to {
        AwaitingConfirmation => next.completed_on = Some(today),
        InProgress => next.completed_on = None,
        Completed => next.percent = Percent::FULL,
        _ => {}
    }
    next
}

fn open(from: TaskState, caller: &Caller) -> impl Iterator<Item = &'static Move> {
    MOVES.iter().filter(move |each| each.from == from && caller.scopes().has_any(each.by))
}

fn refusal(from: TaskState, to: TaskState, caller: &Caller) -> Problem {
    let allowed: Vec<_> = open(from, caller).map(|each| each.to.as_str()).collect();
    let allowed = if allowed.is_empty() { "-".to_owned() } else { allowed.join(", ") };
    Problem::new(
        &problems::TRANSITION_NOT_ALLOWED,
        bilingual!(
            "Không chuyển được từ {from} sang {to}; hệ thống gọi lúc này chuyển được sang: {allowed}.",
            "The task cannot go from {from} to {to}; this caller may now move it to: {allowed}."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_contract() {
        let contract = [
            (Assigned, vec![Accepted, Returned, Cancelled]),
            (Accepted, vec![InProgress, Suspended, Cancelled]),
            (InProgress, vec![AwaitingConfirmation, Suspended, Cancelled]),
            (AwaitingConfirmation, vec![Completed, InProgress]),
            (Suspended, vec![InProgress, Cancelled]),
            (Returned, vec![Assigned, Cancelled]),
            (Completed, vec![InProgress]),
            (Cancelled, vec![]),
        ];
        for (from, expected) in contract {
            let found: Vec<_> = MOVES.iter().filter(|each| each.from == from).map(|each| each.to).collect();
            assert_eq!(found, expected, "{from}");
        }
    }
}
