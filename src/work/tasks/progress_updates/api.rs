//! HTTP for progress updates.

use actix_web::{
    get, post,
    web::{Data, Path},
};

use super::model::{ProgressUpdate, ProgressUpdateCreate, ProgressUpdatePage};
use crate::base::{
    auth::{Permit, TasksProgress, TasksRead},
    db::{Store, types::TaskId},
    http::{IdempotencyKey, Json, JsonResponse, List, NoFilter, PageParams},
    page::Page,
    problem::Problem,
};

/// List the progress updates of a task
///
/// All that was ever said about the progress (cập nhật tiến độ) of a task, in the order in which it was recorded, which
/// is not always the order of `as_of`. The task itself shows the latest figures only; call this for the course of the
/// work, its obstacles, proposals and evidence. Updates are never changed or deleted.
#[utoipa::path(params(TaskId, PageParams), responses((status = 200, body = ProgressUpdatePage)))]
#[get("/{id}/progress-updates")]
pub async fn list_progress_updates(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<ProgressUpdate>, Problem> {
    store.read(async |db| super::list(db, &caller, *id, &list.page).await).await
}

/// Report progress on a task
///
/// Says how far a task has got (cập nhật tiến độ): percentage, results, money and people, obstacles, proposals,
/// evidence. The task shows the figures of the update with the latest `as_of`; an older one that arrives late is kept
/// and moves nothing. Nothing is corrected in place: send another update. A percentage below the one before needs a
/// `reason` (422 `percent-fell`). Reporting 100 % does not complete the task: hand it in through `transitions`.
///
/// Send an `Idempotency-Key`, so that a repetition is not a second update.
#[utoipa::path(params(TaskId, IdempotencyKey), responses((status = 201, body = ProgressUpdate)))]
#[post("/{id}/progress-updates")]
pub async fn create_progress_update(
    caller: Permit<TasksProgress>,
    id: Path<TaskId>,
    retry: IdempotencyKey,
    body: Json<ProgressUpdateCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async move |db, caller, new| {
        // One of these has no address of its own: it is read where the task's others are.
        JsonResponse::placed(format!("/v1/tasks/{id}/progress-updates"), &super::create(db, caller, *id, new).await?)
    })
    .await
}
