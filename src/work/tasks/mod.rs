//! Tasks (nhiệm vụ): what a document assigns, who leads it, by when, and where it stands.
//!
//! What the assigning side says of a task is kept here; where it stands moves through [`transitions`], how far it is
//! through [`progress_updates`], and a due date once given through [`deadline_changes`].

pub mod api;
pub mod bodies;
pub mod checks;
pub mod deadline_changes;
pub mod model;
pub mod progress_updates;
pub mod store;
pub mod summary;
pub mod timeliness;
pub mod transitions;
mod versions;
pub mod view;

use bodies::{TaskCreate, TaskPatch, TaskUpdate};
use model::{Task, TaskFilter};
pub use timeliness::{AsOf, Timeliness, timeliness};
use view::TaskView;

use crate::{
    base::{
        auth::Caller,
        clock,
        db::{
            Batches, Db, Store,
            types::{RecordKey, SourceCode, TaskId},
        },
        http::IfMatch,
        i18n::Bilingual,
        log::{self, Outcome, Subject},
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem},
        resource::Patched,
        subtree::Subtree,
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
    as_of: AsOf,
) -> Result<Page<Task>, Problem> {
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let rows = store::list(db, &under, filter, as_of, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter, as_of).await?) } else { None };
    Ok(page.cut(rows, total, |task| task.id.to_string()))
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
            "required",
            Bilingual::new("source và source_key đi cùng nhau", "source and source_key come together"),
        ));
    }
    caller.owns(source.as_ref())?;
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
    etag: &IfMatch,
    patch: TaskPatch,
) -> Result<Task, Problem> {
    let current = lock(db, caller, id).await?;
    etag.check(current.version)?;
    caller.owns(current.source.as_ref())?;
    match patch.due_on {
        Patched::Keep => {}
        Patched::Clear => checks::due_date(&current, None)?,
        Patched::Set(day) => checks::due_date(&current, Some(day))?,
    }
    let next = current.clone().patched(patch);
    change(db, caller, &current, next).await.map(|(task, _)| task)
}

/// Creates or updates the task that a system knows by a key, so that a repetition is harmless.
///
/// # Errors
/// 403 when the source is not the caller's, 404 when the task has gone to another part of the tree, 422.
pub async fn put(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    key: &RecordKey,
    body: TaskUpdate,
) -> Result<(Task, Outcome), Problem> {
    put_if(db, caller, source, key, body, None).await
}

/// The same on a condition: the version that the caller has read.
///
/// # Errors
/// The same, and 412 when the version is stale or there is none.
pub async fn put_if(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    key: &RecordKey,
    body: TaskUpdate,
    etag: Option<&IfMatch>,
) -> Result<(Task, Outcome), Problem> {
    caller.owns(Some(source))?;
    let Some(id) = store::claim_key(db, source, key).await? else {
        if etag.is_some() {
            return Err(Problem::stale(0));
        }
        let task = add(db, caller, Some(source.clone()), Some(key.clone()), body).await?;
        return Ok((task, Outcome::Created));
    };
    let current = lock(db, caller, id).await?;
    etag.map_or(Ok(()), |etag| etag.check(current.version))?;
    // A source that never gave a due date need not learn of the one that a deadline change gave.
    if body.due_on.is_some() || current.due_on.is_none() || !store::was_due_later(db, id).await? {
        checks::due_date(&current, body.due_on)?;
    }
    let next = current.clone().assigned(body);
    change(db, caller, &current, next).await
}

/// One task for a change of it, kept from others until the transaction ends.
///
/// # Errors
/// 404 when its lead is not in the caller's part of the tree.
pub async fn lock(db: &mut Db, caller: &Caller, id: TaskId) -> Result<Task, Problem> {
    let under: &Subtree = caller.subtree();
    store::lock(db, under, id).await?.or_404("task")
}

/// Stores the next version of a locked task, and tells the log; `detail` is what was said with the change, as JSON.
///
/// # Errors
/// What the database says.
pub async fn save(
    db: &mut Db,
    caller: &Caller,
    current: &Task,
    mut next: Task,
    detail: Option<String>,
) -> Result<Task, Problem> {
    next.version = current.version + 1;
    // A request that waited for the lock began before the one that held it: time does not run backwards in a task.
    next.updated_at = caller.now().max(current.updated_at);
    store::replace(db, &next).await?;
    record(db, caller, &next, detail).await?;
    Ok(next)
}

async fn add(
    db: &mut Db,
    caller: &Caller,
    source: Option<SourceCode>,
    key: Option<RecordKey>,
    body: TaskUpdate,
) -> Result<Task, Problem> {
    let mut task = Task::first(TaskId(clock::new_id()), source, key, body, caller.now());
    checks::shape(&task)?;
    checks::references(db, caller, None, &task).await?;
    task.first_due_on = task.due_on;
    store::insert(db, &task).await?;
    record(db, caller, &task, None).await?;
    Ok(task)
}

/// The end of every change of what was assigned: the due date that stands is kept, and what is the same is no version.
async fn change(db: &mut Db, caller: &Caller, current: &Task, mut next: Task) -> Result<(Task, Outcome), Problem> {
    next.due_on = current.due_on.or(next.due_on);
    next.first_due_on = current.first_due_on.or(next.due_on);
    if next == *current {
        return Ok((next, Outcome::Unchanged));
    }
    checks::is_open(current)?;
    checks::shape(&next)?;
    checks::references(db, caller, Some(current), &next).await?;
    Ok((save(db, caller, current, next, None).await?, Outcome::Updated))
}

async fn record(db: &mut Db, caller: &Caller, task: &Task, detail: Option<String>) -> Result<(), Problem> {
    let mut change = log::change(caller, Subject::Task, &task.id, task.version, &task.lead, task)?;
    change.detail = detail;
    // The log of a task keeps its order in time too: what was so on a day is read from it.
    change.recorded_at = task.updated_at;
    log::append_all(db, vec![change]).await
}
