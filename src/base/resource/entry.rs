//! The entry that each version has in the log.

use std::collections::HashSet;

use super::{Recorded, Resource};
use crate::base::{
    db::{Db, lock_name, types::OrgCode},
    log::{self, Author, Change},
    problem::Problem,
};

/// Appends the entry of one version to the log.
///
/// # Errors
/// `internal` when the content cannot be written, or what the database says.
pub async fn record<R: Recorded>(
    db: &mut Db,
    author: &Author,
    version: &R,
    organization: Option<&OrgCode>,
    detail: Option<String>,
) -> Result<(), Problem> {
    log::append(db, vec![entry(author, version, organization, detail)?]).await
}

/// The entry of one version: who made it, when, in which request, and its content under the number of its form.
///
/// # Errors
/// `internal` when the content cannot be written.
pub fn entry<R: Recorded>(
    author: &Author,
    version: &R,
    organization: Option<&OrgCode>,
    detail: Option<String>,
) -> Result<Change, Problem> {
    let (subject, number) = (R::SUBJECT, version.number());
    Ok(Change {
        subject,
        subject_id: version.key(),
        version: number,
        kind: format!("{subject}.{}", if number == 1 { "created" } else { "updated" }),
        organization: organization.cloned(),
        client: author.client,
        request_id: author.request_id.to_string(),
        recorded_at: version.recorded_at(),
        form: R::FORM,
        content: version.content()?,
        detail,
    })
}

/// Gives each record that has no entry its first, in the version that it has: what was made before it had versions.
///
/// # Errors
/// `internal` when a content cannot be written, or what the database says.
pub async fn ensure_entries<R: Resource>(db: &mut Db, author: &Author, records: Vec<R>) -> Result<usize, Problem> {
    // Instances that start together would each write them.
    lock_name(db, &["first entries", R::SUBJECT.as_str()]).await?;
    let known: HashSet<_> = log::store::keys(db, R::SUBJECT).await?.into_iter().collect();
    let missing = records.iter().filter(|record| !known.contains(&record.key()));
    let entries = missing.map(|record| entry(author, record, record.organization(), None));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    let added = entries.len();
    log::append(db, entries).await?;
    Ok(added)
}
