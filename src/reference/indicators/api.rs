//! HTTP for indicators and their targets.

use actix_web::{
    get, patch, post, put,
    web::{Data, Path},
};

use super::model::{
    Indicator, IndicatorCreate, IndicatorFilter, IndicatorPage, IndicatorPatch, IndicatorTargets, Target,
};
use crate::base::{
    auth::{IndicatorsRead, IndicatorsWrite, Permit},
    db::{Store, types::IndicatorCode},
    http::{IdempotencyKey, IfMatch, Json, JsonResponse, List, NoFilter, OptionalIfMatch, PageParams, Tagged},
    log::{HistoryEntry, HistoryPage},
    page::Page,
    problem::Problem,
};

/// List indicators
///
/// What is measured (chỉ tiêu), with unit, method and targets: the indicators defined in the client's part of the tree
/// and above it, by code. Call it before you push figures, to learn the codes, whether an indicator takes a numerator
/// and a denominator (`ratio`) or a value, and by which periods it is reported.
#[utoipa::path(params(IndicatorFilter, PageParams), responses((status = 200, body = IndicatorPage)))]
#[get("")]
pub async fn list_indicators(
    caller: Permit<IndicatorsRead>,
    list: List<IndicatorFilter>,
    store: Data<Store>,
) -> Result<Page<Indicator>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Define an indicator
///
/// Adds a measured quantity (chỉ tiêu) under a code of its own; the organizations below the one that defines it report
/// it. Targets are set apart, with `PUT /v1/indicators/{code}/targets`. Choose `kind`, `flow`, `unit` and `frequency`
/// with care: they cannot change once there are figures. A code that is taken is 409.
#[utoipa::path(params(IdempotencyKey), responses((status = 201, body = Indicator)))]
#[post("")]
pub async fn create_indicator(
    caller: Permit<IndicatorsWrite>,
    retry: IdempotencyKey,
    body: Json<IndicatorCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async |db, caller, new| {
        let indicator = super::create(db, caller, new).await?;
        JsonResponse::created(format!("/v1/indicators/{}", indicator.code), &indicator)
    })
    .await
}

/// Get an indicator
///
/// One indicator (chỉ tiêu) in its current definition, with its targets. Read it before a change, for its `ETag`, which
/// changes with the targets too. The figures are at `GET /v1/observations?indicator=`, and how they stand to the
/// targets at `GET /v1/assessments?indicator=`.
#[utoipa::path(params(IndicatorCode), responses((status = 200, body = Indicator)))]
#[get("/{code}")]
pub async fn get_indicator(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    store: Data<Store>,
) -> Result<Tagged<Indicator>, Problem> {
    store.read(async |db| super::get(db, &caller, &code).await).await.map(Tagged)
}

/// Change the definition of an indicator
///
/// A changed definition of an indicator (chỉ tiêu) is a new version; figures keep the one they were reported under.
/// Kind, flow, unit and frequency change only while there are no figures (422 `fixed-by-observations` in `errors`):
/// afterwards define a new indicator. Only the fields sent change, `If-Match` is required, and a patch that changes
/// nothing makes no version.
#[utoipa::path(params(IndicatorCode, IfMatch), responses((status = 200, body = Indicator)))]
#[patch("/{code}")]
pub async fn update_indicator(
    caller: Permit<IndicatorsWrite>,
    code: Path<IndicatorCode>,
    etag: IfMatch,
    patch: Json<IndicatorPatch>,
    store: Data<Store>,
) -> Result<Tagged<Indicator>, Problem> {
    store.write(async move |db| super::update(db, &caller, &code, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// List the versions of an indicator
///
/// Every definition that an indicator (chỉ tiêu) ever had, oldest first. The `definition` of a figure names the version
/// that it was reported under: look it up here. Changes of the targets are not among them.
#[utoipa::path(params(IndicatorCode, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{code}/history")]
pub async fn list_indicator_history(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store.read(async |db| super::history(db, &caller, &code, &list.page).await).await
}

/// Get the targets of an indicator
///
/// What an indicator must reach (mục tiêu), as one set: an operator and a value, for each organization and year or for
/// all; an empty list while there are none. Of the targets of single organizations a client sees those of its own part of
/// the tree and of the organizations above it. Read it before you replace the set, for its `ETag`, which counts the sets
/// and is not that of the indicator. Which target holds for an organization in a year, the assessments say.
#[utoipa::path(params(IndicatorCode), responses((status = 200, body = IndicatorTargets)))]
#[get("/{code}/targets")]
pub async fn get_indicator_targets(
    caller: Permit<IndicatorsRead>,
    code: Path<IndicatorCode>,
    store: Data<Store>,
) -> Result<Tagged<IndicatorTargets>, Problem> {
    store.read(async |db| super::get_targets(db, &caller, &code).await).await.map(Tagged)
}

/// Set the targets of an indicator
///
/// Replaces the whole set of targets (mục tiêu), one at most for each organization and year: what is left out is gone.
/// The first set needs no `If-Match`, a later one does. The closest target holds: for the organization and the year,
/// else for the organization, else for the year, else for all. Targets that the client does not see stay. `>` means strictly over: 90.00 does not meet `> 90`. The
/// same set again makes no version.
#[utoipa::path(params(IndicatorCode), request_body = Vec<Target>, responses((status = 200, body = IndicatorTargets)))]
#[put("/{code}/targets")]
pub async fn replace_indicator_targets(
    caller: Permit<IndicatorsWrite>,
    code: Path<IndicatorCode>,
    etag: OptionalIfMatch,
    targets: Json<Vec<Target>>,
    store: Data<Store>,
) -> Result<Tagged<IndicatorTargets>, Problem> {
    store
        .write(async move |db| super::put_targets(db, &caller, &code, etag.0.as_ref(), targets.into_inner()).await)
        .await
        .map(Tagged)
}
