//! The spine: every accepted write appends what changed, in its own transaction. Positions (`seq`) come after the commit.

pub mod model;
pub mod store;

pub use model::{Author, Change, HistoryEntry, HistoryPage, Subject};

use crate::base::{
    db::Db,
    page::{Page, PageRequest},
    problem::Problem,
};

/// Appends entries, in the transaction of what they tell of.
///
/// # Errors
/// What the database says.
pub async fn append(db: &mut Db, entries: Vec<Change>) -> Result<(), Problem> {
    Ok(store::insert(db, entries).await?)
}

/// Every version of one subject, oldest first.
///
/// # Errors
/// What the database says; `invalid-cursor`.
pub async fn history(
    db: &mut Db,
    subject: Subject,
    id: &impl ToString,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Problem> {
    let rows = store::history(db, subject, id.to_string(), page.after()?.unwrap_or(0), page.rows()).await?;
    let total = if page.count { Some(store::count(db, subject, id.to_string()).await?) } else { None };
    let versions = rows.into_iter().map(HistoryEntry::of).collect::<Result<Vec<_>, _>>()?;
    Ok(page.cut(versions, total, |version| version.version.to_string()))
}
