//! Counts of tasks in the database.

use diesel::dsl::count_star;

use super::model::SummaryFilter;
use crate::{
    base::{
        db::{
            prelude::*,
            schema::{organizations, tasks},
            types::{Day, DocumentId, OrgCode},
        },
        subtree::Subtree,
    },
    work::tasks::{model::TaskState, store::within},
};

/// Counts the tasks of a part of the tree that match, by one or more columns.
macro_rules! counted {
    ($db:expr, $under:expr, $filter:expr, $keys:expr) => {{
        let (under, filter) = ($under.clone(), $filter.clone());
        both!($db, |c| {
            let mut query = within!(under).group_by($keys).select(($keys, count_star())).into_boxed();
            if let Some(lead) = filter.lead {
                query = query.filter(tasks::lead.eq(lead));
            }
            if let Some(document) = filter.document {
                query = query.filter(tasks::document.eq(document));
            }
            query.load(c)
        })
    }};
}

/// By state.
pub async fn by_state(db: &mut Db, under: &Subtree, filter: &SummaryFilter) -> QueryResult<Vec<(TaskState, i64)>> {
    counted!(db, under, filter, tasks::state)
}

/// What a verdict is made from.
type Dates = (TaskState, Option<Day>, Option<Day>);

/// By what decides timeliness.
pub async fn by_dates(db: &mut Db, under: &Subtree, filter: &SummaryFilter) -> QueryResult<Vec<(Dates, i64)>> {
    counted!(db, under, filter, (tasks::state, tasks::due_on, tasks::completed_on))
}

/// By lead.
pub async fn by_lead(db: &mut Db, under: &Subtree, filter: &SummaryFilter) -> QueryResult<Vec<(OrgCode, i64)>> {
    counted!(db, under, filter, tasks::lead)
}

/// By group.
pub async fn by_group(db: &mut Db, under: &Subtree, filter: &SummaryFilter) -> QueryResult<Vec<(Option<String>, i64)>> {
    counted!(db, under, filter, tasks::group)
}

/// By document.
pub async fn by_document(
    db: &mut Db,
    under: &Subtree,
    filter: &SummaryFilter,
) -> QueryResult<Vec<(Option<DocumentId>, i64)>> {
    counted!(db, under, filter, tasks::document)
}
