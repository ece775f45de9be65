//! What makes no sense in a calendar, said where it is wrong.

use std::collections::BTreeSet;

use super::definition::{Calendar, Text, WindowRule};
use super::error::CalendarError;
use crate::base::{
    i18n::Bilingual,
    problem::{Violation, Violations, codes::INVALID_VALUE},
};

impl Calendar {
    /// Reads a calendar and checks that it makes sense.
    ///
    /// # Errors
    /// When the text is not a calendar, or one that [`Calendar::validate`] refuses.
    pub fn from_json(text: &str) -> Result<Self, CalendarError> {
        let calendar: Self = serde_json::from_str(text).map_err(CalendarError::Json)?;
        calendar.validate().map_err(CalendarError::Rules)?;
        Ok(calendar)
    }

    /// Checks that the data makes sense and names everything that does not.
    ///
    /// # Errors
    /// With each field that makes no sense.
    pub fn validate(&self) -> Result<(), Vec<Violation>> {
        let mut violations = Violations::in_body();
        self.check_texts(&mut violations);
        self.check_rules(&mut violations);
        self.check_holidays(&mut violations);
        self.check_make_up_days(&mut violations);
        let found = violations.take();
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn check_texts(&self, found: &mut Violations) {
        let is_code = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let is_named = (1..=32).contains(&self.code.len()) && self.code.bytes().all(is_code);
        unless(is_named, found, "code", CODE);
        unless(self.version >= 1, found, "version", Bilingual::new("phải từ 1 trở lên", "must be at least 1"));
        unless(self.name.is_full(), found, "name", TEXTS);
        unless(self.basis.is_full(), found, "basis", TEXTS);
        unless(self.due.basis.as_ref().is_none_or(Text::is_full), &mut found.at("due"), "basis", TEXTS);
    }

    fn check_rules(&self, found: &mut Violations) {
        let WindowRule { first_day, month_offset } = self.rule;
        unless((1..=28).contains(&first_day), &mut found.at("rule"), "first_day", FIRST_DAY);
        unless((-1..=0).contains(&month_offset), &mut found.at("rule"), "month_offset", OFFSET);
        unless((first_day, month_offset) != (1, -1), found, "rule", OUTSIDE);
        unless((1..=60).contains(&self.due.working_days), &mut found.at("due"), "working_days", DUE);
        let weekend: BTreeSet<_> = self.weekend.iter().collect();
        unless(weekend.len() == self.weekend.len(), found, "weekend", TWICE);
        unless(weekend.len() < 7, found, "weekend", NO_WORKING_DAY);
    }

    fn check_holidays(&self, found: &mut Violations) {
        unless(self.holidays_known_from <= self.holidays_known_until, found, "holidays_known_until", BACKWARDS);
        let mut seen = BTreeSet::new();
        for (index, holiday) in self.holidays.iter().enumerate() {
            let mut place = found.at("holidays").at(index);
            unless(seen.insert(holiday.date), &mut place, "date", TWICE);
            unless(holiday.name.is_full(), &mut place, "name", TEXTS);
            unless(!holiday.basis.trim().is_empty(), &mut place, "basis", BASIS);
        }
    }

    fn check_make_up_days(&self, found: &mut Violations) {
        let holidays: BTreeSet<_> = self.holidays.iter().map(|holiday| holiday.date).collect();
        let mut seen = BTreeSet::new();
        for (index, day) in self.make_up_days.iter().enumerate() {
            let mut place = found.at("make_up_days").at(index);
            unless(self.is_weekend(day.date), &mut place, "date", NO_WEEKEND);
            unless(!holidays.contains(&day.date), &mut place, "date", HOLIDAY);
            unless(seen.insert(day.date), &mut place, "date", TWICE);
            unless(!day.basis.trim().is_empty(), &mut place, "basis", BASIS);
        }
    }
}

fn unless(holds: bool, found: &mut Violations, field: &'static str, rule: Bilingual) {
    if !holds {
        found.add(field, INVALID_VALUE, rule);
    }
}

const CODE: Bilingual = Bilingual::new(
    "phải gồm 1 đến 32 chữ hoa, chữ số hoặc dấu gạch dưới",
    "must be 1 to 32 capitals, digits or underscores",
);
const TEXTS: Bilingual = Bilingual::new("phải có cả tiếng Việt và tiếng Anh", "must have a text in vi and en");
const FIRST_DAY: Bilingual =
    Bilingual::new("phải từ 1 đến 28, là ngày tháng nào cũng có", "must be 1 to 28, a day that every month has");
const OFFSET: Bilingual = Bilingual::new("phải là -1 hoặc 0", "must be -1 or 0");
const OUTSIDE: Bilingual = Bilingual::new(
    "không để lại ngày nào của chính tháng đó trong kỳ",
    "leaves no day of the named month in its own window",
);
const DUE: Bilingual = Bilingual::new("phải từ 1 đến 60", "must be 1 to 60");
const NO_WORKING_DAY: Bilingual = Bilingual::new("không còn ngày làm việc nào", "leaves no working day");
const NO_WEEKEND: Bilingual = Bilingual::new("không phải ngày nghỉ tuần", "is not a weekend day");
const HOLIDAY: Bilingual = Bilingual::new("đã là ngày nghỉ lễ", "is also a holiday");
const BACKWARDS: Bilingual =
    Bilingual::new("không được trước holidays_known_from", "must not be before holidays_known_from");
const TWICE: Bilingual = Bilingual::new("bị lặp lại", "is listed twice");
const BASIS: Bilingual = Bilingual::new("phải nêu văn bản làm căn cứ", "must name the law or notice");

impl Text {
    fn is_full(&self) -> bool {
        !self.vi.trim().is_empty() && !self.en.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const ND09: &str = include_str!("../../../calendars/ND09.json");

    fn nd09() -> Value {
        serde_json::from_str(ND09).unwrap_or_else(|error| panic!("{error}"))
    }

    /// One change to the shipped calendar, and what must be said about it.
    const WRONG: &str = r#"
        /code "nd 09" /code: must be 1 to 32 capitals
        /code "" /code: must be 1 to 32 capitals
        /version 0 /version: must be at least 1
        /version -1 invalid value
        /name/en "" /name: must have a text
        /basis/vi "\t" /basis: must have a text
        /due {"working_days":2,"basis":{"vi":"x","en":""}} /due/basis: must have a text
        /due {"days":2} unknown field `days`
        /due/working_days 0 /due/working_days: must be 1 to 60
        /due/working_days 61 /due/working_days: must be 1 to 60
        /rule/first_day 0 /rule/first_day: must be 1 to 28
        /rule/first_day 29 /rule/first_day: must be 1 to 28
        /rule/first_day 1 /rule: leaves no day
        /rule/month_offset 1 /rule/month_offset: must be -1 or 0
        /rule/month_offset -2 /rule/month_offset: must be -1 or 0
        /rule {"first_day":15,"month_offset":-1,"day":1} unknown field `day`
        /weekend ["sat","sat"] /weekend: is listed twice
        /weekend ["mon","tue","wed","thu","fri","sat","sun"] /weekend: leaves no working day
        /weekend ["Sat"] unknown variant `Sat`
        /holidays_known_until "2023-12-31" /holidays_known_until: must not be before
        /holidays/1/date "2024-01-01" /holidays/1/date: is listed twice
        /holidays/0/date "2024-02-30" must be a day that exists
        /holidays/0/name/vi "" /holidays/0/name: must have a text
        /holidays/0/basis "" /holidays/0/basis: must name
        /make_up_days/0/date "2024-05-03" /make_up_days/0/date: is not a weekend day
        /make_up_days/0/date "2024-02-10" /make_up_days/0/date: is also a holiday
        /make_up_days/1/date "2024-05-04" /make_up_days/1/date: is listed twice
        /make_up_days/0/basis "" /make_up_days/0/basis: must name"#;

    #[test]
    fn data_that_makes_no_sense_is_refused_where_it_is_wrong() {
        for line in WRONG.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (pointer, rest) = line.split_once(' ').unwrap_or_default();
            let (value, expected) = value_and_rest(rest);
            let mut data = nd09();
            *data.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
            let said = Calendar::from_json(&data.to_string()).err().map(|error| error.to_string());
            assert!(said.as_ref().is_some_and(|said| said.contains(expected)), "{line}, but it said {said:?}");
        }
    }

    fn value_and_rest(text: &str) -> (Value, &str) {
        let mut values = serde_json::Deserializer::from_str(text).into_iter();
        let value = values.next().and_then(Result::ok).unwrap_or_else(|| panic!("{text}"));
        (value, text.get(values.byte_offset()..).unwrap_or_default().trim())
    }

    #[test]
    fn every_violation_is_named_at_once() {
        let mut calendar = Calendar::from_json(ND09).unwrap_or_else(|error| panic!("{error}"));
        (calendar.version, calendar.rule.first_day) = (0, 31);
        let found = calendar.validate().err().unwrap_or_default();
        let places: Vec<_> = found.iter().map(|violation| violation.place.to_string()).collect();
        assert_eq!(places, ["#/version", "#/rule/first_day"]);
    }

    #[test]
    fn an_unknown_field_is_refused_and_a_missing_due_rule_is_two_working_days() {
        let mut data = nd09();
        data.as_object_mut().and_then(|fields| fields.remove("due"));
        assert_eq!(Calendar::from_json(&data.to_string()).ok().map(|read| read.due.working_days), Some(2));
        data.as_object_mut().and_then(|fields| fields.insert("surprise".to_owned(), Value::Null));
        let said = Calendar::from_json(&data.to_string()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("unknown field `surprise`"), "{said}");
    }

    #[test]
    fn what_is_read_is_written_again() {
        let read = Calendar::from_json(ND09).ok();
        assert_eq!(serde_json::to_value(read).ok(), Some(nd09()));
    }
}
