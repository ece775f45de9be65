//! Figures (số liệu): one indicator × organization × period × breakdown, in every version that was ever accepted.

pub mod api;
mod check;
pub mod model;
pub mod problems;
mod push;
pub mod store;

use std::collections::HashMap;

use model::{AsOf, Observation, ObservationFilter, Row};
pub use push::push;

use crate::{
    base::{
        auth::Caller,
        db::{
            Batches, Db, Store, Turn,
            types::{Instant, ObservationId, reading_stored},
        },
        i18n::Bilingual,
        ingest::Rows,
        log::Subject,
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem},
        resource::{self, Recorded},
    },
    reference::organizations,
};

/// More rows than these keep a writer busy for long enough that others would feel it.
const MANY_ROWS: usize = 200;

/// The turn that a push of many rows takes and holds to its end.
///
/// # Errors
/// `unavailable`.
pub async fn turn_to_push<T>(store: &Store, rows: &Rows<T>) -> Result<Option<Turn>, Problem> {
    if rows.good().count() > MANY_ROWS { Ok(Some(store.turn_to_push().await?)) } else { Ok(None) }
}

/// One page of the figures about the caller's part of the tree.
///
/// # Errors
/// 400 when the ends of a range are of different frequency, 404 when `under` is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &ObservationFilter,
    page: &PageRequest,
) -> Result<Page<Observation>, Problem> {
    check_filter(filter, page)?;
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let after = page.after()?;
    let rows = store::list(db, &under, filter, after, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter).await?) } else { None };
    let rows = page.cut(rows, total, |row| row.id.to_string());
    let Page { items, next_cursor, total, watermark } = rows;
    Ok(Page { items: as_asked(db, filter, items).await?, next_cursor, total, watermark })
}

/// All figures about the caller's part of the tree, batch after batch, in the order of their keys; of one moment.
///
/// # Errors
/// As for [`list`].
pub async fn export(
    store: &Store,
    caller: &Caller,
    filter: ObservationFilter,
    page: &PageRequest,
) -> Result<Batches<Vec<Observation>, Problem>, Problem> {
    check_filter(&filter, page)?;
    let under = store.read(async |db| organizations::narrow(db, caller, filter.under.as_ref()).await).await?;
    let mut last: Option<Row> = None;
    let batches = store.export(async move |db| {
        let rows = store::next(db, &under, &filter, last.as_ref()).await?;
        let Some(end) = rows.last() else { return Ok(None) };
        last = Some(end.clone());
        as_asked(db, &filter, rows).await.map(Some)
    });
    Ok(batches.await?)
}

/// The rows of the table in the form that was asked for.
async fn as_asked(db: &mut Db, filter: &ObservationFilter, rows: Vec<Row>) -> Result<Vec<Observation>, Problem> {
    let mut items = match filter.as_of {
        None => rows.into_iter().map(Observation::from).collect(),
        Some(at) => known_at(db, at, rows).await?,
    };
    // What has changed since may have been less, or more, sure then.
    items.retain(|observation| filter.status.is_none_or(|status| status == observation.status));
    Ok(items)
}

fn check_filter(filter: &ObservationFilter, page: &PageRequest) -> Result<(), Problem> {
    if let (Some(from), Some(to)) = (filter.period_from, filter.period_to)
        && from.frequency() != to.frequency()
    {
        let rule = Bilingual::new(
            "phải cùng loại kỳ với period_from, như 2026-M01 và 2026-M09",
            "must be of the same frequency as period_from, like 2026-M01 and 2026-M09",
        );
        return Err(Problem::parameter("period_to", problems::PERIOD_FREQUENCY, rule));
    }
    if page.count && filter.as_of.is_some() && filter.status.is_some() {
        let rule = Bilingual::new(
            "không đếm được khi có cả as_of và status; hãy bỏ một trong hai",
            "cannot count with both as_of and status; leave one of them out",
        );
        return Err(Problem::parameter("count", problems::NOT_TOGETHER, rule));
    }
    Ok(())
}

/// Figures as they were known at a moment: what has changed since is read from the log.
async fn known_at(db: &mut Db, at: AsOf, rows: Vec<Row>) -> Result<Vec<Observation>, Problem> {
    let changed: Vec<_> = rows.iter().filter(|row| row.updated_at > at.0).map(|row| row.id).collect();
    let mut then = HashMap::new();
    if !changed.is_empty() {
        for version in store::versions_until(db, &changed, at.0).await? {
            then.insert(version.subject_id, version.content);
        }
    }
    let known = rows.into_iter().filter_map(|row| match then.remove(&row.id.to_string()) {
        Some(content) => Some(reading_stored(|| serde_json::from_str(&content)).map_err(Problem::internal)),
        None => (row.updated_at <= at.0).then(|| Ok(Observation::from(row))),
    });
    known.collect()
}

/// One figure.
///
/// # Errors
/// 404 when it is not about the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, id: ObservationId) -> Result<Observation, Problem> {
    Ok(store::find(db, caller.subtree(), id).await?.or_404("observation")?.into())
}

impl Recorded for Observation {
    const SUBJECT: Subject = Subject::Observation;

    fn key(&self) -> String {
        self.id.to_string()
    }

    /// Never before the version that it follows, whichever request began first: the upsert sees to it.
    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}
