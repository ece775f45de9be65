//! Days and moments as ISO 8601 has them, digit by digit: chrono's own formatter takes ten times as long, and every
//! answer holds some of them.

use std::str;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Timelike, Utc};

/// Room for the longest form, `2026-11-14T17:00:00.123456Z`.
#[derive(Default)]
struct Text {
    bytes: [u8; 27],
    length: usize,
}

impl Text {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn number(&mut self, number: u32, digits: u32) {
        for place in (0..digits).rev() {
            let digit = number / 10_u32.pow(place) % 10;
            self.push(b'0' + u8::try_from(digit).unwrap_or_default());
        }
    }

    /// A day of the years that have four digits.
    fn day(&mut self, day: NaiveDate) -> Option<()> {
        self.number(u32::try_from(day.year()).ok().filter(|year| *year < 10_000)?, 4);
        self.push(b'-');
        self.number(day.month(), 2);
        self.push(b'-');
        self.number(day.day(), 2);
        Some(())
    }

    /// A moment to the microsecond, with as many groups of three digits as it needs.
    fn moment(&mut self, at: DateTime<Utc>) -> Option<()> {
        self.day(at.date_naive())?;
        for (mark, number) in [(b'T', at.hour()), (b':', at.minute()), (b':', at.second())] {
            self.push(mark);
            self.number(number, 2);
        }
        // chrono holds a leap second as the 59th with more than a second behind it.
        let micros = Some(at.nanosecond() / 1000).filter(|micros| *micros < 1_000_000)?;
        if micros > 0 {
            self.push(b'.');
            if micros.is_multiple_of(1000) { self.number(micros / 1000, 3) } else { self.number(micros, 6) }
        }
        self.push(b'Z');
        Some(())
    }

    fn as_str(&self) -> Option<&str> {
        str::from_utf8(self.bytes.get(..self.length)?).ok()
    }
}

/// A day, for `take`.
pub(super) fn with_day<T>(day: NaiveDate, take: impl FnOnce(&str) -> T) -> T {
    let mut text = Text::default();
    match text.day(day).and_then(|()| text.as_str()) {
        Some(text) => take(text),
        None => take(&day.to_string()),
    }
}

/// A moment, for `take`.
pub(super) fn with_moment<T>(at: DateTime<Utc>, take: impl FnOnce(&str) -> T) -> T {
    let mut text = Text::default();
    match text.moment(at).and_then(|()| text.as_str()) {
        Some(text) => take(text),
        None => take(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digit_by_digit_is_as_chrono_has_it() {
        for (day, nanos) in
            [("2026-07-01", 0), ("2024-02-29", 123_456_000), ("0001-12-31", 120_000_000), ("9999-01-10", 7_000)]
        {
            let day: NaiveDate = day.parse().unwrap();
            let at = day.and_hms_nano_opt(4, 59, 8, nanos).unwrap().and_utc();
            let (mut days, mut moments) = (Text::default(), Text::default());
            days.day(day).unwrap();
            moments.moment(at).unwrap();
            assert_eq!(days.as_str().unwrap(), day.to_string());
            assert_eq!(moments.as_str().unwrap(), at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        }
        assert!(Text::default().day(NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()).is_none());
        assert!(Text::default().day(NaiveDate::from_ymd_opt(-1, 1, 1).unwrap()).is_none());
    }
}
