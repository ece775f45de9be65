//! HTTP for calendars.

use actix_web::{
    get,
    web::{Data, Path},
};

use super::{
    Calendar, CalendarCode, PeriodOfCalendar,
    model::{CalendarPage, CalendarPeriod, DayFilter, PeriodsOfDay},
};
use crate::base::{
    auth::{AnyClient, Permit},
    db::Store,
    http::{List, Localized, NoFilter, PageParams, Query, Tagged},
    i18n::Language,
    page::Page,
    problem::Problem,
};

/// List calendars
///
/// The reporting calendars (lịch báo cáo) with their rules, holidays and make-up working days. Two come with the
/// service: `ND09`, the default, whose month runs from the 15th of the month before to the 14th, and `GREGORIAN`.
/// Calendars are data: they are the same for every client, and change rarely.
#[utoipa::path(params(PageParams), responses((status = 200, body = CalendarPage)))]
#[get("")]
pub async fn list_calendars(
    _caller: Permit<AnyClient>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<Calendar>, Problem> {
    store.read(async |db| super::list(db, &list.page).await).await
}

/// Get a calendar
///
/// The rules and days of one calendar (lịch báo cáo) as data: a system can compute every window and due date from it by
/// itself. For the dates of one period ask `GET /v1/calendars/{code}/periods/{period}`, which does the computing.
#[utoipa::path(params(CalendarCode), responses((status = 200, body = Calendar)))]
#[get("/{code}")]
pub async fn get_calendar(
    _caller: Permit<AnyClient>,
    code: Path<CalendarCode>,
    store: Data<Store>,
) -> Result<Tagged<Calendar>, Problem> {
    store.read(async |db| super::get(db, code.as_str()).await).await.map(Tagged)
}

/// List the periods that hold a day
///
/// One period (kỳ) of each frequency whose window holds the day: what is being reported on that day. Call it to learn
/// which period today's figures belong to. By `ND09` the 20th of October is in the period `2026-M11`, not `2026-M10`.
/// Days after the nine months of a year are in no period of nine months.
#[utoipa::path(
    params(CalendarCode, DayFilter),
    responses((status = 200, description = "The periods, shortest first.", body = PeriodsOfDay)),
)]
#[get("/{code}/periods")]
pub async fn list_calendar_periods(
    caller: Permit<AnyClient>,
    code: Path<CalendarCode>,
    filter: Query<DayFilter>,
    language: Language,
    store: Data<Store>,
) -> Result<Localized<PeriodsOfDay>, Problem> {
    let date = filter.0.date;
    let calendar = store.read(async |db| super::get(db, code.as_str()).await).await?;
    super::periods_of_day(&calendar, date, caller.now(), language).map(|periods| Localized(periods, language))
}

/// Get a period of a calendar
///
/// The window, cut-off and due date of one period (kỳ báo cáo), and where the present moment stands to it. Call it to
/// plan a push: what is to count in the report must have been pushed by `cutoff_at`. `basis` says what the dates rest
/// on, and when they are practice and not law. The answer moves with time, so it has no `ETag`.
#[utoipa::path(params(PeriodOfCalendar), responses((status = 200, body = CalendarPeriod)))]
#[get("/{code}/periods/{period}")]
pub async fn get_calendar_period(
    caller: Permit<AnyClient>,
    path: Path<PeriodOfCalendar>,
    language: Language,
    store: Data<Store>,
) -> Result<Localized<CalendarPeriod>, Problem> {
    let calendar = store.read(async |db| super::get(db, path.code.as_str()).await).await?;
    let period = super::named(&path.period)?;
    CalendarPeriod::of(&calendar, period, caller.now(), language).map(|period| Localized(period, language))
}
