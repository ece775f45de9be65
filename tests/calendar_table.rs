//! Calendars over five years: every kind of period, both sides of midnight in Ho Chi Minh City, due dates that meet holidays.
//!
//! What is expected is written out here, not computed the way the code computes it.

use chrono::{DateTime, Datelike, Utc, Weekday};
use tiendo::base::db::types::Day;
use tiendo::reference::calendars::{Calendar, Frequency, Period, PeriodState, Window, today};

const YEARS: std::ops::RangeInclusive<i32> = 2024..=2028;

/// Kind, then first and last day by ND09, then by GREGORIAN; `P` is the year before, `Y` the year, `FE` the end of February.
const KINDS: [[&str; 5]; 20] = [
    ["M01", "P-12-15", "Y-01-14", "Y-01-01", "Y-01-31"],
    ["M02", "Y-01-15", "Y-02-14", "Y-02-01", "Y-02-FE"],
    ["M03", "Y-02-15", "Y-03-14", "Y-03-01", "Y-03-31"],
    ["M04", "Y-03-15", "Y-04-14", "Y-04-01", "Y-04-30"],
    ["M05", "Y-04-15", "Y-05-14", "Y-05-01", "Y-05-31"],
    ["M06", "Y-05-15", "Y-06-14", "Y-06-01", "Y-06-30"],
    ["M07", "Y-06-15", "Y-07-14", "Y-07-01", "Y-07-31"],
    ["M08", "Y-07-15", "Y-08-14", "Y-08-01", "Y-08-31"],
    ["M09", "Y-08-15", "Y-09-14", "Y-09-01", "Y-09-30"],
    ["M10", "Y-09-15", "Y-10-14", "Y-10-01", "Y-10-31"],
    ["M11", "Y-10-15", "Y-11-14", "Y-11-01", "Y-11-30"],
    ["M12", "Y-11-15", "Y-12-14", "Y-12-01", "Y-12-31"],
    ["Q1", "P-12-15", "Y-03-14", "Y-01-01", "Y-03-31"],
    ["Q2", "Y-03-15", "Y-06-14", "Y-04-01", "Y-06-30"],
    ["Q3", "Y-06-15", "Y-09-14", "Y-07-01", "Y-09-30"],
    ["Q4", "Y-09-15", "Y-12-14", "Y-10-01", "Y-12-31"],
    ["S1", "P-12-15", "Y-06-14", "Y-01-01", "Y-06-30"],
    ["S2", "Y-06-15", "Y-12-14", "Y-07-01", "Y-12-31"],
    ["9M", "P-12-15", "Y-09-14", "Y-01-01", "Y-09-30"],
    ["A1", "P-12-15", "Y-12-14", "Y-01-01", "Y-12-31"],
];

/// What a result holds, or the end of the test.
fn sure<T>(result: Result<T, impl std::fmt::Display>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn shipped() -> [Calendar; 2] {
    let texts = [include_str!("../calendars/ND09.json"), include_str!("../calendars/GREGORIAN.json")];
    texts.map(|text| sure(Calendar::from_json(text)))
}

fn period(text: &str) -> Period {
    sure(text.parse())
}

fn date(text: &str) -> Day {
    sure(text.parse())
}

fn at(text: &str) -> DateTime<Utc> {
    sure(text.parse())
}

fn window(calendar: &Calendar, period: Period) -> Window {
    sure(calendar.window(period))
}

fn state(calendar: &Calendar, period: Period, now: &str) -> PeriodState {
    sure(calendar.state(period, at(now)))
}

fn days(window: Window) -> impl Iterator<Item = Day> {
    window.from.iter_days().map(Day::from).take_while(move |day| *day <= window.to)
}

fn every_period() -> impl Iterator<Item = Period> {
    YEARS.flat_map(|year| KINDS.map(|[kind, ..]| period(&format!("{year}-{kind}"))))
}

/// Every day from the first to the last of the years under test.
fn every_day() -> impl Iterator<Item = Day> {
    date("2024-01-01").iter_days().map(Day::from).take_while(|day| day.year() <= 2028)
}

#[test]
fn every_period_of_every_kind_has_the_window_in_the_table() {
    for year in YEARS {
        let february = if year == 2024 || year == 2028 { "29" } else { "28" };
        let day = |pattern: &str| {
            let text = pattern.replace('P', &(year - 1).to_string());
            date(&text.replace('Y', &year.to_string()).replace("FE", february))
        };
        for [kind, from, to, first, last] in KINDS {
            let found = shipped().map(|calendar| window(&calendar, period(&format!("{year}-{kind}"))));
            let found = found.map(|window| (window.from, window.to));
            assert_eq!(found, [(day(from), day(to)), (day(first), day(last))], "{year}-{kind}");
        }
    }
}

#[test]
fn the_examples_of_the_decree_for_2026_hold() {
    let examples = [
        ("2026-M11", "2026-10-15", "2026-11-14"),
        ("2026-Q4", "2026-09-15", "2026-12-14"),
        ("2026-Q1", "2025-12-15", "2026-03-14"),
        ("2026-S1", "2025-12-15", "2026-06-14"),
        ("2026-S2", "2026-06-15", "2026-12-14"),
        ("2026-9M", "2025-12-15", "2026-09-14"),
        ("2026-A1", "2025-12-15", "2026-12-14"),
    ];
    let [nd09, _] = shipped();
    for (name, from, to) in examples {
        let found = window(&nd09, period(name));
        assert_eq!((found.from, found.to), (date(from), date(to)), "{name}");
    }
}

#[test]
fn consecutive_periods_leave_no_gap_and_do_not_overlap() {
    for calendar in shipped() {
        for period in every_period().filter(|period| period.frequency() != Frequency::NineMonths) {
            let begins = period.next().map(|next| window(&calendar, next).from);
            let ends = window(&calendar, period).to;
            assert_eq!(begins, ends.succ_opt().map(Day::from), "{} {period}", calendar.code);
        }
    }
}

#[test]
fn a_longer_period_is_the_union_of_its_parts() {
    for calendar in shipped() {
        for whole in every_period() {
            assert!(whole.constituents(Frequency::Month).is_some(), "{whole}");
            for parts in Frequency::ALL.iter().copied().filter_map(|part| whole.constituents(part)) {
                let covered: Vec<_> = parts.iter().flat_map(|part| days(window(&calendar, *part))).collect();
                let wanted: Vec<_> = days(window(&calendar, whole)).collect();
                assert_eq!(covered, wanted, "{} {whole}", calendar.code);
            }
        }
    }
}

#[test]
fn every_day_belongs_to_the_one_period_whose_window_holds_it() {
    for calendar in shipped() {
        for frequency in Frequency::ALL.iter().copied() {
            let windows: Vec<_> = every_period()
                .filter(|period| period.frequency() == frequency)
                .map(|period| (period, window(&calendar, period)))
                .collect();
            for day in every_day().filter(|day| *day < date("2028-12-15")) {
                let holder = windows
                    .iter()
                    .find(|(_, window)| window.from <= day && day <= window.to)
                    .map(|(period, _)| *period);
                let found = calendar.containing(day, frequency);
                assert_eq!(found, holder, "{} {frequency:?} {day}", calendar.code);
            }
        }
    }
    let [nd09, gregorian] = shipped();
    let cases = [
        (&nd09, "2028-12-15", Frequency::Year, Some("2029-A1")),
        (&gregorian, "2026-12-31", Frequency::Year, Some("2026-A1")),
        (&nd09, "2026-09-15", Frequency::NineMonths, None),
        (&nd09, "1999-12-14", Frequency::Month, None),
        (&nd09, "1999-12-15", Frequency::Month, Some("2000-M01")),
        (&nd09, "2100-12-15", Frequency::Month, None),
    ];
    for (calendar, day, frequency, name) in cases {
        assert_eq!(calendar.containing(date(day), frequency), name.map(period), "{day}");
    }
}

#[test]
fn both_sides_of_midnight_in_ho_chi_minh_city_fall_in_different_months() {
    for calendar in shipped() {
        for month in every_period().filter(|period| period.frequency() == Frequency::Month) {
            let Window { from, to } = window(&calendar, month);
            let eve = from.pred_opt().map_or(Day::MAX, Day::from);
            let (inside, outside) = (format!("{to}T16:59:59.999999Z"), format!("{to}T17:00:00Z"));
            assert_eq!(calendar.cutoff_at(month), Ok(at(&outside)), "{month}");
            let (early, first) = (format!("{eve}T16:59:59.999999Z"), format!("{eve}T17:00:00Z"));
            assert_eq!(state(&calendar, month, &early), PeriodState::Upcoming, "{month}");
            assert_eq!(state(&calendar, month, &first), PeriodState::Open, "{month}");
            assert_eq!(state(&calendar, month, &inside), PeriodState::Open, "{month}");
            assert_eq!(state(&calendar, month, &outside), PeriodState::CutOff, "{month}");
            assert_eq!(calendar.containing(today(at(&inside)), Frequency::Month), Some(month));
            assert_eq!(calendar.containing(today(at(&outside)), Frequency::Month), month.next());
        }
    }
}

#[test]
fn due_days_skip_weekends_and_holidays() {
    let nd09_2026 =
        ["01-16", "02-24", "03-17", "04-16", "05-18", "06-16", "07-16", "08-18", "09-16", "10-16", "11-17", "12-16"];
    let [nd09, gregorian] = shipped();
    for (month, day) in (1..).zip(nd09_2026) {
        due(&nd09, &format!("2026-M{month:02}"), &format!("2026-{day}"));
    }
    let gregorian_2026 =
        ["02-03", "03-03", "04-02", "05-05", "06-02", "07-02", "08-04", "09-04", "10-02", "11-03", "12-02"];
    for (month, day) in (1..).zip(gregorian_2026) {
        due(&gregorian, &format!("2026-M{month:02}"), &format!("2026-{day}"));
    }
    // Tết 2024 lasts to the very day of cut-off.
    due(&nd09, "2024-M02", "2024-02-16");
    due(&nd09, "2025-M01", "2025-01-16");
    // Tết 2025; 2 May 2025 and 2 January 2026 off by exchange; the two days of 2 September.
    due(&gregorian, "2025-M01", "2025-02-04");
    due(&gregorian, "2025-M04", "2025-05-06");
    due(&gregorian, "2025-M12", "2026-01-06");
    due(&gregorian, "2024-M08", "2024-09-05");
    due(&gregorian, "2025-Q3", "2025-10-02");
    // Holidays on a weekend give the next working day off.
    due(&gregorian, "2027-M04", "2027-05-05");
    due(&gregorian, "2027-A1", "2028-01-05");
    due(&gregorian, "2028-M04", "2028-05-04");
    due(&nd09, "2026-A1", "2026-12-16");
    due(&nd09, "2026-9M", "2026-09-16");
}

fn due(calendar: &Calendar, name: &str, day: &str) {
    let found = calendar.due_at(period(name));
    assert_eq!(found, Ok(at(&format!("{day}T17:00:00Z"))), "{} {name}", calendar.code);
}

#[test]
fn a_made_up_weekend_day_counts_and_a_regime_may_count_further() {
    let [nd09, gregorian] = shipped();
    let cases = [
        (&gregorian, "2024-M04", 2, "2024-05-03"),
        (&gregorian, "2024-M04", 3, "2024-05-04"),
        (&gregorian, "2025-M12", 6, "2026-01-10"),
        (&nd09, "2026-M08", 6, "2026-08-22"),
        (&nd09, "2025-M04", 10, "2025-04-26"),
        (&nd09, "2024-M04", 4, "2024-04-19"),
        (&nd09, "2026-M11", 7, "2026-11-25"),
        (&nd09, "2026-M11", 0, "2026-11-14"),
    ];
    for (calendar, name, days, day) in cases {
        assert_eq!(calendar.due_after(period(name), days), Ok(at(&format!("{day}T17:00:00Z"))), "{name} + {days}");
    }
}

#[test]
fn the_days_off_are_those_of_the_notices() {
    let in_2024 = "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03";
    let in_2025 = "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02";
    let in_2026 = "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02 11-24";
    let (in_2027, in_2028) = ("01-01 04-16 04-30 05-03 09-02 11-24", "01-03 04-04 05-01 05-02 09-04 11-24");
    let is_weekend = |day: &Day| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    for calendar in shipped() {
        for (year, expected) in YEARS.zip([in_2024, in_2025, in_2026, in_2027, in_2028]) {
            let days =
                every_day().filter(|day| day.year() == year && !is_weekend(day) && !calendar.is_working_day(*day));
            let found: Vec<_> = days.map(|day| day.format("%m-%d").to_string()).collect();
            assert_eq!(found.join(" "), expected, "{} {year}", calendar.code);
        }
        let worked: Vec<_> = every_day()
            .filter(|day| is_weekend(day) && calendar.is_working_day(*day))
            .map(|day| day.to_string())
            .collect();
        assert_eq!(worked, ["2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22"], "{}", calendar.code);
    }
}

#[test]
fn both_calendars_ship_the_same_days_off() {
    let [nd09, gregorian] = shipped();
    let days_off = |calendar: Calendar| {
        let Calendar { holidays, make_up_days, holidays_known_from, holidays_known_until, .. } = calendar;
        (holidays, make_up_days, holidays_known_from, holidays_known_until)
    };
    assert_eq!(days_off(nd09), days_off(gregorian));
}
