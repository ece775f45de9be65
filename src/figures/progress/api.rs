//! HTTP for progress.

use actix_web::{
    get,
    web::{Data, Json, Path},
};

use super::model::{Progress, ProgressFilter, RollupFilter};
use crate::{
    base::{
        auth::{Permit, ReportsRead},
        db::{Store, types::DocumentId},
        http::Query,
        problem::Problem,
    },
    work::tasks::AsOf,
};

/// Get progress
///
/// The live picture (tiến độ) of an organization and all below it: tasks (nhiệm vụ) by state, timeliness, group and
/// lead; each indicator (chỉ tiêu) against its target; planned and spent; obstacles and proposals; and `coverage`, so
/// that a partial sum is never read as final. All of it is of one moment of the database. For figures as of a period's
/// cut-off use `GET /v1/periodic-reports/{period}`.
///
/// **As of a day.** Without `as_of` the tasks are shown as they stand. With an earlier day a task counts when it was
/// assigned by that day (`assigned_on`, else the local date on which it was first recorded). Its state, due date,
/// completion, lead and group are those that the log shows at the end of that day in Ho Chi Minh City; a task recorded
/// only later is taken as first recorded. Its percentage, money spent, obstacles and proposals are those of the latest
/// progress update that speaks of that day or an earlier one, whenever it was recorded. Figures of indicators are those
/// known now for the period, and targets those that hold now: a figure always comes after its period.
///
/// **Timeliness.** No due date, or cancelled: `no_deadline`. Completed: `done_on_time` when handed in on the due day or
/// before, else `done_late`. Awaiting confirmation: by the day on which it was handed in, `on_time` or `overdue`.
/// Otherwise `overdue` after the due day, `due_soon` on it and within three days before it (the operator may set
/// another number), else `on_time`.
///
/// **Coverage.** A figure is expected for each indicator and each organization below `under` with a target of its own,
/// in each of the indicator's reporting periods within the period.
#[utoipa::path(params(ProgressFilter), responses((status = 200, body = Progress)))]
#[get("")]
pub async fn get_progress(
    caller: Permit<ReportsRead>,
    filter: Query<ProgressFilter>,
    today: AsOf,
    store: Data<Store>,
) -> Result<Json<Progress>, Problem> {
    let progress = store.snapshot(async move |db| super::get(db, &caller, filter.0, today).await).await?;
    Ok(Json(progress))
}

/// Get the progress of everything that implements a document
///
/// The same figures as `GET /v1/progress?document=`, for a resolution or a plan (văn bản) and all that implements it,
/// at any depth: how far the resolution has got, whichever plans carry it out. Only tasks and figures of the client's
/// part of the tree count, though the way to them may lead through documents that it cannot read.
#[utoipa::path(tag = "Pull", params(DocumentId, RollupFilter), responses((status = 200, body = Progress)))]
#[get("/{id}/rollup")]
pub async fn get_document_rollup(
    caller: Permit<ReportsRead>,
    id: Path<DocumentId>,
    filter: Query<RollupFilter>,
    today: AsOf,
    store: Data<Store>,
) -> Result<Json<Progress>, Problem> {
    let filter = ProgressFilter { document: Some(*id), period: filter.0.period, ..ProgressFilter::default() };
    let progress = store.snapshot(async move |db| super::get(db, &caller, filter, today).await).await?;
    Ok(Json(progress))
}
