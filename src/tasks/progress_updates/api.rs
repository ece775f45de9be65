//! HTTP for progress updates.

use actix_web::{
    get, post,
    web::{Data, Path},
};

use super::model::{ProgressUpdate, ProgressUpdateCreate, ProgressUpdatePage};
use crate::{
    auth::{Permit, TasksProgress, TasksRead},
    db::{Store, types::TaskId},
    http::{Answer, Json, List, Listed, NoFilter, PageParams, RetryKey},
    problem::Problem,
};

/// List the progress updates of a task
///
/// In the order they were recorded, which is not always the order of `as_of`.
#[utoipa::path(tag = "Pull", params(TaskId, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = ProgressUpdatePage)))]
#[get("/tasks/{id}/progress-updates")]
pub async fn list_progress_updates(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<ProgressUpdate>, Problem> {
    store.read(async |db| super::list(db, &caller, *id, &list.page).await).await
}

/// Report progress on a task
///
/// The task shows the figures of the update with the latest `as_of`; an older one that arrives late is kept and moves
/// nothing. Send an `Idempotency-Key`, so that a repetition is not a second update.
#[utoipa::path(tag = "Push", params(TaskId, RetryKey), security(("oauth2" = ["tasks:progress"])),
    responses((status = 201, body = ProgressUpdate)))]
#[post("/tasks/{id}/progress-updates")]
pub async fn create_progress_update(
    caller: Permit<TasksProgress>,
    id: Path<TaskId>,
    retry: RetryKey,
    body: Json<ProgressUpdateCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async move |db, caller, new| {
        // One of these has no address of its own: it is read where the task's others are.
        Answer::placed(format!("/v1/tasks/{id}/progress-updates"), &super::create(db, caller, *id, new).await?)
    })
    .await
}
