//! Reporting calendars (lịch báo cáo): windows, cut-offs and due days, computed from data.

mod column;
mod definition;
mod error;
mod frequency;
mod period;
mod rules;
mod validate;

pub use definition::{Calendar, DEFAULT_WORKING_DAYS, DayOfWeek, DueRule, Holiday, MakeUpDay, Text, WindowRule};
pub use error::{CalendarError, Flaw, NoSuchDate, PeriodError};
pub use frequency::Frequency;
pub use period::{Period, YEARS};
pub use rules::{HO_CHI_MINH, PeriodState, Window, today};
