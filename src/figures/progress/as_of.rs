//! Tasks as they were at the end of a day: the same fold, one task at a time.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    store::{self, LiveTask},
    task_totals::TaskGroup,
};
use crate::{
    base::{
        db::{
            Db,
            types::{Day, Decimal, DocumentId, Inline, Instant, OrgCode, TaskId, reading_stored},
        },
        problem::Problem,
    },
    figures::rollup::combine::OrgScope,
    reference::calendars::{end_of, today},
    work::tasks::model::TaskState,
};

/// What a version of a task in the log says; it says more than is read here.
#[derive(Debug, Deserialize)]
struct Version {
    id: TaskId,
    state: TaskState,
    due_on: Option<Day>,
    completed_on: Option<Day>,
    lead: OrgCode,
    group: Option<String>,
    document: Option<DocumentId>,
    assigned_on: Option<Day>,
    percent: Decimal,
    planned_vnd: Option<i64>,
    spent_vnd: Option<i64>,
    created_at: Instant,
}

impl From<Version> for LiveTask {
    fn from(version: Version) -> Self {
        Self {
            id: version.id,
            state: version.state,
            due_on: version.due_on,
            completed_on: version.completed_on,
            lead: version.lead,
            group: version.group.as_deref().map(Inline::from),
            document: version.document,
            assigned_on: version.assigned_on,
            percent: version.percent,
            planned_vnd: version.planned_vnd,
            spent_vnd: version.spent_vnd,
            created_at: version.created_at,
        }
    }
}

/// The tasks that count as of the day, each as it was then.
///
/// A task counts when it was assigned (else first recorded) by that day. State, dates, lead and group are those of the
/// version in the log that was the last before the day ended in Ho Chi Minh City, or of the first version when that was
/// recorded later; a task that has not changed since is read as it stands. Percent and money spent are those of the
/// latest progress update that speaks of that day or one before it, whenever it was recorded.
///
/// # Errors
/// What the database says; `internal` when a version in the log cannot be read.
pub async fn tasks(
    db: &mut Db,
    scope: &OrgScope,
    documents: Option<&[DocumentId]>,
    day: Day,
) -> Result<BTreeMap<TaskId, TaskGroup>, Problem> {
    let end = end_of(day).map_err(Problem::internal)?.into();
    let changed: BTreeSet<String> = store::changed_since(db, end).await?.into_iter().collect();
    let mut tasks: BTreeMap<TaskId, LiveTask> = BTreeMap::new();
    for task in store::live_tasks(db, scope).await? {
        if !changed.contains(&task.id.to_string()) {
            tasks.insert(task.id, task);
        }
    }
    for (_, content) in store::versions_before(db, scope, end).await? {
        let version: Version = reading_stored(|| serde_json::from_str(&content)).map_err(Problem::internal)?;
        tasks.insert(version.id, version.into());
    }
    tasks.retain(|_, task| {
        let assigned_on = task.assigned_on.unwrap_or_else(|| today(task.created_at.utc()));
        let is_of = documents.is_none_or(|wanted| task.document.is_some_and(|document| wanted.contains(&document)));
        assigned_on <= day && is_of
    });
    let ids: Vec<TaskId> = tasks.keys().copied().collect();
    for (id, percent, spent_vnd) in store::said(db, &ids, day).await? {
        if let Some(task) = tasks.get_mut(&id) {
            // Confirmed as done, a task is done whole, whatever was last reported of it.
            if task.state != TaskState::Completed {
                task.percent = percent;
            }
            task.spent_vnd = spent_vnd.or(task.spent_vnd);
        }
    }
    Ok(tasks.into_iter().map(|(id, task)| (id, task.into())).collect())
}

impl From<LiveTask> for TaskGroup {
    fn from(task: LiveTask) -> Self {
        Self {
            state: task.state,
            due_on: task.due_on,
            completed_on: task.completed_on,
            lead: task.lead,
            group: task.group,
            count: 1,
            percent: task.percent.scaled().into(),
            planned_vnd: task.planned_vnd,
            spent_vnd: task.spent_vnd,
        }
    }
}
