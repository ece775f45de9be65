//! Documents in the database.

use super::model::{Document, DocumentFilter, Relation, RelationType};
use crate::base::{
    db::{
        Above, Inside, in_subtree, lock_name,
        prelude::*,
        schema::{
            document_relations as relations,
            documents::{self, dsl},
            organizations,
        },
        types::{DocumentId, RecordKey, SourceCode, holding},
    },
    subtree::Subtree,
};

/// Documents that a part of the tree keeps, and may therefore change.
macro_rules! kept {
    ($under:expr) => {
        documents::table.filter(
            dsl::organization.eq_any(organizations::table.filter(Inside::of(&$under)).select(organizations::code)),
        )
    };
}

/// Documents that a part of the tree may read: its own, and those of the organizations above it.
macro_rules! readable {
    ($under:expr) => {{
        let near = Inside::of(&$under).or(Above::of(&$under));
        documents::table.filter(dsl::organization.eq_any(organizations::table.filter(near).select(organizations::code)))
    }};
}

/// One document, when the part may read it.
macro_rules! one {
    ($under:expr) => {
        documents::table.filter(in_subtree!(dsl::organization, $under, or Above))
    };
}

/// Readable documents that match.
macro_rules! matching {
    ($under:expr, $filter:expr) => {{
        let mut query = readable!($under).into_boxed();
        if let Some(kind) = $filter.kind {
            query = query.filter(dsl::kind.eq(kind));
        }
        if let Some(status) = $filter.status {
            query = query.filter(dsl::status.eq(status));
        }
        if let Some(organization) = $filter.organization {
            query = query.filter(dsl::organization.eq(organization));
        }
        if let Some(number) = $filter.number {
            query = query.filter(dsl::number.eq(number));
        }
        if let Some(source) = $filter.source {
            query = query.filter(dsl::source.eq(source));
        }
        if let Some(text) = $filter.q {
            query = query.filter(dsl::search.like(holding(text.as_str())).escape('\\'));
        }
        query
    }};
}

/// One document that the part may read.
pub async fn find(db: &mut Db, under: &Subtree, id: DocumentId) -> QueryResult<Option<Document>> {
    let under = under.clone();
    both!(db, |c| one!(under).filter(dsl::id.eq(id)).select(Document::as_select()).load(c)).map(only)
}

/// One document that the part may read, by the key that its source gave it.
pub async fn find_by_key(
    db: &mut Db,
    under: &Subtree,
    source: &SourceCode,
    key: &RecordKey,
) -> QueryResult<Option<Document>> {
    let (under, source, key) = (under.clone(), source.clone(), key.clone());
    both!(db, |c| one!(under)
        .filter(dsl::source.eq(source).and(dsl::source_key.eq(key)))
        .select(Document::as_select())
        .load(c))
    .map(only)
}

/// One document that the part keeps, kept from change by others until the transaction ends.
pub async fn lock(db: &mut Db, under: &Subtree, id: DocumentId) -> QueryResult<Option<Document>> {
    // Not `FOR UPDATE`: that would bar relations that point here, and two documents that come to point at each other would deadlock.
    both!(db, pg | c | documents::table.find(id).select(dsl::id).for_no_key_update().load::<DocumentId>(c))
        .transpose()?;
    // A statement of its own: the one that waited for the lock would still see the relations of before.
    let under = under.clone();
    both!(db, |c| kept!(under).filter(dsl::id.eq(id)).select(Document::as_select()).load(c)).map(only)
}

/// The id that a source's key stands for, whoever keeps the document. The key is this transaction's until it ends, so
/// that of two that bring the same new document at once the second finds it.
pub async fn claim_key(db: &mut Db, source: &SourceCode, key: &RecordKey) -> QueryResult<Option<DocumentId>> {
    lock_name(db, &["document", source.as_str(), key.as_str()]).await?;
    let (source, key) = (source.clone(), key.clone());
    both!(db, |c| documents::table.filter(dsl::source.eq(source).and(dsl::source_key.eq(key))).select(dsl::id).load(c))
        .map(only)
}

/// The documents that match, by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &DocumentFilter,
    after: Option<DocumentId>,
    rows: i64,
) -> QueryResult<Vec<Document>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter);
        if let Some(after) = after {
            query = query.filter(dsl::id.gt(after));
        }
        query.order(dsl::id).limit(rows).select(Document::as_select()).load(c)
    })
}

/// How many documents match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &DocumentFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter).count().get_result(c))
}

/// Which of the ids the part may read.
pub async fn known(db: &mut Db, under: &Subtree, ids: Vec<DocumentId>) -> QueryResult<Vec<DocumentId>> {
    let under = under.clone();
    both!(db, |c| readable!(under).filter(dsl::id.eq_any(ids)).select(dsl::id).load(c))
}

/// What the documents point at along one type of relation, whoever keeps it.
pub async fn targets(db: &mut Db, kind: RelationType, from: Vec<DocumentId>) -> QueryResult<Vec<DocumentId>> {
    both!(db, |c| relations::table
        .filter(relations::kind.eq(kind).and(relations::document.eq_any(from)))
        .select(relations::target)
        .load(c))
}

/// What points at the documents along one type of relation, whoever keeps it.
pub async fn pointing(db: &mut Db, kind: RelationType, to: Vec<DocumentId>) -> QueryResult<Vec<DocumentId>> {
    both!(db, |c| relations::table
        .filter(relations::kind.eq(kind).and(relations::target.eq_any(to)))
        .select(relations::document)
        .load(c))
}

/// One at a time: two transactions that each see no cycle could close one together.
pub async fn lock_graph(db: &mut Db) -> QueryResult<()> {
    both!(db, pg | c | diesel::sql_query("SELECT pg_advisory_xact_lock(1, 1)").execute(c)).transpose().map(drop)
}

/// Adds a document; 0 when its source and key are taken.
pub async fn insert(db: &mut Db, document: &Document) -> QueryResult<usize> {
    let row = document.clone();
    let added = both!(db, |c| diesel::insert_into(documents::table).values(row).on_conflict_do_nothing().execute(c))?;
    if added > 0 {
        relate(db, document).await?;
    }
    Ok(added)
}

/// Puts a new version in the place of the old.
pub async fn replace(db: &mut Db, document: &Document) -> QueryResult<()> {
    let (row, id) = (document.clone(), document.id);
    both!(db, |c| diesel::update(documents::table.find(id)).set(row).execute(c))?;
    both!(db, |c| diesel::delete(relations::table.filter(relations::document.eq(id))).execute(c))?;
    relate(db, document).await
}

async fn relate(db: &mut Db, document: &Document) -> QueryResult<()> {
    let id = document.id;
    let row = move |relation: &Relation| {
        (relations::document.eq(id), relations::kind.eq(relation.kind), relations::target.eq(relation.document))
    };
    let rows: Vec<_> = document.relations.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    both!(db, |c| diesel::insert_into(relations::table).values(rows).execute(c)).map(drop)
}
