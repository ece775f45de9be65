//! Tasks (nhiệm vụ): what a document assigns, who leads it, by when, and where it stands.
//!
//! What the assigning side says of a task is kept here; where it stands moves through [`transitions`], how far it is
//! through [`progress_updates`], and a due date once given through [`deadline_changes`].

pub mod api;
pub mod checks;
pub mod deadline_changes;
mod fields;
mod listed_after;
pub mod model;
pub mod problems;
pub mod progress_updates;
pub mod store;
pub mod summary;
pub mod timeliness;
pub mod transitions;
pub mod view;

use listed_after::ListedAfter;
use model::{Task, TaskCreate, TaskFilter, TaskPatch, TaskUpdate};
pub use timeliness::{AsOf, Timeliness, timeliness};
use view::TaskView;

use crate::{
    base::{
        auth::Caller,
        clock,
        db::{
            Batches, Db, QueryError, Store,
            types::{Instant, OrgCode, RecordKey, SourceCode, TaskId},
        },
        i18n::Bilingual,
        log::Subject,
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem, codes},
        resource::{self, Admitted, Outcome, Patched, Precondition, Recorded, Resource},
    },
    reference::organizations,
};

/// One page of the tasks that the caller may see.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &TaskFilter,
    page: &PageRequest,
    watermark: Option<Instant>,
    as_of: AsOf,
) -> Result<Page<Task>, Problem> {
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let after = page.after::<ListedAfter>()?.map(|last| last.id);
    let rows = store::list(db, &under, filter, as_of, after, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter, as_of).await?) } else { None };
    let page = page.cut(rows, total, |task| ListedAfter { id: task.id, watermark }.to_string());
    Ok(Page { watermark, ..page })
}

/// What a reader of changes goes on from when it has read the list to its end; none for whoever does not ask by
/// `updated_since`. It is to be had before the list is read, and that of the first page is that of all.
///
/// # Errors
/// `invalid-cursor`, or what the database says.
pub async fn watermark(
    store: &Store,
    caller: &Caller,
    filter: &TaskFilter,
    page: &PageRequest,
) -> Result<Option<Instant>, Problem> {
    match page.after::<ListedAfter>()? {
        _ if filter.updated_since.is_none() => Ok(None),
        Some(last) => Ok(last.watermark),
        None => caller.watermark(store).await.map(Some),
    }
}

/// All tasks that the caller may see, batch after batch, oldest first; of one moment.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn export(
    store: &Store,
    caller: &Caller,
    filter: TaskFilter,
    as_of: AsOf,
) -> Result<Batches<Vec<TaskView>, Problem>, Problem> {
    let under = store.read(async |db| organizations::narrow(db, caller, filter.under.as_ref()).await).await?;
    let mut last = None;
    let batches = store.export(async move |db| {
        let tasks = store::next(db, &under, &filter, as_of, last).await?;
        let Some(end) = tasks.last() else { return Ok::<_, Problem>(None) };
        last = Some(end.id);
        Ok(Some(tasks.into_iter().map(|task| TaskView::of(task, as_of)).collect()))
    });
    Ok(batches.await?)
}

/// One task.
///
/// # Errors
/// 404 when its lead is not in the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, id: TaskId) -> Result<Task, Problem> {
    store::find(db, caller.subtree(), id).await?.or_404("task")
}

/// The task that a system knows by a key.
///
/// # Errors
/// 404 when there is none in the caller's part of the tree.
pub async fn get_by_key(db: &mut Db, caller: &Caller, source: &SourceCode, key: &RecordKey) -> Result<Task, Problem> {
    store::find_by_key(db, caller.subtree(), source, key).await?.or_404("task")
}

/// Assigns a task to a lead in the caller's part of the tree.
///
/// # Errors
/// 409 when the source's key is taken, 403 when the source is another's, 422 when a reference leads nowhere.
pub async fn create(db: &mut Db, caller: &Caller, new: TaskCreate) -> Result<Task, Problem> {
    let (source, key, body) = new.split();
    if source.is_some() != key.is_some() {
        let missing = if source.is_some() { "source_key" } else { "source" };
        return Err(Problem::field(
            missing,
            codes::REQUIRED,
            Bilingual::new("source và source_key đi cùng nhau", "source and source_key come together"),
        ));
    }
    add(db, caller, source, key, body).await
}

/// Changes what was assigned.
///
/// # Errors
/// 404, 412 when the version is stale, 403 when another system owns it, 422 when the due date would move.
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    id: TaskId,
    precondition: &Precondition,
    patch: TaskPatch,
) -> Result<Task, Problem> {
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, Some(precondition))?;
    match patch.due_on {
        Patched::Keep => {}
        Patched::Clear => checks::due_date(&current, None)?,
        Patched::Set(day) => checks::due_date(&current, Some(day))?,
    }
    let next = current.clone().patched(patch);
    assign(db, caller, &current, next).await.map(|(task, _)| task)
}

/// Creates or updates the task that a system knows by a key, so that a repetition is harmless.
///
/// # Errors
/// 403 when the source is not the caller's, 404 when the task has gone to another part of the tree, `version-stale` when
/// the current version is not the one that the caller knows, or there is none, 422.
pub async fn put(
    db: &mut Db,
    caller: &Caller,
    (source, key): (&SourceCode, &RecordKey),
    body: TaskUpdate,
    precondition: Option<&Precondition>,
) -> Result<(Task, Outcome), Problem> {
    caller.owns(Some(source))?;
    let Some(id) = store::claim_key(db, source, key).await? else {
        precondition.map_or(Ok(()), |_| Err(resource::nothing_to_match()))?;
        let task = add(db, caller, Some(source.clone()), Some(key.clone()), body).await?;
        return Ok((task, Outcome::Created));
    };
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, precondition)?;
    // A source that never gave a due date need not learn of the one that a deadline change gave.
    if body.due_on.is_some() || current.due_on.is_none() || !store::was_due_later(db, id).await? {
        checks::due_date(&current, body.due_on)?;
    }
    let next = current.clone().replaced(body);
    assign(db, caller, &current, next).await
}

/// One task for a report on it or a move of it, kept from others until the transaction ends.
///
/// # Errors
/// 404 when its lead is not in the caller's part of the tree.
pub async fn lock(db: &mut Db, caller: &Caller, id: TaskId) -> Result<Admitted<Task>, Problem> {
    resource::admit_participant(store::lock(db, caller.subtree(), id).await?)
}

/// Stores what a report or a move makes of a task, whose rules have been asked; `detail` is what was said with it, as JSON.
///
/// # Errors
/// What the database says.
pub async fn save(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<Task>,
    next: Task,
    detail: Option<String>,
) -> Result<Task, Problem> {
    resource::commit(db, caller, current, next, detail, async |_, _| Ok(())).await.map(|(task, _)| task)
}

async fn add(
    db: &mut Db,
    caller: &Caller,
    source: Option<SourceCode>,
    key: Option<RecordKey>,
    body: TaskUpdate,
) -> Result<Task, Problem> {
    let first = Task::first(body, TaskId(clock::new_id()), source, key, caller.now());
    resource::create(db, caller, first, async |db, task| {
        // A PUT that brings the same key waits for this one, and then finds it.
        if let (Some(source), Some(key)) = (&task.source, &task.source_key) {
            store::claim_key(db, source, key).await?;
        }
        checks::shape(task)?;
        checks::references(db, caller, None, task).await?;
        task.first_due_on = task.due_on;
        Ok(())
    })
    .await
}

/// The end of every change of what was assigned: the due date that stands is kept.
async fn assign(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<Task>,
    mut next: Task,
) -> Result<(Task, Outcome), Problem> {
    next.due_on = current.due_on.or(next.due_on);
    next.first_due_on = current.first_due_on.or(next.due_on);
    resource::commit(db, caller, current, next, None, async |db, next| {
        checks::is_open(current)?;
        checks::shape(next)?;
        checks::references(db, caller, Some(current), next).await
    })
    .await
}

impl Recorded for Task {
    const SUBJECT: Subject = Subject::Task;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for Task {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.lead)
    }

    fn source(&self) -> Option<&SourceCode> {
        self.source.as_ref()
    }

    fn place(&self) -> String {
        resource::place_by_key("tasks", self.source.as_ref(), self.source_key.as_ref())
    }

    fn stamp(&mut self, version: i32, at: Instant) {
        (self.version, self.updated_at) = (version, at);
        if version == 1 {
            self.created_at = at;
        }
    }

    async fn insert(&self, db: &mut Db) -> Result<usize, QueryError> {
        store::insert(db, self).await
    }

    async fn replace(&self, db: &mut Db, _: &Self) -> Result<(), QueryError> {
        store::replace(db, self).await.map(drop)
    }
}
