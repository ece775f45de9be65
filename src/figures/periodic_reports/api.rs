//! HTTP for periodic reports.

use actix_web::{
    HttpRequest, HttpResponse, Responder, get,
    http::header,
    web::{Data, Path},
};

use super::model::{COLUMNS, PeriodicReport, PeriodicReportFilter, ReportFormat};
use crate::{
    base::{
        auth::{Permit, ReportsRead},
        db::Store,
        http::{Format, Localized, Query, table},
        i18n::{Bilingual, Language},
        page::Page,
        problem::{Problem, kinds},
    },
    reference::calendars::{self, NamedPeriod},
    work::tasks::AsOf,
};

/// Get a periodic report
///
/// The call with which reports (báo cáo định kỳ) are pulled: the figures of `GET /v1/progress` as of the period's
/// cut-off, that is tasks as they stood at the end of the last day of the window, figures and targets of the period,
/// coverage. While the window is open they are those of today and `is_cut_off` is false. The report is computed anew at
/// every call: what is sent late about the time before the cut-off still moves it. With `under` an organization counts
/// with all below it, with `organization` it counts alone.
///
/// As CSV (`Accept: text/csv` or `format=csv`) it is one flat table in UTF-8: `section,key,label,value,unit,note`, with
/// stable words in `section` and `key` and labels in the language of `Accept-Language`.
#[utoipa::path(
    params(NamedPeriod, PeriodicReportFilter),
    responses((status = 200, content((PeriodicReport = "application/json"), (String = "text/csv")))),
)]
#[get("/{period}")]
pub async fn get_periodic_report(
    caller: Permit<ReportsRead>,
    named: Path<NamedPeriod>,
    filter: Query<PeriodicReportFilter>,
    language: Language,
    today: AsOf,
    store: Data<Store>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (period, format) = (calendars::named(&named.period)?, format(&request, filter.0.format)?);
    let report =
        store.snapshot(async move |db| super::get(db, &caller, period, filter.0, language, today).await).await?;
    answer(&request, format, report, language)
}

/// The parameter, or else the header.
fn format(request: &HttpRequest, asked: Option<ReportFormat>) -> Result<ReportFormat, Problem> {
    if let Some(format) = asked {
        return Ok(format);
    }
    match Format::of(request)? {
        Format::Json => Ok(ReportFormat::Json),
        Format::Csv => Ok(ReportFormat::Csv),
        Format::Ndjson => Err(Problem::new(
            &kinds::NOT_ACCEPTABLE,
            Bilingual::new(
                "Có các định dạng application/json và text/csv.",
                "The formats are application/json and text/csv.",
            ),
        )),
    }
}

fn answer(
    request: &HttpRequest,
    format: ReportFormat,
    report: PeriodicReport,
    language: Language,
) -> Result<HttpResponse, Problem> {
    let mut answer = match format {
        ReportFormat::Json => Localized(report, language).respond_to(request),
        ReportFormat::Csv => {
            let items = super::lines(&report, language);
            table(request, Format::Csv, COLUMNS, &Page { items, next_cursor: None, total: None, watermark: None })?
        }
    };
    let headers = answer.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Accept, Accept-Language"));
    headers.insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(language.tag()));
    Ok(answer)
}
