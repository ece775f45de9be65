//! HTTP for tasks.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    get, patch, post, put,
    web::{Data, Path},
};

use super::{
    AsOf,
    model::{Task, TaskCreate, TaskFilter, TaskPatch, TaskUpdate},
    view::{TaskPage, TaskView},
};
use crate::base::{
    auth::{Permit, RequestTime, TasksAssign, TasksRead},
    db::{Store, types::TaskId},
    http::{
        ByKey, Format, IdempotencyKey, IfMatch, Json, JsonResponse, List, NoFilter, OptionalIfMatch, PageParams,
        Tagged, export, marked, table,
    },
    log::{self, HistoryEntry, HistoryPage, Subject},
    page::Page,
    problem::Problem,
    resource::Outcome,
    settings::Settings,
};

/// The day of the request, for handlers that judge tasks; it stands behind the permit.
impl FromRequest for AsOf {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let time = request.extensions().get::<RequestTime>().copied();
        let as_of = time
            .zip(request.app_data::<Data<Settings>>())
            .map(|(RequestTime(now), settings)| Self::at(now, settings.due_soon_days));
        ready(as_of.ok_or_else(|| Problem::internal("no permit before the day, or no settings")))
    }
}

/// List tasks
///
/// The tasks (nhiệm vụ) that organizations of the client's part of the tree lead, oldest first. The executing agency
/// finds here what it has to do; whoever oversees a plan, what is late: `timeliness=overdue`. For counts alone use `GET
/// /v1/tasks/summary`. Filters that are given together must all hold.
///
/// To follow changes, begin with `updated_since=2000-01-01T00:00:00Z`, and send the answered `watermark` (in CSV and
/// NDJSON the header `Watermark`) as `updated_since` next time. It lies a little back while writes are open, so a task
/// may come again; the newest `updated_at` seen would do worse: a write that is open now may bear an older moment.
///
/// As JSON, CSV or NDJSON, by `Accept`. CSV and NDJSON hold the whole list in one answer, read at one moment, unless
/// `limit` or `cursor` ask for a page; a page of them has no `next_cursor` in it: follow the `Link` header.
#[utoipa::path(params(TaskFilter, PageParams, Format), responses((status = 200, body = TaskPage)))]
#[get("")]
pub async fn list_tasks(
    caller: Permit<TasksRead>,
    list: List<TaskFilter>,
    format: Format,
    request: HttpRequest,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let List { filter, page } = list;
    let watermark = super::watermark(&store, &caller, &filter, &page).await?;
    let answer = if page.is_whole && format != Format::Json {
        export(format, Task::COLUMN_NAMES, super::export(&store, &caller, filter, as_of).await?).await?
    } else {
        let page = store.read(async |db| super::list(db, &caller, &filter, &page, watermark, as_of).await).await?;
        table(&request, format, Task::COLUMN_NAMES, &page.map(|task| TaskView::of(task, as_of)))?
    };
    Ok(marked(answer, watermark))
}

/// Assign a task
///
/// Gives work (nhiệm vụ) to a lead in the client's part of the tree; it begins in the state `assigned`. A system that
/// has its own id for the task uses `PUT /v1/tasks/by-key/{source}/{source_key}` instead, which can be repeated as it
/// is; here only an `Idempotency-Key` keeps a repetition from making a second task. State, percentage and money spent
/// are not given: they move through `transitions` and `progress-updates`.
#[utoipa::path(params(IdempotencyKey), responses((status = 201, body = TaskView)))]
#[post("")]
pub async fn create_task(
    caller: Permit<TasksAssign>,
    retry: IdempotencyKey,
    body: Json<TaskCreate>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async move |db, caller, new| {
        let task = super::create(db, caller, new).await?;
        JsonResponse::created(format!("/v1/tasks/{}", task.id), &TaskView::of(task, as_of))
    })
    .await
}

/// Get a task
///
/// One task (nhiệm vụ) as it stands: what was assigned, its state, its latest progress, and its timeliness as of today
/// in Ho Chi Minh City. Read it before a change, for its `ETag`. `timeliness` depends on the day and is no part of the
/// version: a 304 says that the task is unchanged, not that it is still on time.
#[utoipa::path(params(TaskId), responses((status = 200, body = TaskView)))]
#[get("/{id}")]
pub async fn get_task(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let task = store.read(async |db| super::get(db, &caller, *id).await).await?;
    Ok(Tagged(TaskView::of(task, as_of)))
}

/// Change a task
///
/// For what was assigned (nhiệm vụ): title, lead, group and so on. Only the fields sent change; a list is replaced
/// whole. `If-Match` is required. Only the system that owns the task may (403 `source-not-yours`); a due date once
/// given moves through `deadline-changes`, the state through `transitions`. A task that is completed or cancelled takes
/// no change. A patch that changes nothing makes no version.
#[utoipa::path(params(TaskId, IfMatch), responses((status = 200, body = TaskView)))]
#[patch("/{id}")]
pub async fn update_task(
    caller: Permit<TasksAssign>,
    id: Path<TaskId>,
    etag: IfMatch,
    patch: Json<TaskPatch>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let task = store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await?;
    Ok(Tagged(TaskView::of(task, as_of)))
}

/// Get a task by its source's key
///
/// The same as `GET /v1/tasks/{id}`, for a system that knows the task (nhiệm vụ) by its own id and keeps none of ours.
/// `source` is the code of the system that owns it, `source_key` its id there, percent-encoded in the path: `/` is
/// `%2F`.
#[utoipa::path(params(ByKey), responses((status = 200, body = TaskView)))]
#[get("/by-key/{source}/{source_key}")]
pub async fn get_task_by_key(
    caller: Permit<TasksRead>,
    key: Path<ByKey>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<Tagged<TaskView>, Problem> {
    let task = store.read(async |db| super::get_by_key(db, &caller, &key.source, &key.source_key).await).await?;
    Ok(Tagged(TaskView::of(task, as_of)))
}

/// Create or update a task by its source's key
///
/// The way for a document platform to push a task (nhiệm vụ): says the whole of what that system knows of it, whether
/// or not it was there, and can be repeated; what is the same makes no version. A field left out is cleared, but a due
/// date that was given stays: it moves only through `deadline-changes`. State, percentage and money spent are not
/// touched. The `source` must be the client's own (403 `source-not-yours`). `If-Match` is optional here.
#[utoipa::path(params(ByKey), responses((status = 200, body = TaskView), (status = 201, body = TaskView)))]
#[put("/by-key/{source}/{source_key}")]
pub async fn put_task_by_key(
    caller: Permit<TasksAssign>,
    key: Path<ByKey>,
    etag: OptionalIfMatch,
    body: Json<TaskUpdate>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    let put = async move |db: &mut _| {
        super::put(db, &caller, (&key.source, &key.source_key), body.into_inner(), etag.0.as_ref()).await
    };
    let (task, outcome) = store.write(put).await?;
    let (place, view) = (format!("/v1/tasks/{}", task.id), TaskView::of(task, as_of));
    if outcome == Outcome::Created { JsonResponse::created(place, &view) } else { JsonResponse::changed(&view) }
}

/// List the versions of a task
///
/// Every version of a task (nhiệm vụ), oldest first: who made it and when; `detail` holds the reason and evidence of a
/// transition. Call it to prove what was assigned, or who confirmed. Timeliness is not part of a version: it depends on
/// the day on which it is asked for.
#[utoipa::path(params(TaskId, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{id}/history")]
pub async fn list_task_history(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            log::history(db, Subject::Task, &*id, &list.page).await
        })
        .await
}
