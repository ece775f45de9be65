//! What a calendar is made of, as an admin loads it.

use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};

use crate::base::db::types::{Day, string_enum};

/// Working days after cut-off when a calendar states none: practice elsewhere, not law.
pub const DEFAULT_WORKING_DAYS: u8 = 2;

/// A reporting calendar (lịch báo cáo): where periods begin and end, when reports fall due, and which days are worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The name in addresses, such as `ND09`.
    #[schema(example = "ND09", pattern = "^[A-Z0-9_]{1,32}$", min_length = 1, max_length = 32)]
    pub code: String,
    /// The name for people.
    pub name: Text,
    /// Which revision of the data this is, from 1.
    #[schema(minimum = 1)]
    pub version: u32,
    /// The rule of law or practice that sets the windows.
    pub basis: Text,
    /// Where the window of a period begins.
    pub rule: WindowRule,
    /// When a report falls due.
    #[serde(default)]
    pub due: DueRule,
    /// The days of the week that are not worked.
    #[schema(max_items = 6)]
    pub weekend: Vec<DayOfWeek>,
    /// The first day from which every day off is listed.
    pub holidays_known_from: Day,
    /// The last day up to which every day off is listed; later rows may exist, but not all of them.
    pub holidays_known_until: Day,
    /// Days off, those in place of a weekend or by exchange included.
    pub holidays: Vec<Holiday>,
    /// Weekend days that are worked in exchange for a day off.
    pub make_up_days: Vec<MakeUpDay>,
}

/// The same text in Vietnamese and English (văn bản song ngữ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BilingualText)]
pub struct Text {
    /// Vietnamese.
    #[schema(min_length = 1)]
    pub vi: String,
    /// English.
    #[schema(min_length = 1)]
    pub en: String,
}

/// The day a month's window begins on (quy tắc tính kỳ): `15` with offset `-1` is the 15th of the month before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowRule {
    /// The day of the month, 1 to 28 so that every month has it.
    #[schema(minimum = 1, maximum = 28, example = 15)]
    pub first_day: u8,
    /// Whole months from the named month: `-1` or `0`.
    #[schema(minimum = -1, maximum = 0, example = -1)]
    pub month_offset: i8,
}

/// How long after cut-off a report is due (hạn gửi báo cáo), in working days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DueRule {
    /// The number of working days after the last day of the window.
    #[schema(minimum = 1, maximum = 60, example = 2)]
    pub working_days: u8,
    /// Where that number comes from; without it the text says that it is practice, not law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub basis: Option<Text>,
}

impl Default for DueRule {
    fn default() -> Self {
        Self { working_days: DEFAULT_WORKING_DAYS, basis: None }
    }
}

string_enum! {
    /// A day of the week (ngày trong tuần).
    DayOfWeek {
        /// Monday (thứ hai).
        Mon = "mon",
        /// Tuesday (thứ ba).
        Tue = "tue",
        /// Wednesday (thứ tư).
        Wed = "wed",
        /// Thursday (thứ năm).
        Thu = "thu",
        /// Friday (thứ sáu).
        Fri = "fri",
        /// Saturday (thứ bảy).
        Sat = "sat",
        /// Sunday (chủ nhật).
        Sun = "sun",
    }
}

impl From<Weekday> for DayOfWeek {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Mon => Self::Mon,
            Weekday::Tue => Self::Tue,
            Weekday::Wed => Self::Wed,
            Weekday::Thu => Self::Thu,
            Weekday::Fri => Self::Fri,
            Weekday::Sat => Self::Sat,
            Weekday::Sun => Self::Sun,
        }
    }
}

/// A day off (ngày nghỉ lễ) that is not a weekend day, or a holiday that falls on one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day.
    pub date: Day,
    /// What it is called.
    pub name: Text,
    /// The law or notice that makes it a day off.
    #[schema(min_length = 1)]
    pub basis: String,
}

/// A weekend day that is worked (ngày làm bù).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeUpDay {
    /// The day.
    pub date: Day,
    /// The notice that makes it a working day.
    #[schema(min_length = 1)]
    pub basis: String,
}

impl Calendar {
    pub(super) fn is_weekend(&self, date: Day) -> bool {
        self.weekend.contains(&date.weekday().into())
    }
}
