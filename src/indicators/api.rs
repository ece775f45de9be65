//! HTTP for indicators and their targets.

use actix_web::{
    get, patch, post, put,
    web::{Data, Path},
};

use super::model::{
    Indicator, IndicatorCreate, IndicatorFilter, IndicatorPage, IndicatorPatch, IndicatorTargets, Target,
};
use crate::{
    auth::{IndicatorsRead, IndicatorsWrite, Permit},
    changes::{self, HistoryEntry, HistoryPage, Subject},
    db::{Store, types::IndicatorCode},
    http::{Answer, IfMatch, Json, List, Listed, NoFilter, PageParams, RetryKey, Tagged},
    problem::Problem,
};

/// List indicators
///
/// What is measured, with its targets: the indicators defined in the client's part of the tree and above it, by code.
#[utoipa::path(tag = "Reference", params(IndicatorFilter, PageParams), security(("oauth2" = ["indicators:read"])),
    responses((status = 200, body = IndicatorPage)))]
#[get("/indicators")]
pub async fn list_indicators(
    caller: Permit<IndicatorsRead>,
    list: List<IndicatorFilter>,
    store: Data<Store>,
) -> Result<Listed<Indicator>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Define an indicator
///
/// Targets are set apart: PUT …/targets.
#[utoipa::path(tag = "Reference", params(RetryKey), security(("oauth2" = ["indicators:write"])),
    responses((status = 201, body = Indicator)))]
#[post("/indicators")]
pub async fn create_indicator(
    caller: Permit<IndicatorsWrite>,
    retry: RetryKey,
    body: Json<IndicatorCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async |db, caller, new| {
        let indicator = super::create(db, caller, new).await?;
        Answer::created(format!("/v1/indicators/{}", indicator.code), &indicator)
    })
    .await
}

/// Get an indicator
#[utoipa::path(tag = "Reference", params(IndicatorCode), security(("oauth2" = ["indicators:read"])),
    responses((status = 200, body = Indicator)))]
#[get("/indicators/{code}")]
pub async fn get_indicator(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    store: Data<Store>,
) -> Result<Tagged<Indicator>, Problem> {
    store.read(async |db| super::get(db, &caller, &code).await).await.map(Tagged)
}

/// Change the definition of an indicator
///
/// A changed definition is a new version; figures keep the one they were reported under. Kind, flow and unit change
/// only while there are no figures.
#[utoipa::path(tag = "Reference", params(IndicatorCode, IfMatch), security(("oauth2" = ["indicators:write"])),
    responses((status = 200, body = Indicator)))]
#[patch("/indicators/{code}")]
pub async fn update_indicator(
    caller: Permit<IndicatorsWrite>,
    code: Path<IndicatorCode>,
    etag: IfMatch,
    patch: Json<IndicatorPatch>,
    store: Data<Store>,
) -> Result<Tagged<Indicator>, Problem> {
    let caller = caller.caller();
    store.write(async move |db| super::update(db, &caller, &code, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// List the versions of an indicator
#[utoipa::path(tag = "Reference", params(IndicatorCode, PageParams), security(("oauth2" = ["indicators:read"])),
    responses((status = 200, body = HistoryPage)))]
#[get("/indicators/{code}/history")]
pub async fn list_indicator_history(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, &code).await?;
            changes::history(db, Subject::Indicator, &*code, &list.page).await
        })
        .await
}

/// Get the targets of an indicator
#[utoipa::path(tag = "Reference", params(IndicatorCode), security(("oauth2" = ["indicators:read"])),
    responses((status = 200, body = IndicatorTargets)))]
#[get("/indicators/{code}/targets")]
pub async fn get_indicator_targets(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    store: Data<Store>,
) -> Result<Tagged<IndicatorTargets>, Problem> {
    store.read(async |db| super::get_targets(db, &caller, &code).await).await.map(Tagged)
}

/// Set the targets of an indicator
///
/// Replaces the whole set, one target at most for each organization and year. The first set needs no `If-Match`, a
/// later one does.
#[utoipa::path(tag = "Reference", params(IndicatorCode), security(("oauth2" = ["indicators:write"])), request_body = Vec<Target>,
    responses((status = 200, body = IndicatorTargets)))]
#[put("/indicators/{code}/targets")]
pub async fn replace_indicator_targets(
    caller: Permit<IndicatorsWrite>,
    code: Path<IndicatorCode>,
    etag: Option<IfMatch>,
    targets: Json<Vec<Target>>,
    store: Data<Store>,
) -> Result<Tagged<IndicatorTargets>, Problem> {
    let (caller, targets) = (caller.caller(), targets.into_inner());
    store.write(async move |db| super::put_targets(db, &caller, &code, etag.as_ref(), targets).await).await.map(Tagged)
}
