//! The spine: every accepted write appends what changed, in its own transaction. Positions (`seq`) come after the commit.

pub mod model;
pub mod store;

use serde::Serialize;

pub use model::{Change, HistoryEntry, HistoryPage, Outcome, Subject};

use crate::base::{
    auth::Caller,
    db::{Db, types::OrgCode},
    page::{Page, PageRequest},
    problem::Problem,
};

/// Appends one version of a subject to the outbox.
///
/// # Errors
/// `internal` when the content cannot be written, or what the database says.
pub async fn append<T: Serialize>(
    db: &mut Db,
    caller: &Caller,
    subject: Subject,
    id: &impl ToString,
    version: i32,
    organization: &OrgCode,
    content: &T,
) -> Result<(), Problem> {
    append_all(db, vec![change(caller, subject, id, version, organization, content)?]).await
}

/// Appends many versions at once.
///
/// # Errors
/// What the database says.
pub async fn append_all(db: &mut Db, changes: Vec<Change>) -> Result<(), Problem> {
    Ok(store::insert(db, changes).await?)
}

/// One version of a subject, with who made it and when.
///
/// # Errors
/// `internal` when the content cannot be written.
pub fn change<T: Serialize>(
    caller: &Caller,
    subject: Subject,
    id: &impl ToString,
    version: i32,
    organization: &OrgCode,
    content: &T,
) -> Result<Change, Problem> {
    Ok(Change {
        subject,
        subject_id: id.to_string(),
        version,
        kind: format!("{subject}.{}", if version == 1 { "created" } else { "updated" }),
        organization: organization.clone(),
        client: caller.client(),
        request_id: caller.request_id().to_owned(),
        recorded_at: caller.now(),
        content: sonic_rs::to_string(content).map_err(Problem::internal)?,
        detail: None,
    })
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
