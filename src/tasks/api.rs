//! HTTP for tasks.

use actix_web::{
    HttpRequest, HttpResponse, get, patch, post, put,
    web::{Data, Path},
};

use super::{
    AsOf, Outcome,
    bodies::{TaskCreate, TaskPatch, TaskUpdate},
    model::TaskFilter,
    view::{COLUMNS, TaskPage, TaskView},
};
use crate::{
    auth::{Permit, TasksAssign, TasksRead},
    changes::{self, HistoryEntry, HistoryPage, Subject},
    db::{Store, types::TaskId},
    http::{Answer, ByKey, Format, IfMatch, Json, List, Listed, NoFilter, PageParams, RetryKey, Tagged, table},
    problem::Problem,
    settings::Settings,
};

/// List tasks
///
/// The tasks led in the client's part of the tree, oldest first; as JSON, CSV or NDJSON by `Accept`.
#[utoipa::path(tag = "Pull", params(TaskFilter, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, content((TaskPage = "application/json"), (String = "text/csv"), (String = "application/x-ndjson")))))]
#[get("/tasks")]
pub async fn list_tasks(
    caller: Permit<TasksRead>,
    list: List<TaskFilter>,
    format: Format,
    request: HttpRequest,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let as_of = AsOf::today(&caller, settings.due_soon_days);
    let page = store.read(async |db| super::list(db, &caller, &list.filter, &list.page, as_of).await).await?;
    table(&request, format, COLUMNS, page.map(|task| TaskView::of(task, as_of)))
}

/// Assign a task
///
/// A system that has its own id for the task uses `PUT /v1/tasks/by-key/{source}/{source_key}` instead: it can be repeated.
#[utoipa::path(tag = "Push", params(RetryKey), security(("oauth2" = ["tasks:assign"])), responses((status = 201, body = TaskView)))]
#[post("/tasks")]
pub async fn create_task(
    caller: Permit<TasksAssign>,
    retry: RetryKey,
    body: Json<TaskCreate>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    let as_of = AsOf::today(&caller, settings.due_soon_days);
    crate::http::post(&store, &caller, retry, body, async move |db, caller, new| {
        let task = super::create(db, caller, new).await?;
        Answer::created(format!("/v1/tasks/{}", task.id), &TaskView::of(task, as_of))
    })
    .await
}

/// Get a task
#[utoipa::path(tag = "Pull", params(TaskId), security(("oauth2" = ["tasks:read"])), responses((status = 200, body = TaskView)))]
#[get("/tasks/{id}")]
pub async fn get_task(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let task = store.read(async |db| super::get(db, &caller, *id).await).await?;
    Ok(Tagged(TaskView::of(task, AsOf::today(&caller, settings.due_soon_days))))
}

/// Change a task
///
/// What was assigned: title, lead, group and so on. Only the system that owns the task may; a due date once given
/// moves through `deadline-changes`. A patch that changes nothing makes no version.
#[utoipa::path(tag = "Push", params(TaskId, IfMatch), security(("oauth2" = ["tasks:assign"])), responses((status = 200, body = TaskView)))]
#[patch("/tasks/{id}")]
pub async fn update_task(
    caller: Permit<TasksAssign>,
    id: Path<TaskId>,
    etag: IfMatch,
    patch: Json<TaskPatch>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let (as_of, caller) = (AsOf::today(&caller, settings.due_soon_days), caller.caller());
    let task = store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await?;
    Ok(Tagged(TaskView::of(task, as_of)))
}

/// Get a task by its source's key
///
/// The key is percent-encoded in the path: `/` is `%2F`.
#[utoipa::path(tag = "Pull", params(ByKey), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = TaskView)))]
#[get("/tasks/by-key/{source}/{source_key}")]
pub async fn get_task_by_key(
    caller: Permit<TasksRead>,
    key: Path<ByKey>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let task = store.read(async |db| super::get_by_key(db, &caller, &key.source, &key.source_key).await).await?;
    Ok(Tagged(TaskView::of(task, AsOf::today(&caller, settings.due_soon_days))))
}

/// Create or update a task by its source's key
///
/// Says the whole of what the source system knows of the task, and can be repeated: what is the same makes no version.
/// `If-Match` is optional here. Its state and progress are not touched.
#[utoipa::path(tag = "Push", params(ByKey), security(("oauth2" = ["tasks:assign"])),
    responses((status = 200, body = TaskView), (status = 201, body = TaskView)))]
#[put("/tasks/by-key/{source}/{source_key}")]
pub async fn put_task(
    caller: Permit<TasksAssign>,
    key: Path<ByKey>,
    etag: Option<IfMatch>,
    body: Json<TaskUpdate>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    let (as_of, caller) = (AsOf::today(&caller, settings.due_soon_days), caller.caller());
    let put = async move |db: &mut _| {
        super::put_if(db, &caller, &key.source, &key.source_key, body.into_inner(), etag.as_ref()).await
    };
    let (task, outcome) = store.write(put).await?;
    let (place, view) = (format!("/v1/tasks/{}", task.id), TaskView::of(task, as_of));
    if outcome == Outcome::Created { Answer::created(place, &view) } else { Answer::changed(&view) }
}

/// List the versions of a task
///
/// Every version, who made it and when; `detail` holds the reason and evidence of a transition. Timeliness is not part
/// of a version: it depends on the day it is asked for.
#[utoipa::path(tag = "Pull", params(TaskId, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = HistoryPage)))]
#[get("/tasks/{id}/history")]
pub async fn list_task_history(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            changes::history(db, Subject::Task, &*id, &list.page).await
        })
        .await
}
