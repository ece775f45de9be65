//! Lists of tasks.

use super::within;
use crate::{
    base::{
        db::{
            cursor::{Declare, Fetch, ROWS},
            in_subtree,
            prelude::*,
            schema::{organizations, tasks},
            types::{TaskId, holding},
        },
        subtree::Subtree,
    },
    work::tasks::{
        model::{Task, TaskFilter, TaskState},
        timeliness::{AsOf, Timeliness},
    },
};

/// States in which the lead still has the work before it.
const OPEN: [TaskState; 5] =
    [TaskState::Assigned, TaskState::Accepted, TaskState::Returned, TaskState::InProgress, TaskState::Suspended];

/// Narrows a boxed query to the tasks with a verdict; `timeliness::timeliness` says the same of one task.
macro_rules! judged {
    ($query:expr, $verdict:expr, $as_of:expr) => {{
        let (day, soon) = ($as_of.day, $as_of.soon());
        let is_open = || tasks::state.eq_any(OPEN);
        let is_awaiting = || tasks::state.eq(TaskState::AwaitingConfirmation);
        let is_completed = || tasks::state.eq(TaskState::Completed);
        let is_late = || tasks::completed_on.gt(tasks::due_on);
        let is_in_time =
            || tasks::due_on.is_not_null().and(tasks::completed_on.is_null().or(tasks::completed_on.le(tasks::due_on)));
        match $verdict {
            Timeliness::NoDeadline => $query.filter(tasks::due_on.is_null().or(tasks::state.eq(TaskState::Cancelled))),
            Timeliness::OnTime => {
                $query.filter(is_open().and(tasks::due_on.gt(soon)).or(is_awaiting().and(is_in_time())))
            }
            Timeliness::DueSoon => $query.filter(is_open().and(tasks::due_on.between(day, soon))),
            Timeliness::Overdue => $query.filter(is_open().and(tasks::due_on.lt(day)).or(is_awaiting().and(is_late()))),
            Timeliness::DoneOnTime => $query.filter(is_completed().and(is_in_time())),
            Timeliness::DoneLate => $query.filter(is_completed().and(is_late())),
        }
    }};
}

/// Tasks of a part of the tree that match a filter, as a boxed query. `$one_by_one`: SQLite looks at the lead of each task
/// that it meets, and does not gather the tasks of the part first.
macro_rules! matching {
    ($under:expr, $filter:expr, $as_of:expr) => {
        matching!($under, $filter, $as_of, $filter.lead.is_some() || $under.is_whole())
    };
    ($under:expr, $filter:expr, $as_of:expr, $one_by_one:expr) => {{
        let is_one_by_one = $one_by_one;
        let filter: TaskFilter = $filter;
        let mut query = if is_one_by_one {
            tasks::table.filter(in_subtree!(tasks::lead, $under)).into_boxed()
        } else {
            within!($under).into_boxed()
        };
        if let Some(lead) = filter.lead {
            query = query.filter(tasks::lead.eq(lead));
        }
        if let Some(document) = filter.document {
            query = query.filter(tasks::document.eq(document));
        }
        if let Some(group) = filter.group {
            query = query.filter(tasks::group.eq(group));
        }
        if let Some(state) = filter.state {
            query = query.filter(tasks::state.eq(state));
        }
        if let Some(verdict) = filter.timeliness {
            query = judged!(query, verdict, $as_of);
        }
        if let Some(day) = filter.due_before {
            query = query.filter(tasks::due_on.lt(day));
        }
        if let Some(moment) = filter.updated_since {
            query = query.filter(tasks::updated_at.ge(moment));
        }
        if let Some(text) = filter.q {
            query = query.filter(tasks::search.like(holding(text.as_str())).escape('\\'));
        }
        query
    }};
}

/// The tasks of the part that match, by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &TaskFilter,
    as_of: AsOf,
    after: Option<TaskId>,
    rows: i64,
) -> QueryResult<Vec<Task>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter, as_of);
        if let Some(after) = after {
            query = query.filter(tasks::id.gt(after));
        }
        query.order(tasks::id).limit(rows).select(Task::as_select()).load(c)
    })
}

/// PostgreSQL's name of an open result.
const CURSOR: &str = "tasks_asked";

/// All tasks of the part that match, by id: the next ones after the id `last`, or the first; none at the end. The first
/// call opens a cursor on PostgreSQL, which lives as long as the transaction.
pub async fn next(
    db: &mut Db,
    under: &Subtree,
    filter: &TaskFilter,
    as_of: AsOf,
    last: Option<TaskId>,
) -> QueryResult<Vec<Task>> {
    let (under, filter) = (under.clone(), filter.clone());
    if last.is_none() {
        let (under, filter) = (under.clone(), filter.clone());
        both!(
            db,
            pg | c
                | Declare(CURSOR, matching!(under, filter, as_of, true).order(tasks::id).select(Task::as_select()))
                    .execute(c)
        )
        .transpose()?;
    }
    both!(
        db,
        pg | c | Fetch::<Task>::from(CURSOR).load(c),
        sqlite | c | {
            let mut query = matching!(under, filter, as_of, true);
            if let Some(last) = last {
                query = query.filter(tasks::id.gt(last));
            }
            query.order(tasks::id).limit(ROWS).select(Task::as_select()).load(c)
        }
    )
}

/// How many tasks of the part match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &TaskFilter, as_of: AsOf) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter, as_of).count().get_result(c))
}
