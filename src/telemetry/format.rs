//! A line of the log as JSON. The library's own JSON takes as long for it as a point read takes to be answered.

use std::fmt::{self, Debug};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields, format::Writer},
    registry::LookupSpan,
};

use crate::clock::Clock;

/// An object a line: time, level, the event's own fields, where it comes from, and the fields of its span.
#[derive(Clone)]
pub struct Json(pub Clock);

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let (now, about) = (self.0.now(), event.metadata());
        write!(out, "{{\"timestamp\":\"{now}\",\"level\":\"{}\"", about.level())?;
        let mut fields = Fields { out: &mut out, is_first: false, outcome: Ok(()) };
        event.record(&mut fields);
        fields.outcome?;
        out.write_str(",\"target\":")?;
        text(&mut out, about.target())?;
        if let Some(span) = context.event_scope().and_then(|mut spans| spans.next()) {
            out.write_str(",\"span\":{")?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>()
                && !fields.is_empty()
            {
                write!(out, "{fields},")?;
            }
            out.write_str("\"name\":")?;
            text(&mut out, span.name())?;
            out.write_char('}')?;
        }
        out.write_str("}\n")
    }
}

/// The fields of a span, as members of an object.
impl FormatFields<'_> for Json {
    fn format_fields<R: RecordFields>(&self, mut out: Writer<'_>, fields: R) -> fmt::Result {
        let mut members = Fields { out: &mut out, is_first: true, outcome: Ok(()) };
        fields.record(&mut members);
        members.outcome
    }
}

/// Writes fields as members of an object.
struct Fields<'a, 'b> {
    out: &'a mut Writer<'b>,
    is_first: bool,
    outcome: fmt::Result,
}

impl Fields<'_, '_> {
    fn put(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        let comma = if std::mem::take(&mut self.is_first) { "" } else { "," };
        let out = &mut *self.out;
        self.outcome = self.outcome.and_then(|()| {
            out.write_str(comma)?;
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
        self.put(field, |out| text(out, &format!("{value:?}")));
    }
}

/// A text as JSON has it.
fn text(out: &mut Writer<'_>, text: &str) -> fmt::Result {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.write_char('"')?;
        out.write_str(text)?;
        return out.write_char('"');
    }
    out.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}
