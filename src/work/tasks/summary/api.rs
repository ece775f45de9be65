//! HTTP for counts.

use actix_web::{
    get,
    web::{self, Data},
};

use super::model::{Summary, SummaryFilter};
use crate::{
    base::{
        auth::{Permit, TasksRead},
        db::Store,
        http::Query,
        problem::Problem,
    },
    work::tasks::AsOf,
};

/// Count tasks
///
/// How many tasks (nhiệm vụ) of the client's part of the tree are in each state, or have each verdict, lead, group or
/// document. Use it for a chart or a check; `GET /v1/progress` gives all these counts at once with figures and money,
/// `GET /v1/tasks` the tasks themselves. Words of a fixed list are shown with their noughts. Timeliness is that of
/// today.
#[utoipa::path(params(SummaryFilter), responses((status = 200, body = Summary)))]
#[get("/summary")]
pub async fn get_task_summary(
    caller: Permit<TasksRead>,
    filter: Query<SummaryFilter>,
    as_of: AsOf,
    store: Data<Store>,
) -> Result<web::Json<Summary>, Problem> {
    store.snapshot(async move |db| super::get(db, &caller, &filter.0, as_of).await).await.map(web::Json)
}
