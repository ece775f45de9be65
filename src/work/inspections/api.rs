//! HTTP for inspections.

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{Inspection, InspectionCreate, InspectionFilter, InspectionPage, InspectionPatch};
use crate::base::{
    auth::{Permit, TasksAssign, TasksRead},
    db::{Store, types::InspectionId},
    http::{IdempotencyKey, IfMatch, Json, JsonResponse, List, NoFilter, PageParams, Tagged},
    log::{self, HistoryEntry, HistoryPage, Subject},
    page::Page,
    problem::Problem,
};

/// List inspections
///
/// The inspections (kiểm tra) held by organizations of the client's part of the tree, in the order in which they were
/// recorded, with findings and follow-up. Call it with `task` to see what was found about one task, or with `held_from`
/// for a report on a period.
#[utoipa::path(params(InspectionFilter, PageParams), responses((status = 200, body = InspectionPage)))]
#[get("")]
pub async fn list_inspections(
    caller: Permit<TasksRead>,
    list: List<InspectionFilter>,
    store: Data<Store>,
) -> Result<Page<Inspection>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Record an inspection
///
/// What was found when somebody looked at how tasks are carried out (kiểm tra định kỳ, đột xuất), and by when it is to
/// be put right. It does not change the tasks. Findings that are put right later are closed with `PATCH
/// /v1/inspections/{id}`. Send an `Idempotency-Key`, so that a repetition is not a second inspection.
#[utoipa::path(params(IdempotencyKey), responses((status = 201, body = Inspection)))]
#[post("")]
pub async fn create_inspection(
    caller: Permit<TasksAssign>,
    retry: IdempotencyKey,
    body: Json<InspectionCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async |db, caller, new| {
        let inspection = super::create(db, caller, new).await?;
        JsonResponse::created(format!("/v1/inspections/{}", inspection.id), &inspection)
    })
    .await
}

/// Get an inspection
///
/// One inspection (kiểm tra): which tasks it looked at, what it found, what is still open. Read it before a change, for
/// its `ETag`. One that an organization outside the client's part of the tree held is 404, even when it looked at the
/// client's tasks.
#[utoipa::path(params(InspectionId), responses((status = 200, body = Inspection)))]
#[get("/{id}")]
pub async fn get_inspection(
    caller: Permit<TasksRead>,
    id: Path<InspectionId>,
    store: Data<Store>,
) -> Result<Tagged<Inspection>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// Change an inspection
///
/// For the follow-up of an inspection (kiểm tra), most often to close a finding: send the whole list of findings, with
/// `closed_on` at the one that was put right. A list is replaced whole, so leave nothing out of it; other fields that
/// are not sent stay. `If-Match` is required.
#[utoipa::path(params(InspectionId, IfMatch), responses((status = 200, body = Inspection)))]
#[patch("/{id}")]
pub async fn update_inspection(
    caller: Permit<TasksAssign>,
    id: Path<InspectionId>,
    etag: IfMatch,
    patch: Json<InspectionPatch>,
    store: Data<Store>,
) -> Result<Tagged<Inspection>, Problem> {
    store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// List the versions of an inspection
///
/// Every version of an inspection (kiểm tra), oldest first, with the client and the request that made it. Call it to
/// see when a finding was added or closed, and by whom.
#[utoipa::path(params(InspectionId, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{id}/history")]
pub async fn list_inspection_history(
    caller: Permit<TasksRead>,
    id: Path<InspectionId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            log::history(db, Subject::Inspection, &*id, &list.page).await
        })
        .await
}
