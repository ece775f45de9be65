//! HTTP for moves.

use actix_web::{
    get, post,
    web::{self, Data, Path},
};

use super::model::{Moves, TransitionCreate};
use crate::{
    auth::{Permit, TasksMove, TasksRead},
    db::{Store, types::TaskId},
    http::{Answer, Json, RetryKey},
    problem::Problem,
    settings::Settings,
    tasks::{AsOf, view::TaskView},
};

/// List the moves a caller may make now
///
/// They depend on the task's state and on the token's scopes: `tasks:assign` confirms, reopens, sends out again and
/// calls off; `tasks:progress` accepts, returns, starts and hands in; either suspends.
#[utoipa::path(tag = "Push", params(TaskId), security(("oauth2" = ["tasks:read"])), responses((status = 200, body = Moves)))]
#[get("/tasks/{id}/transitions")]
pub async fn list_task_transitions(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    store: Data<Store>,
) -> Result<web::Json<Moves>, Problem> {
    store.read(async |db| super::list(db, &caller, *id).await).await.map(web::Json)
}

/// Move a task to another state
///
/// Answers the task as it is then. The reason and the evidence stay in its history.
#[utoipa::path(tag = "Push", params(TaskId, RetryKey), security(("oauth2" = ["tasks:assign"]), ("oauth2" = ["tasks:progress"])),
    responses((status = 200, body = TaskView)))]
#[post("/tasks/{id}/transitions")]
pub async fn create_task_transition(
    caller: Permit<TasksMove>,
    id: Path<TaskId>,
    retry: RetryKey,
    body: Json<TransitionCreate>,
    settings: Data<Settings>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    let as_of = AsOf::today(&caller, settings.due_soon_days);
    crate::http::post(&store, &caller, retry, body, async move |db, caller, new| {
        let task = super::create(db, caller, *id, new).await?;
        Answer::changed(&TaskView::of(task, as_of))
    })
    .await
}
