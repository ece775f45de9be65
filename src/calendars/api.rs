//! HTTP for calendars.

use actix_web::{
    get,
    web::{Data, Path},
};

use super::{
    Calendar, Period,
    model::{CalendarPage, CalendarPeriod, DayFilter, PeriodsOfDay},
};
use crate::{
    auth::{AnyClient, Permit},
    bilingual::Language,
    db::Store,
    http::{List, Listed, NoFilter, PageParams, Query, Said, Tagged},
    problem::Problem,
};

/// List calendars
///
/// The reporting calendars (lịch báo cáo) with their rules, holidays and make-up working days.
#[utoipa::path(tag = "Reference", params(PageParams), security(("oauth2" = [])),
    responses((status = 200, body = CalendarPage)))]
#[get("/calendars")]
pub async fn list_calendars(
    _caller: Permit<AnyClient>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<Calendar>, Problem> {
    store.read(async |db| super::list(db, &list.page).await).await
}

/// Get a calendar
///
/// Its rules and days as data: a system can compute every window and due date from it by itself.
#[utoipa::path(tag = "Reference", params(("code" = String, Path, description = "The calendar's code.", example = "ND09", pattern = "^[A-Z0-9_]{1,32}$")),
    security(("oauth2" = [])), responses((status = 200, body = Calendar)))]
#[get("/calendars/{code}")]
pub async fn get_calendar(
    _caller: Permit<AnyClient>,
    code: Path<String>,
    store: Data<Store>,
) -> Result<Tagged<Calendar>, Problem> {
    store.read(async |db| super::get(db, &code).await).await.map(Tagged)
}

/// List the periods that hold a day
///
/// One period of each frequency: what is being reported on that day.
#[utoipa::path(tag = "Reference", params(("code" = String, Path, description = "The calendar's code.", example = "ND09", pattern = "^[A-Z0-9_]{1,32}$"), DayFilter),
    security(("oauth2" = [])), responses((status = 200, body = PeriodsOfDay)))]
#[get("/calendars/{code}/periods")]
pub async fn list_calendar_periods(
    caller: Permit<AnyClient>,
    code: Path<String>,
    filter: Query<DayFilter>,
    language: Language,
    store: Data<Store>,
) -> Result<Said<PeriodsOfDay>, Problem> {
    let date = filter.0.date;
    let calendar = store.read(async |db| super::get(db, &code).await).await?;
    super::periods_of_day(&calendar, date, caller.now(), language).map(|periods| Said(periods, language))
}

/// Get a period of a calendar
///
/// Its window, cut-off and due date, and whether it is open now.
#[utoipa::path(tag = "Reference", params(
        ("code" = String, Path, description = "The calendar's code.", example = "ND09", pattern = "^[A-Z0-9_]{1,32}$"),
        ("period" = Period, Path, description = "The period (kỳ), such as `2026-M10`, `2026-Q4`, `2026-S2`, `2026-9M` or `2026-A1`."),
    ), security(("oauth2" = [])), responses((status = 200, body = CalendarPeriod)))]
#[get("/calendars/{code}/periods/{period}")]
pub async fn get_calendar_period(
    caller: Permit<AnyClient>,
    path: Path<(String, String)>,
    language: Language,
    store: Data<Store>,
) -> Result<Said<CalendarPeriod>, Problem> {
    let (code, period) = path.into_inner();
    let calendar = store.read(async |db| super::get(db, &code).await).await?;
    let period = super::named(&period)?;
    CalendarPeriod::of(&calendar, period, caller.now(), language).map(|period| Said(period, language))
}
