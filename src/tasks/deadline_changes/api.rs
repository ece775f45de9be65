//! HTTP for moves of due dates.

use actix_web::{
    get, post,
    web::{Data, Path},
};

use super::model::{DeadlineChange, DeadlineChangeCreate, DeadlineChangePage};
use crate::{
    auth::{Permit, TasksAssign, TasksRead},
    db::{Store, types::TaskId},
    http::{Answer, Json, List, Listed, NoFilter, PageParams, RetryKey},
    problem::Problem,
};

/// List the moves of a task's due date
///
/// Oldest first; the task's `first_due_on` is the date before the first of them.
#[utoipa::path(tag = "Pull", params(TaskId, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = DeadlineChangePage)))]
#[get("/tasks/{id}/deadline-changes")]
pub async fn list_deadline_changes(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<DeadlineChange>, Problem> {
    store.read(async |db| super::list(db, &caller, *id, &list.page).await).await
}

/// Move a task's due date
///
/// The only way to move it once it is given: with a reason and who approved it. The first due date is kept.
#[utoipa::path(tag = "Push", params(TaskId, RetryKey), security(("oauth2" = ["tasks:assign"])),
    responses((status = 201, body = DeadlineChange)))]
#[post("/tasks/{id}/deadline-changes")]
pub async fn create_deadline_change(
    caller: Permit<TasksAssign>,
    id: Path<TaskId>,
    retry: RetryKey,
    body: Json<DeadlineChangeCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async move |db, caller, new| {
        // One of these has no address of its own: it is read where the task's others are.
        Answer::placed(format!("/v1/tasks/{id}/deadline-changes"), &super::create(db, caller, *id, new).await?)
    })
    .await
}
