//! HTTP for moves.

use actix_web::{
    get, post,
    web::{self, Data, Path},
};

use super::model::{Moves, TransitionCreate};
use crate::{
    base::{
        auth::{Permit, TasksMove, TasksRead},
        db::{Store, types::TaskId},
        http::{IdempotencyKey, Json, JsonResponse},
        problem::Problem,
    },
    work::tasks::{AsOf, view::TaskView},
};

/// List the moves a caller may make now
///
/// To which states (trạng thái) this client may move the task (nhiệm vụ) now: what a form needs to show the right
/// buttons. It depends on the state of the task and on the scopes of the token: `tasks:assign` confirms, reopens, sends
/// out again and calls off; `tasks:progress` accepts, returns, starts and hands in; either suspends. A client that only
/// reads gets an empty list.
#[utoipa::path(tag = "Push", params(TaskId), responses((status = 200, body = Moves)))]
#[get("/{id}/transitions")]
pub async fn list_task_transitions(
    caller: Permit<TasksRead>,
    id: Path<TaskId>,
    store: Data<Store>,
) -> Result<web::Json<Moves>, Problem> {
    store.read(async |db| super::list(db, &caller, *id).await).await.map(web::Json)
}

/// Move a task to another state
///
/// The only way in which the state (trạng thái) of a task changes: the lead accepts, starts and hands in, the side that
/// assigned it confirms. A move that is not in the list of `GET …/transitions` is 422 `transition-not-allowed`, which
/// names those that are. Handing in (`awaiting_confirmation`) stops the clock: `completed_on` becomes today. Confirming
/// (`completed`) sets the percentage to 100. The reason and the evidence stay in the history.
///
/// Send an `Idempotency-Key`: a repetition without one is refused, since the task has left the state.
#[utoipa::path(params(TaskId, IdempotencyKey), responses((status = 200, body = TaskView)))]
#[post("/{id}/transitions")]
pub async fn create_task_transition(
    caller: Permit<TasksMove>,
    id: Path<TaskId>,
    retry: IdempotencyKey,
    body: Json<TransitionCreate>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async move |db, caller, new| {
        let task = super::create(db, caller, *id, new).await?;
        JsonResponse::changed(&TaskView::of(task, as_of))
    })
    .await
}
