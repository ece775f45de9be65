//! The graph of documents: what may point where, and what implements what.

use std::collections::BTreeSet;

use super::{
    model::{Document, Relation, RelationType},
    problems, store,
};
use crate::base::{
    auth::Caller,
    db::{Db, types::DocumentId},
    i18n::{Bilingual, bilingual},
    problem::{OrNotFound, Problem, codes},
};

/// How many relations one document may have.
const MAX_RELATIONS: usize = 200;

/// Whether the caller may read the document.
///
/// # Errors
/// What the database says.
pub async fn visible(db: &mut Db, caller: &Caller, id: DocumentId) -> Result<bool, Problem> {
    Ok(!store::known(db, caller.subtree(), vec![id]).await?.is_empty())
}

/// Checks that a document named in a field is one that the caller may read.
///
/// # Errors
/// 422 with the field's pointer.
pub async fn require(db: &mut Db, caller: &Caller, field: &'static str, id: DocumentId) -> Result<(), Problem> {
    if visible(db, caller, id).await? { Ok(()) } else { Err(unknown(field, id)) }
}

/// The document and everything that implements it at any depth, by id; the way may lead through documents that the caller may not read.
///
/// # Errors
/// 404 when the caller may not read the document itself.
pub async fn implementing(db: &mut Db, caller: &Caller, id: DocumentId) -> Result<Vec<DocumentId>, Problem> {
    visible(db, caller, id).await?.then_some(()).or_404("document")?;
    let mut found = BTreeSet::from([id]);
    let mut fresh = vec![id];
    while !fresh.is_empty() {
        fresh = store::pointing(db, RelationType::Implements, fresh).await?;
        fresh.retain(|each| found.insert(*each));
    }
    Ok(found.into_iter().collect())
}

/// Checks the relations that a version adds; what was accepted before is not asked again.
pub(super) async fn check(
    db: &mut Db,
    caller: &Caller,
    current: Option<&Document>,
    next: &Document,
) -> Result<(), Problem> {
    if next.relations.len() > MAX_RELATIONS {
        return Err(Problem::field(
            "relations",
            codes::TOO_MANY,
            bilingual!("nhiều nhất {MAX_RELATIONS} quan hệ", "at most {MAX_RELATIONS} relations"),
        ));
    }
    if next.relations.windows(2).any(|pair| matches!(pair, [first, second] if first == second)) {
        let rule = Bilingual::new("có quan hệ bị lặp lại", "a relation is repeated");
        return Err(Problem::field("relations", codes::DUPLICATE, rule));
    }
    let before = current.map(|current| current.relations.0.as_slice()).unwrap_or_default();
    let added: Vec<Relation> = next.relations.iter().filter(|relation| !before.contains(relation)).copied().collect();
    if added.iter().any(|relation| relation.document == next.id) {
        let rule = Bilingual::new("văn bản không thể có quan hệ với chính nó", "a document has no relation to itself");
        return Err(Problem::field("relations", problems::SELF_RELATION, rule));
    }
    let known = store::known(db, caller.subtree(), added.iter().map(|relation| relation.document).collect()).await?;
    if let Some(relation) = added.iter().find(|relation| !known.contains(&relation.document)) {
        return Err(unknown("relations", relation.document));
    }
    // Nothing points at a document that is only now being made.
    if current.is_some() && added.iter().any(|relation| relation.kind.is_acyclic()) {
        store::lock_graph(db).await?;
        for relation in added.iter().filter(|relation| relation.kind.is_acyclic()) {
            refuse_cycle(db, next.id, *relation).await?;
        }
    }
    Ok(())
}

async fn refuse_cycle(db: &mut Db, id: DocumentId, relation: Relation) -> Result<(), Problem> {
    let mut found = BTreeSet::from([relation.document]);
    let mut fresh = vec![relation.document];
    while !fresh.is_empty() {
        fresh = store::targets(db, relation.kind, fresh).await?;
        if fresh.contains(&id) {
            let (kind, target) = (relation.kind, relation.document);
            let rule = bilingual!(
                "{kind} {target} tạo thành vòng: văn bản đó đã dẫn trở lại văn bản này",
                "{kind} {target} makes a cycle: that document leads back to this one"
            );
            return Err(Problem::field("relations", codes::CYCLE, rule));
        }
        fresh.retain(|each| found.insert(*each));
    }
    Ok(())
}

fn unknown(field: &'static str, id: DocumentId) -> Problem {
    let rule = bilingual!(
        "không có văn bản {id} trong phạm vi của hệ thống gọi; xem /v1/documents",
        "there is no document {id} that the caller may read; see /v1/documents"
    );
    Problem::field(field, problems::UNKNOWN_DOCUMENT, rule)
}
