//! Periodic reports (báo cáo định kỳ): the figures of progress as of a period's cut-off, to pull as they are.
//!
//! Drafting, approval and signing come later; a report here is computed anew each time it is asked for.

pub mod api;
mod lines;
pub mod model;
pub mod problems;

pub use lines::lines;

use model::{PeriodicReport, PeriodicReportFilter};

use crate::{
    base::{
        auth::Caller,
        db::Db,
        i18n::{Bilingual, Language},
        problem::Problem,
    },
    figures::progress::{self, Ask},
    reference::calendars::{self, Period, model::CalendarPeriod},
    work::tasks::AsOf,
};

/// The report of a period.
///
/// # Errors
/// 404 for what is not in the caller's part of the tree, 400 for both `under` and `organization`.
pub async fn get(
    db: &mut Db,
    caller: &Caller,
    period: Period,
    filter: PeriodicReportFilter,
    language: Language,
    today: AsOf,
) -> Result<PeriodicReport, Problem> {
    if filter.under.is_some() && filter.organization.is_some() {
        let rule =
            Bilingual::new("chỉ gửi một trong hai: under hoặc organization", "send either under or organization");
        return Err(Problem::parameter("organization", problems::NOT_WITH_UNDER, rule));
    }
    let calendar = calendars::get_or_default(db, filter.calendar.as_ref()).await?;
    let said = CalendarPeriod::of(&calendar, period, caller.now(), language)?;
    let ask = Ask {
        is_alone: filter.organization.is_some(),
        under: filter.organization.or(filter.under).unwrap_or_else(|| caller.organization().clone()),
        document: None,
        period,
        calendar: calendar.code,
        as_of: AsOf { day: said.window.to.min(today.day), ..today },
    };
    let figures = progress::compute(db, caller, ask).await?;
    Ok(PeriodicReport { is_cut_off: caller.now() >= said.cutoff_at, period: said, figures })
}
