//! Reporting calendars (lịch báo cáo): windows, cut-offs and due days, computed from data.

pub mod api;
mod column;
mod definition;
mod error;
mod frequency;
pub mod model;
mod parameters;
mod period;
mod rules;
pub mod store;
mod validate;

pub use definition::{Calendar, DEFAULT_WORKING_DAYS, DayOfWeek, DueRule, Holiday, MakeUpDay, Text, WindowRule};
pub use error::{CalendarError, NoSuchDate, PeriodError};
pub use frequency::Frequency;
pub use parameters::{CalendarCode, NamedPeriod, PeriodOfCalendar};
pub use period::{Period, YEARS};
pub use rules::{HO_CHI_MINH, PeriodState, Window, end_of, today};

use model::{CalendarPeriod, CalendarRow, PeriodsOfDay};

use crate::base::{
    db::{
        Db, QueryError,
        types::{Day, Instant, JsonText, OrgCode, ShortText},
    },
    i18n::{Bilingual, Language},
    log::{Author, Subject},
    page::{Page, PageRequest},
    problem::{OrNotFound, Problem, codes, kinds},
    resource::{self, Recorded, Resource, Versioned},
};

/// The calendar of a request that names none.
pub const DEFAULT: &str = "ND09";

/// The calendars that come with the service.
const SHIPPED: [&str; 2] =
    [include_str!("../../../calendars/ND09.json"), include_str!("../../../calendars/GREGORIAN.json")];

/// Adds the shipped calendars that the database lacks, and gives each calendar without an entry in the log its first; one
/// that an admin has loaded stays as it is. It runs with the migrations.
///
/// # Errors
/// What the database says.
pub async fn ensure_shipped(db: &mut Db, author: &Author, now: Instant) -> Result<usize, Problem> {
    let mut added = 0;
    for text in SHIPPED {
        let calendar = Calendar::from_json(text).map_err(Problem::internal)?;
        let row = CalendarRow {
            code: calendar.code.clone(),
            version: calendar.version(),
            content: JsonText(calendar),
            updated_at: now,
        };
        added += row.insert(db).await?;
    }
    let calendars = store::list(db, None, i64::MAX).await?;
    resource::ensure_entries(db, author, calendars).await?;
    Ok(added)
}

impl Recorded for CalendarRow {
    const SUBJECT: Subject = Subject::Calendar;

    fn key(&self) -> String {
        self.code.clone()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(&self.content.0)
    }
}

impl Resource for CalendarRow {
    /// Every client may read every calendar.
    fn organization(&self) -> Option<&OrgCode> {
        None
    }

    fn place(&self) -> String {
        format!("/v1/calendars/{}", self.code)
    }

    /// The version is the revision that the data bears, and does not follow from how often it was loaded.
    fn stamp(&mut self, _: i32, at: Instant) {
        self.updated_at = at;
    }

    async fn insert(&self, db: &mut Db) -> Result<usize, QueryError> {
        store::insert_missing(db, self.clone()).await
    }

    async fn replace(&self, db: &mut Db, _: &Self) -> Result<(), QueryError> {
        store::replace(db, self.clone()).await.map(drop)
    }
}

/// A calendar as it comes with the service.
#[must_use]
pub fn shipped(code: &str) -> Option<Calendar> {
    SHIPPED.iter().filter_map(|text| Calendar::from_json(text).ok()).find(|calendar| calendar.code == code)
}

/// One page of the calendars, by code.
///
/// # Errors
/// What the database says; `invalid-cursor`.
pub async fn list(db: &mut Db, page: &PageRequest) -> Result<Page<Calendar>, Problem> {
    let rows = store::list(db, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db).await?) } else { None };
    Ok(page.cut(rows, total, |row| row.code.clone()).map(|row| row.content.0))
}

/// One calendar.
///
/// # Errors
/// 404 when there is none of that code.
pub async fn get(db: &mut Db, code: &str) -> Result<Calendar, Problem> {
    Ok(store::find(db, code).await?.or_404("calendar")?.content.0)
}

/// The calendar of a query parameter.
///
/// # Errors
/// 404 when there is none of that code.
pub async fn get_or_default(db: &mut Db, code: Option<&ShortText>) -> Result<Calendar, Problem> {
    get(db, code.map_or(DEFAULT, ShortText::as_str)).await
}

/// The period that an address names.
///
/// # Errors
/// 404 that shows how periods are written.
pub fn named(period: &str) -> Result<Period, Problem> {
    period.parse().map_err(|error: PeriodError| {
        let (vi, en) = (error.vi(), error.en());
        Problem::new(
            &kinds::NOT_FOUND,
            crate::base::i18n::bilingual!("Không có kỳ này: {vi}.", "There is no such period: {en}."),
        )
    })
}

/// The period of each frequency that holds the day, today's when none is named.
///
/// # Errors
/// 400 for a day outside the years that a period may name.
pub fn periods_of_day(
    calendar: &Calendar,
    date: Option<Day>,
    now: Instant,
    language: Language,
) -> Result<PeriodsOfDay, Problem> {
    let date = date.unwrap_or_else(|| today(now.utc()));
    let held = Frequency::ALL.iter().copied().filter_map(|frequency| calendar.containing(date, frequency));
    let items: Vec<_> =
        held.map(|period| CalendarPeriod::of(calendar, period, now, language)).collect::<Result<_, _>>()?;
    if items.is_empty() {
        let rule = Bilingual::new("năm của kỳ phải từ 2000 đến 2100", "the year of a period is 2000 to 2100");
        return Err(Problem::parameter("date", codes::OUT_OF_RANGE, rule));
    }
    Ok(PeriodsOfDay { calendar: calendar.code.clone(), date, items })
}
