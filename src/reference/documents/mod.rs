//! Documents (văn bản) and what they are to each other. They are never deleted: tasks and figures rest on them.

pub mod api;
pub mod model;
pub mod problems;
mod relations;
pub mod store;
mod words;

pub use relations::{implementing, require, visible};

use model::{Document, DocumentCreate, DocumentFilter, DocumentPatch};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db, QueryError,
            types::{DocumentId, Instant, OrgCode, RecordKey, SourceCode},
        },
        i18n::Bilingual,
        log::Subject,
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem, codes},
        resource::{self, Outcome, Precondition, Recorded, Resource},
    },
    reference::organizations,
};

/// One page of the documents that the caller may read.
///
/// # Errors
/// `invalid-cursor`, or what the database says.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &DocumentFilter,
    page: &PageRequest,
) -> Result<Page<Document>, Problem> {
    let rows = store::list(db, caller.subtree(), filter, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, caller.subtree(), filter).await?) } else { None };
    Ok(page.cut(rows, total, |document| document.id.to_string()))
}

/// One document.
///
/// # Errors
/// 404 when the caller may not read it.
pub async fn get(db: &mut Db, caller: &Caller, id: DocumentId) -> Result<Document, Problem> {
    store::find(db, caller.subtree(), id).await?.or_404("document")
}

/// One document by the key that its source gave it.
///
/// # Errors
/// 404 when the caller may not read it.
pub async fn get_by_key(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    key: &RecordKey,
) -> Result<Document, Problem> {
    store::find_by_key(db, caller.subtree(), source, key).await?.or_404("document")
}

/// Adds a document.
///
/// # Errors
/// 403 for another's source, 409 when the key is taken, 422 for what is secret or points where it must not.
pub async fn create(db: &mut Db, caller: &Caller, new: DocumentCreate) -> Result<Document, Problem> {
    refuse_secret(new.secret)?;
    if new.source.is_some() != new.source_key.is_some() {
        let missing = if new.source.is_some() { "source_key" } else { "source" };
        let rule = Bilingual::new("source và source_key phải đi cùng nhau", "source and source_key go together");
        return Err(Problem::field(missing, codes::REQUIRED, rule));
    }
    let document = new.into_document(caller.organization(), caller.now());
    resource::create(db, caller, document, async |db, first| {
        // A PUT that brings the same key waits for this one, and then finds it.
        if let (Some(source), Some(key)) = (&first.source, &first.source_key) {
            store::claim_key(db, source, key).await?;
        }
        check(db, caller, None, first).await
    })
    .await
}

/// Makes the document under a source's key what the body says, whether or not it was there; a repetition changes nothing.
///
/// # Errors
/// 403 for another's source; `version-stale` when the current version is not the one that the caller knows, or there is
/// none; 422 for what is secret or points where it must not.
pub async fn put(
    db: &mut Db,
    caller: &Caller,
    (source, key): (&SourceCode, &RecordKey),
    mut body: DocumentCreate,
    precondition: Option<&Precondition>,
) -> Result<(Document, Outcome), Problem> {
    refuse_secret(body.secret)?;
    caller.owns(Some(source))?;
    same_key("source", body.source.replace(source.clone()).is_none_or(|said| said == *source))?;
    same_key("source_key", body.source_key.replace(key.clone()).is_none_or(|said| said == *key))?;
    let Some(id) = store::claim_key(db, source, key).await? else {
        precondition.map_or(Ok(()), |_| Err(resource::nothing_to_match()))?;
        let first = body.into_document(caller.organization(), caller.now());
        let first = resource::create(db, caller, first, async |db, first| check(db, caller, None, first).await).await?;
        return Ok((first, Outcome::Created));
    };
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, precondition)?;
    let next = current.clone().pushed(body, caller.organization());
    resource::commit(db, caller, &current, next, None, async |db, next| check(db, caller, Some(&current), next).await)
        .await
}

/// Changes a document.
///
/// # Errors
/// 404, 403 when another system owns it, 412 when the version is stale, 422 as in [`create`].
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    id: DocumentId,
    precondition: &Precondition,
    patch: DocumentPatch,
) -> Result<Document, Problem> {
    refuse_secret(patch.secret)?;
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, Some(precondition))?;
    let next = current.clone().patched(patch).finished();
    let rules = async |db: &mut Db, next: &mut Document| check(db, caller, Some(&current), next).await;
    resource::commit(db, caller, &current, next, None, rules).await.map(|(document, _)| document)
}

async fn check(db: &mut Db, caller: &Caller, current: Option<&Document>, next: &Document) -> Result<(), Problem> {
    if current.is_none_or(|current| current.organization != next.organization) {
        organizations::require(db, caller, "organization", std::slice::from_ref(&next.organization)).await?;
    }
    relations::check(db, caller, current, next).await
}

impl Recorded for Document {
    const SUBJECT: Subject = Subject::Document;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for Document {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.organization)
    }

    fn source(&self) -> Option<&SourceCode> {
        self.source.as_ref()
    }

    fn place(&self) -> String {
        resource::place_by_key("documents", self.source.as_ref(), self.source_key.as_ref())
    }

    fn stamp(&mut self, version: i32, at: Instant) {
        (self.version, self.updated_at) = (version, at);
        if version == 1 {
            self.created_at = at;
        }
    }

    async fn insert(&self, db: &mut Db) -> Result<usize, QueryError> {
        store::insert(db, self).await
    }

    async fn replace(&self, db: &mut Db, _: &Self) -> Result<(), QueryError> {
        store::replace(db, self).await
    }
}

fn refuse_secret(secret: Option<bool>) -> Result<(), Problem> {
    if secret != Some(true) {
        return Ok(());
    }
    Err(Problem::new(
        &problems::SECRET_DOCUMENT,
        Bilingual::new(
            "Văn bản mang dấu mật không được đưa lên hệ thống này; không có gì được ghi.",
            "A document marked secret must not be put on this system; nothing was written.",
        ),
    ))
}

fn same_key(field: &'static str, same: bool) -> Result<(), Problem> {
    let rule = Bilingual::new("phải giống như trong địa chỉ, hoặc bỏ đi", "must be as in the address, or left out");
    if same { Ok(()) } else { Err(Problem::field(field, problems::KEY_MISMATCH, rule)) }
}
