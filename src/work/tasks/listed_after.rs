//! Where a page of tasks begins: behind a task, under the watermark of the first page.

use std::{fmt, str::FromStr};

use chrono::DateTime;

use crate::base::db::types::{Instant, TaskId};

/// The last task of the page before, as a cursor holds it: its id, and `@` with the watermark in microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedAfter {
    /// The task.
    pub id: TaskId,
    /// Of the first page.
    pub watermark: Option<Instant>,
}

impl fmt::Display for ListedAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)?;
        self.watermark.map_or(Ok(()), |watermark| write!(f, "@{}", watermark.micros()))
    }
}

impl FromStr for ListedAfter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (id, watermark) = text.split_once('@').map_or((text, None), |(id, micros)| (id, Some(micros)));
        let moment = |micros: &str| micros.parse().ok().and_then(DateTime::from_timestamp_micros).ok_or(());
        let watermark = watermark.map(moment).transpose()?.map(Instant::from);
        Ok(Self { id: id.parse().map_err(|_| ())?, watermark })
    }
}
