//! HTTP for figures.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};

use super::model::{Observation, ObservationCreate, ObservationFilter, ObservationPage, ObservationPush};
use crate::base::{
    auth::{ObservationsRead, ObservationsWrite, Permit},
    db::{Store, types::ObservationId},
    http::{Format, IdempotencyKey, Json, JsonResponse, List, NoFilter, PageParams, Query, Tagged, export, table},
    i18n::Language,
    ingest::{IngestParams, MAX_ROWS, OnError, RawRows},
    log::{self, HistoryEntry, HistoryPage, Subject},
    page::Page,
    problem::Problem,
};

/// List figures
///
/// The figures (số liệu) as they were reported, one for each indicator, organization, period and breakdown, in the
/// current version; with `as_of` what was known at that instant. They are not added up: sums over the tree or over
/// time, and verdicts, are at `GET /v1/assessments`.
///
/// As JSON, CSV or NDJSON, by `Accept`. CSV and NDJSON hold the whole list in one answer, read at one moment, unless
/// `limit` or `cursor` ask for a page; a page of them has no `next_cursor` in it: follow the `Link` header.
#[utoipa::path(params(ObservationFilter, PageParams, Format), responses((status = 200, body = ObservationPage)))]
#[get("")]
pub async fn list_observations(
    request: HttpRequest,
    caller: Permit<ObservationsRead>,
    format: Format,
    list: List<ObservationFilter>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    if list.page.is_whole && format != Format::Json {
        return export(
            format,
            Observation::COLUMN_NAMES,
            super::export(&store, &caller, list.filter, &list.page).await?,
        )
        .await;
    }
    let page = store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await?;
    table(&request, format, Observation::COLUMN_NAMES, &page)
}

/// Push figures
///
/// Up to 5,000 rows (số liệu); each ends as exactly one of `created`, `updated`, `unchanged`, `rejected`. Indicator,
/// organization, period and breakdown together are the key: a row with a known key and other content becomes a new
/// version of that figure, and the same rows pushed again are `unchanged`, so a retry is harmless. For a ratio send
/// numerator and denominator; the service computes the value exactly.
///
/// With `on_error=abort` one rejected row keeps everything from being written (422 `rows-rejected`); with `continue`
/// the good rows are written and the answer is 207, even when no row was rejected.
#[utoipa::path(
    params(IngestParams, IdempotencyKey), request_body = Vec<ObservationCreate>,
    responses(
        (status = 200, description = "Every row is written or unchanged (`on_error=abort`).", body = ObservationPush),
        (status = 207, body = ObservationPush),
    ),
)]
#[post("")]
pub async fn create_observations(
    caller: Permit<ObservationsWrite>,
    retry: IdempotencyKey,
    params: Query<IngestParams>,
    language: Language,
    body: Json<RawRows<ObservationCreate>>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    let rows = body.then(|rows| rows.read(MAX_ROWS)).await?;
    let on_error = params.0.on_error.unwrap_or(OnError::Abort);
    let _turn = super::turn_to_push(&store, &rows.value).await?;
    crate::base::http::post(&store, caller, retry, rows, async move |db, caller, rows| {
        JsonResponse::of(on_error.status(), &super::push(db, caller, on_error, language, rows).await?)
    })
    .await
}

/// Get a figure
///
/// One figure (số liệu) in its current version, by the id that the push answered. Use the list to find a figure by
/// indicator, organization and period. Its `ETag` tells cheaply whether it has changed since.
#[utoipa::path(params(ObservationId), responses((status = 200, body = Observation)))]
#[get("/{id}")]
pub async fn get_observation(
    caller: Permit<ObservationsRead>,
    id: Path<ObservationId>,
    store: Data<Store>,
) -> Result<Tagged<Observation>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// List the versions of a figure
///
/// Every version of a figure (số liệu) that was ever accepted, oldest first, with the client and the request that
/// brought it: none is ever overwritten. Call it when a number differs from an earlier report. To read many figures as
/// they were known at one instant, use `as_of` of the list.
#[utoipa::path(params(ObservationId, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{id}/history")]
pub async fn list_observation_history(
    caller: Permit<ObservationsRead>,
    id: Path<ObservationId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            log::history(db, Subject::Observation, &*id, &list.page).await
        })
        .await
}
