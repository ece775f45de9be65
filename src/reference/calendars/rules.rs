//! What a calendar says about a period: its window, its cut-off, its due date and where a moment falls.
//!
//! Nothing here reads the clock or the database.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::definition::{Calendar, Text};
use super::error::NoSuchDate;
use super::frequency::Frequency;
use super::period::Period;
use crate::base::db::types::{Day, string_enum};

/// Local time: `Asia/Ho_Chi_Minh` is UTC+07:00 without summer time since 1975-06-13, so no time zone database is needed.
pub const HO_CHI_MINH: FixedOffset = match FixedOffset::east_opt(7 * 60 * 60) {
    Some(offset) => offset,
    None => panic!("seven hours are within a day"),
};

// Sixty working days, the most a calendar may ask for, and the longest holidays fit; a broken calendar cannot loop for ever.
const DUE_SEARCH_DAYS: usize = 366;

/// The days that a period covers (khoảng thời gian của kỳ), both ends included, in Ho Chi Minh City.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Window {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

string_enum! {
    /// Where the present moment stands to a period (trạng thái kỳ báo cáo).
    PeriodState {
        /// The window has not begun (chưa đến kỳ).
        Upcoming = "upcoming",
        /// Within the window (đang trong kỳ).
        Open = "open",
        /// The window is over and the report is not yet overdue (đã chốt số liệu, chưa quá hạn).
        CutOff = "cut_off",
        /// The due day is over (quá hạn gửi báo cáo).
        PastDue = "past_due",
    }
}

/// The date in Ho Chi Minh City at that moment.
#[must_use]
pub fn today(now: DateTime<Utc>) -> Day {
    now.naive_utc().checked_add_offset(HO_CHI_MINH).map_or(Day::MAX, |local| local.date().into())
}

impl Calendar {
    /// The days the period covers.
    ///
    /// # Errors
    /// Never for a calendar that [`Calendar::validate`] accepts; the same holds for every function here.
    pub fn window(&self, period: Period) -> Result<Window, NoSuchDate> {
        let from = self.first_day_of(period.year(), i32::from(period.first_month()))?;
        let after = self.first_day_of(period.year(), i32::from(period.last_month()) + 1)?;
        Ok(Window { from, to: after.pred_opt().ok_or(NoSuchDate)?.into() })
    }

    /// The instant the last day ends, which is the start of the next day: what happens at it is already too late.
    ///
    /// # Errors
    /// As [`Calendar::window`].
    pub fn cutoff_at(&self, period: Period) -> Result<DateTime<Utc>, NoSuchDate> {
        end_of(self.window(period)?.to)
    }

    /// The instant the due day ends, by the calendar's own due rule.
    ///
    /// # Errors
    /// As [`Calendar::window`].
    pub fn due_at(&self, period: Period) -> Result<DateTime<Utc>, NoSuchDate> {
        self.due_after(period, self.due.working_days)
    }

    /// The instant the due day ends when a regime sets its own number of working days after cut-off.
    ///
    /// # Errors
    /// As [`Calendar::window`], and when so many working days do not fit in a year.
    pub fn due_after(&self, period: Period, working_days: u8) -> Result<DateTime<Utc>, NoSuchDate> {
        end_of(self.due_day(self.window(period)?.to, working_days)?)
    }

    /// Where the moment stands to the period; the very instant of cut-off or due is already after it.
    ///
    /// # Errors
    /// As [`Calendar::window`].
    pub fn state(&self, period: Period, now: DateTime<Utc>) -> Result<PeriodState, NoSuchDate> {
        Ok(if today(now) < self.window(period)?.from {
            PeriodState::Upcoming
        } else if now < self.cutoff_at(period)? {
            PeriodState::Open
        } else if now < self.due_at(period)? {
            PeriodState::CutOff
        } else {
            PeriodState::PastDue
        })
    }

    /// The period whose window holds the day; none in nine months for the days after them, and none outside the years a period may name.
    #[must_use]
    pub fn containing(&self, date: Day, frequency: Frequency) -> Option<Period> {
        let before = i32::from(date.day() < u32::from(self.rule.first_day));
        let index =
            month_index(date.year(), i32::try_from(date.month()).ok()?) - before - i32::from(self.rule.month_offset);
        let month = u8::try_from(index.rem_euclid(12) + 1).ok()?;
        Period::of_month(index.div_euclid(12), month, frequency)
    }

    /// Whether offices work on that day.
    #[must_use]
    pub fn is_working_day(&self, date: Day) -> bool {
        if self.is_weekend(date) {
            self.make_up_days.iter().any(|day| day.date == date)
        } else {
            !self.holidays.iter().any(|holiday| holiday.date == date)
        }
    }

    /// What the window and the due date rest on, and what is not known yet.
    ///
    /// # Errors
    /// As [`Calendar::window`].
    pub fn basis_for(&self, period: Period) -> Result<Text, NoSuchDate> {
        let last = self.window(period)?.to;
        let due_day = self.due_day(last, self.due.working_days)?;
        let mut text = self.basis.clone();
        text.append(&self.due_basis());
        let unknown = [last.succ_opt().map(Day::from), Some(due_day)]
            .into_iter()
            .flatten()
            .find(|day| !self.knows_holidays_on(*day));
        if let Some(day) = unknown {
            text.append(&holidays_missing(day.year()));
        }
        Ok(text)
    }

    fn due_basis(&self) -> Text {
        let days = self.due.working_days;
        self.due.basis.clone().unwrap_or_else(|| Text {
            vi: format!("Hạn gửi báo cáo {days:02} ngày làm việc sau thời điểm chốt số liệu là thông lệ ở nơi khác, không phải quy định của pháp luật; chế độ báo cáo có thể đặt hạn khác."),
            en: format!("Due {days} working days after cut-off: practice elsewhere, not law; a regime may set another due date."),
        })
    }

    fn knows_holidays_on(&self, day: Day) -> bool {
        (self.holidays_known_from..=self.holidays_known_until).contains(&day)
    }

    fn due_day(&self, last: Day, working_days: u8) -> Result<Day, NoSuchDate> {
        let Some(skipped) = working_days.checked_sub(1) else {
            return Ok(last);
        };
        let mut worked =
            last.iter_days().skip(1).take(DUE_SEARCH_DAYS).map(Day::from).filter(|day| self.is_working_day(*day));
        worked.nth(usize::from(skipped)).ok_or(NoSuchDate)
    }

    fn first_day_of(&self, year: i32, month: i32) -> Result<Day, NoSuchDate> {
        let index = month_index(year, month) + i32::from(self.rule.month_offset);
        let month = u32::try_from(index.rem_euclid(12) + 1).map_err(|_| NoSuchDate)?;
        let first = NaiveDate::from_ymd_opt(index.div_euclid(12), month, u32::from(self.rule.first_day));
        first.map(Day::from).ok_or(NoSuchDate)
    }
}

impl Text {
    fn append(&mut self, more: &Self) {
        self.vi = format!("{} {}", self.vi, more.vi);
        self.en = format!("{} {}", self.en, more.en);
    }
}

// Months counted from year 0, so that adding one to December is January of the next year.
const fn month_index(year: i32, month: i32) -> i32 {
    year * 12 + month - 1
}

/// The instant the day ends in Ho Chi Minh City, which is the start of the next.
///
/// # Errors
/// For the last day that can be written.
pub fn end_of(day: Day) -> Result<DateTime<Utc>, NoSuchDate> {
    let midnight = day.succ_opt().ok_or(NoSuchDate)?.and_time(NaiveTime::MIN);
    midnight.checked_sub_offset(HO_CHI_MINH).map(|utc| utc.and_utc()).ok_or(NoSuchDate)
}

fn holidays_missing(year: i32) -> Text {
    Text {
        vi: format!(
            "Ngày nghỉ lễ, tết năm {year} chưa được nạp đầy đủ vào lịch này; hạn gửi báo cáo có thể thay đổi khi có thông báo chính thức."
        ),
        en: format!(
            "The holidays of {year} are not fully loaded into this calendar yet; the due date may move once they are announced."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Calendar {
        Calendar::from_json(include_str!("../../../calendars/ND09.json")).unwrap_or_else(|error| panic!("{error}"))
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn the_day_begins_at_five_in_the_afternoon_utc() {
        assert_eq!(today(at("2026-11-14T16:59:59.999999Z")).to_string(), "2026-11-14");
        assert_eq!(today(at("2026-11-14T17:00:00Z")).to_string(), "2026-11-15");
        assert_eq!(today(DateTime::<Utc>::MAX_UTC), Day::MAX);
    }

    #[test]
    fn a_state_changes_at_the_instant_the_day_ends() {
        let cases = [
            ("2026-10-14T16:59:59.999999Z", PeriodState::Upcoming, "\"upcoming\""),
            ("2026-10-14T17:00:00Z", PeriodState::Open, "\"open\""),
            ("2026-11-14T16:59:59.999999Z", PeriodState::Open, "\"open\""),
            ("2026-11-14T17:00:00Z", PeriodState::CutOff, "\"cut_off\""),
            ("2026-11-17T16:59:59.999999Z", PeriodState::CutOff, "\"cut_off\""),
            ("2026-11-17T17:00:00Z", PeriodState::PastDue, "\"past_due\""),
        ];
        for (now, state, wire) in cases {
            assert_eq!(shipped().state(period("2026-M11"), at(now)), Ok(state), "{now}");
            assert_eq!(serde_json::to_string(&state).ok().as_deref(), Some(wire));
        }
    }

    #[test]
    fn the_basis_says_what_is_practice_and_what_is_unknown() {
        let basis = |name| shipped().basis_for(period(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let known = basis("2026-M12");
        assert!(
            known.vi.contains("09/2019/NĐ-CP")
                && known.vi.contains("02 ngày làm việc")
                && known.vi.contains("không phải quy định của pháp luật")
        );
        assert!(
            known.en.contains("09/2019/NĐ-CP") && known.en.contains("2 working days") && known.en.contains("not law")
        );
        assert!(!known.vi.contains("chưa được nạp") && !known.en.contains("not fully loaded"));
        for (name, year) in [("2027-M01", "2027"), ("2023-M12", "2023")] {
            assert!(basis(name).vi.contains(&format!("năm {year} chưa được nạp")), "{name}");
            assert!(basis(name).en.contains(&format!("holidays of {year} are not fully loaded")), "{name}");
        }
    }

    #[test]
    fn the_basis_looks_as_far_as_the_due_day() {
        let mut calendar = shipped();
        calendar.holidays_known_until = today(at("2026-11-16T00:00:00Z"));
        let basis = calendar.basis_for(period("2026-M11"));
        assert!(basis.is_ok_and(|basis| basis.en.contains("holidays of 2026 are not fully loaded")));
    }

    #[test]
    fn a_calendar_that_was_never_validated_fails_without_a_panic() {
        let mut broken = shipped();
        broken.rule.first_day = 31;
        assert_eq!(broken.window(period("2026-M12")).map(|window| window.from), Err(NoSuchDate));
        let mut idle = shipped();
        idle.weekend = serde_json::from_str(r#"["mon","tue","wed","thu","fri","sat","sun"]"#).unwrap_or_default();
        idle.make_up_days.clear();
        assert_eq!(idle.due_at(period("2026-M12")), Err(NoSuchDate));
    }
}
