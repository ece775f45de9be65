//! HTTP for assessments.

use actix_web::{get, web::Data};

use super::model::{Assessment, AssessmentFilter, AssessmentPage};
use crate::base::{
    auth::{ObservationsRead, Permit},
    db::Store,
    http::{List, PageParams},
    page::Page,
    problem::Problem,
};

/// List assessments
///
/// How the figures stand to the targets (đánh giá chỉ tiêu): every indicator (chỉ tiêu) that the client may read, for
/// `under` and for each organization below it that reported or has a target of its own, with figure, target and
/// verdict, all of one moment. For the rows as they were reported use `GET /v1/observations`; for the whole picture
/// with tasks and money, `GET /v1/progress`. They come by indicator and then by the order of the tree.
///
/// The figure of an organization is its own report, or else the sum over the topmost organizations below it that
/// reported; a report stands for its whole subtree, so nothing is added twice. A ratio is Σ numerators ÷ Σ
/// denominators. Over a longer period a flow (số phát sinh trong kỳ) adds up, and of a stock (số tại thời điểm) the
/// last value within the period stands. An indicator without a frequency takes the reports of the very period, or else
/// of the coarsest periods within it that hold data. Comparisons use the exact fraction: 90.00 against `> 90` is
/// `not_met`.
#[utoipa::path(params(AssessmentFilter, PageParams), responses((status = 200, body = AssessmentPage)))]
#[get("")]
pub async fn list_assessments(
    caller: Permit<ObservationsRead>,
    list: List<AssessmentFilter>,
    store: Data<Store>,
) -> Result<Page<Assessment>, Problem> {
    store.snapshot(async move |db| super::list(db, &caller, list.filter, &list.page).await).await
}
