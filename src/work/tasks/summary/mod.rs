//! How many tasks there are, by one of their properties.

pub mod api;
pub mod model;
pub mod store;

use std::collections::BTreeMap;

use model::{Summary, SummaryBy, SummaryFilter, SummaryItem};

use super::{
    model::TaskState,
    timeliness::{AsOf, Timeliness, timeliness},
};
use crate::{
    base::{auth::Caller, db::Db, problem::Problem},
    reference::organizations,
};

/// Counts tasks of the caller's part of the tree. A closed vocabulary is shown whole, with its noughts; what is open
/// (lead, group, document) shows what there is, in the order of its keys, tasks without one last.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, filter: &SummaryFilter, as_of: AsOf) -> Result<Summary, Problem> {
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let items = match filter.by {
        SummaryBy::State => {
            let rows = store::by_state(db, &under, filter).await?;
            whole(TaskState::ALL, rows)
        }
        SummaryBy::Timeliness => {
            let rows = store::by_dates(db, &under, filter).await?;
            let judged = rows
                .into_iter()
                .map(|((state, due_on, completed_on), count)| (timeliness(state, due_on, completed_on, as_of), count));
            whole(Timeliness::ALL, judged)
        }
        SummaryBy::Lead => {
            let rows = store::by_lead(db, &under, filter).await?;
            sorted(rows.into_iter().map(|(lead, count)| (Some(lead.to_string()), count)))
        }
        SummaryBy::Group => sorted(store::by_group(db, &under, filter).await?),
        SummaryBy::Document => {
            let rows = store::by_document(db, &under, filter).await?;
            sorted(rows.into_iter().map(|(document, count)| (document.map(|id| id.to_string()), count)))
        }
    };
    let total = items.iter().map(|item| item.count).sum();
    Ok(Summary { by: filter.by, as_of: as_of.day, total, items })
}

/// Every word of a vocabulary with its count.
fn whole<W: Copy + Ord + ToString>(words: &[W], rows: impl IntoIterator<Item = (W, i64)>) -> Vec<SummaryItem> {
    let mut counts = BTreeMap::new();
    for (word, count) in rows {
        *counts.entry(word).or_insert(0) += count;
    }
    let item = |word: &W| SummaryItem { key: Some(word.to_string()), count: counts.get(word).copied().unwrap_or(0) };
    words.iter().map(item).collect()
}

/// Byte by byte, whatever the database's collation.
fn sorted(rows: impl IntoIterator<Item = (Option<String>, i64)>) -> Vec<SummaryItem> {
    let mut items: Vec<_> = rows.into_iter().map(|(key, count)| SummaryItem { key, count }).collect();
    items.sort_by(|a, b| (a.key.is_none(), &a.key).cmp(&(b.key.is_none(), &b.key)));
    items
}
