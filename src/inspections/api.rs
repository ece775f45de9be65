//! HTTP for inspections.

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{Inspection, InspectionCreate, InspectionFilter, InspectionPage, InspectionPatch};
use crate::{
    auth::{Permit, TasksAssign, TasksRead},
    changes::{self, HistoryEntry, HistoryPage, Subject},
    db::{Store, types::InspectionId},
    http::{Answer, IfMatch, Json, List, Listed, NoFilter, PageParams, RetryKey, Tagged},
    problem::Problem,
};

/// List inspections
///
/// The inspections held by the client's part of the tree, in the order in which they were recorded.
#[utoipa::path(tag = "Pull", params(InspectionFilter, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = InspectionPage)))]
#[get("/inspections")]
pub async fn list_inspections(
    caller: Permit<TasksRead>,
    list: List<InspectionFilter>,
    store: Data<Store>,
) -> Result<Listed<Inspection>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Record an inspection
///
/// What was found when somebody looked at how tasks are carried out, and by when it is to be put right.
#[utoipa::path(tag = "Push", params(RetryKey), security(("oauth2" = ["tasks:assign"])),
    responses((status = 201, body = Inspection)))]
#[post("/inspections")]
pub async fn create_inspection(
    caller: Permit<TasksAssign>,
    retry: RetryKey,
    body: Json<InspectionCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async |db, caller, new| {
        let inspection = super::create(db, caller, new).await?;
        Answer::created(format!("/v1/inspections/{}", inspection.id), &inspection)
    })
    .await
}

/// Get an inspection
#[utoipa::path(tag = "Pull", params(InspectionId), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = Inspection)))]
#[get("/inspections/{id}")]
pub async fn get_inspection(
    caller: Permit<TasksRead>,
    id: Path<InspectionId>,
    store: Data<Store>,
) -> Result<Tagged<Inspection>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// Change an inspection
///
/// To close a finding, send the whole list of findings with its `closed_on`.
#[utoipa::path(tag = "Push", params(InspectionId, IfMatch), security(("oauth2" = ["tasks:assign"])),
    responses((status = 200, body = Inspection)))]
#[patch("/inspections/{id}")]
pub async fn update_inspection(
    caller: Permit<TasksAssign>,
    id: Path<InspectionId>,
    etag: IfMatch,
    patch: Json<InspectionPatch>,
    store: Data<Store>,
) -> Result<Tagged<Inspection>, Problem> {
    let caller = caller.caller();
    store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// List the versions of an inspection
#[utoipa::path(tag = "Pull", params(InspectionId, PageParams), security(("oauth2" = ["tasks:read"])),
    responses((status = 200, body = HistoryPage)))]
#[get("/inspections/{id}/history")]
pub async fn list_inspection_history(
    caller: Permit<TasksRead>,
    id: Path<InspectionId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            changes::history(db, Subject::Inspection, &*id, &list.page).await
        })
        .await
}
