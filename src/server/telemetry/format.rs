//! A line of the log as JSON. The library's own JSON takes as long for it as a point read takes to be answered.

use std::fmt::{self, Debug, Write};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

use crate::base::clock::Clock;
use crate::base::served::served;

/// An object a line: time, level, the request that is served, the event's own fields, and where it comes from.
pub struct Json(pub Clock);

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // What comes through the crate `log` has its target among its fields.
        let (now, forwarded) = (self.0.now(), event.normalized_metadata());
        let about = forwarded.as_ref().unwrap_or_else(|| event.metadata());
        write!(out, "{{\"timestamp\":\"{now}\",\"level\":\"{}\"", about.level())?;
        if let Some(request) = served() {
            out.write_str(",\"request_id\":")?;
            text(&mut out, request.id())?;
            write!(out, ",\"address\":\"{}\"", request.address())?;
            if let Some(client) = request.client() {
                write!(out, ",\"client\":\"{client}\"")?;
            }
        }
        let mut fields = Fields { out: &mut out, outcome: Ok(()) };
        event.record(&mut fields);
        fields.outcome?;
        out.write_str(",\"target\":")?;
        text(&mut out, about.target())?;
        out.write_str("}\n")
    }
}

/// Writes fields as members of an object.
struct Fields<'a, 'b> {
    out: &'a mut Writer<'b>,
    outcome: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if field.name().starts_with("log.") {
            return;
        }
        let out = &mut *self.out;
        self.outcome = self.outcome.and_then(|()| {
            out.write_char(',')?;
            text(out, field.name())?;
            out.write_char(':')?;
            value(out)
        });
    }
}

impl Visit for Fields<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, |out| text(out, value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, |out| write!(out, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, |out| write!(out, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, |out| write!(out, "{value}"));
    }

    /// Also what has no type of its own here: a message, a `%` or `?` field, an error.
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, |out| {
            out.write_char('"')?;
            write!(Escaped(out), "{value:?}")?;
            out.write_char('"')
        });
    }
}

/// A text as JSON has it.
fn text(out: &mut Writer<'_>, text: &str) -> fmt::Result {
    out.write_char('"')?;
    Escaped(out).write_str(text)?;
    out.write_char('"')
}

/// What is written between the quotes of a JSON string.
struct Escaped<'a, 'b>(&'a mut Writer<'b>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Without an early end, so that many bytes are looked at together.
        let marked = text
            .bytes()
            .fold(0, |found, byte| found | u8::from(byte < b' ') | u8::from(byte == b'"') | u8::from(byte == b'\\'));
        if marked == 0 {
            return self.0.write_str(text);
        }
        let quoted = serde_json::to_string(text).map_err(|_| fmt::Error)?;
        self.0.write_str(quoted.get(1..quoted.len() - 1).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures_util::FutureExt;
    use serde_json::Value;
    use tracing_log::log::{Level, Record};

    use super::*;
    use crate::base::served::{Served, serving};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Kept {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(line);
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// The lines that are logged meanwhile.
    fn logged(work: impl FnOnce()) -> Vec<Value> {
        let kept = Kept::default();
        let writer = kept.clone();
        let log = tracing_subscriber::fmt().event_format(Json(Clock::system()));
        tracing::subscriber::with_default(log.with_writer(move || writer.clone()).finish(), work);
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_line_is_an_object_whatever_it_holds() {
        let lines = logged(|| {
            tracing::warn!(count = 3_u64, missing = false, error = %"\u{1}", "Thiếu \"gì\"");
            let served = async { tracing::info!("sau") };
            let request = Served::new("a\"b\\c\n".into(), [10, 0, 0, 7].into());
            let client = uuid::Uuid::from_u128(7);
            request.set_client(client);
            serving(request.into(), served).now_or_never().unwrap();
        });
        assert_eq!(lines[0]["message"], "Thiếu \"gì\"");
        assert_eq!(
            (&lines[0]["count"], &lines[0]["missing"], &lines[0]["error"]),
            (&3.into(), &false.into(), &"\u{1}".into())
        );
        assert!(lines[0].get("request_id").is_none());
        assert_eq!(lines[1]["request_id"], "a\"b\\c\n");
        assert_eq!(lines[1]["address"], "10.0.0.7");
        assert_eq!(lines[1]["client"], "00000000-0000-0000-0000-000000000007");
    }

    #[test]
    fn what_comes_through_the_crate_log_says_where_from() {
        let lines = logged(|| {
            let record =
                Record::builder().level(Level::Warn).target("rustls::conn").args(format_args!("hết hạn")).build();
            tracing_log::format_trace(&record).unwrap();
        });
        let members: Vec<_> = lines[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["timestamp", "level", "message", "target"]);
        assert_eq!((&lines[0]["level"], &lines[0]["target"]), (&"WARN".into(), &"rustls::conn".into()));
    }
}
