//! Calendars in the table, and periods as they are answered.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Calendar, Period, PeriodState, Window};
use crate::base::{
    db::{
        prelude::*,
        schema::calendars,
        types::{Day, Instant, JsonText},
    },
    i18n::Language,
    page::page,
    problem::Problem,
    resource::Versioned,
};

/// A calendar as the table keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars)]
pub struct CalendarRow {
    /// The name in addresses.
    pub code: String,
    /// Which revision of the data.
    pub version: i32,
    /// The whole calendar.
    pub content: JsonText<Calendar>,
    /// When this revision was loaded.
    pub updated_at: Instant,
}

impl Versioned for Calendar {
    fn version(&self) -> i32 {
        i32::try_from(self.version).unwrap_or(i32::MAX)
    }
}

impl Versioned for CalendarRow {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(CalendarPage, Calendar, "calendars");

/// What a calendar says about one period (kỳ báo cáo).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalendarPeriod {
    /// The calendar (lịch báo cáo).
    #[schema(example = "ND09")]
    pub calendar: String,
    /// The period.
    pub period: Period,
    /// The days it covers, both included.
    pub window: Window,
    /// The cut-off (thời điểm chốt số liệu): the instant the last day ends in Ho Chi Minh City.
    pub cutoff_at: Instant,
    /// The instant the due day (hạn gửi báo cáo) ends.
    pub due_at: Instant,
    /// Where the present moment stands to it.
    pub state: PeriodState,
    /// What window and due date rest on, and what is not known yet; in the language of `Accept-Language`.
    pub basis: String,
}

impl CalendarPeriod {
    /// Asks the calendar.
    ///
    /// # Errors
    /// `internal` for a calendar that was never validated.
    pub fn of(calendar: &Calendar, period: Period, now: Instant, language: Language) -> Result<Self, Problem> {
        let basis = calendar.basis_for(period).map_err(Problem::internal)?;
        Ok(Self {
            calendar: calendar.code.clone(),
            period,
            window: calendar.window(period).map_err(Problem::internal)?,
            cutoff_at: calendar.cutoff_at(period).map_err(Problem::internal)?.into(),
            due_at: calendar.due_at(period).map_err(Problem::internal)?.into(),
            state: calendar.state(period, now.utc()).map_err(Problem::internal)?,
            basis: match language {
                Language::Vi => basis.vi,
                Language::En => basis.en,
            },
        })
    }
}

/// The periods (kỳ báo cáo) that hold one day, shortest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodsOfDay {
    /// The calendar (lịch báo cáo).
    #[schema(example = "ND09")]
    pub calendar: String,
    /// The day.
    pub date: Day,
    /// One period of each frequency; the nine months are over after September's.
    pub items: Vec<CalendarPeriod>,
}

/// Which day's periods to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayFilter {
    /// The day in Ho Chi Minh City; today when absent.
    pub date: Option<Day>,
}
