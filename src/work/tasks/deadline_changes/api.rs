//! HTTP for moves of due dates.

use actix_web::{
    get, post,
    web::{Data, Path},
};

use super::model::{DeadlineChange, DeadlineChangeCreate, DeadlineChangePage};
use crate::base::{
    auth::{Permit, TasksAssign, TasksRead},
    db::{Store, types::TaskId},
    http::{IdempotencyKey, Json, JsonResponse, List, NoFilter, PageParams},
    page::Page,
    problem::Problem,
};

/// List the moves of a task's due date
///
/// Every move of the due date (gia hạn, điều chỉnh thời hạn) of a task, oldest first, each with its reason and who
/// approved it. Call it to see whether a task that is on time now was so by its first due date: `first_due_on` of the
/// task is the one before the first move, or the one that the first move gave.
#[utoipa::path(params(TaskId, PageParams), responses((status = 200, body = DeadlineChangePage)))]
#[get("/{id}/deadline-changes")]
pub async fn list_deadline_changes(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<DeadlineChange>, Problem> {
    store.read(async |db| super::list(db, &caller, *id, &list.page).await).await
}

/// Move a task's due date
///
/// The only way to move a due date (gia hạn, điều chỉnh thời hạn) once it is given, earlier or later, with a reason and
/// who approved it. The first due date is kept beside it. A task that is completed or cancelled is refused, and so is
/// the date that it has already. Send an `Idempotency-Key`, so that a repetition gets the first answer.
#[utoipa::path(params(TaskId, IdempotencyKey), responses((status = 201, body = DeadlineChange)))]
#[post("/{id}/deadline-changes")]
pub async fn create_deadline_change(
    caller: Permit<TasksAssign>,
    id: Path<TaskId>,
    retry: IdempotencyKey,
    body: Json<DeadlineChangeCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async move |db, caller, new| {
        // One of these has no address of its own: it is read where the task's others are.
        JsonResponse::placed(format!("/v1/tasks/{id}/deadline-changes"), &super::create(db, caller, *id, new).await?)
    })
    .await
}
