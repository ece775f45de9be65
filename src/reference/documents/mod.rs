//! Documents (văn bản) and what they are to each other. They are never deleted: tasks and figures rest on them.

pub mod api;
pub mod model;
mod relations;
pub mod store;
mod words;

pub use relations::{implementing, require, visible};

use model::{Document, DocumentCreate, DocumentFilter, DocumentPatch};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{DocumentId, RecordKey, SourceCode},
        },
        http::IfMatch,
        i18n::Bilingual,
        log::{self, Outcome, Subject},
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem},
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
        return Err(Problem::field(missing, "required", rule));
    }
    caller.owns(new.source.as_ref())?;
    let document = new.into_document(caller.organization(), caller.now());
    check(db, caller, None, &document).await?;
    if insert(db, caller, &document).await? { Ok(document) } else { Err(taken()) }
}

/// Makes the document under a source's key what the body says, whether or not it was there; a repetition changes nothing.
///
/// # Errors
/// 403 for another's source, 422 for what is secret or points where it must not.
pub async fn put(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    key: &RecordKey,
    body: DocumentCreate,
) -> Result<(Document, Outcome), Problem> {
    put_matching(db, caller, (source, key), body, None).await
}

/// The same, on condition that the current version is the one the caller knows.
///
/// # Errors
/// Those of [`put`]; `version-stale` when it is not, or when there is none.
pub async fn put_matching(
    db: &mut Db,
    caller: &Caller,
    (source, key): (&SourceCode, &RecordKey),
    mut body: DocumentCreate,
    etag: Option<&IfMatch>,
) -> Result<(Document, Outcome), Problem> {
    refuse_secret(body.secret)?;
    caller.owns(Some(source))?;
    same_key("source", body.source.replace(source.clone()).is_none_or(|said| said == *source))?;
    same_key("source_key", body.source_key.replace(key.clone()).is_none_or(|said| said == *key))?;
    let pushed = body.into_document(caller.organization(), caller.now());
    let mut known = store::id_of_key(db, source, key).await?;
    if known.is_none() {
        if etag.is_some() {
            return Err(nothing_to_match());
        }
        check(db, caller, None, &pushed).await?;
        if insert(db, caller, &pushed).await? {
            return Ok((pushed, Outcome::Created));
        }
        // Another request with this key came first.
        known = store::id_of_key(db, source, key).await?;
    }
    let current = match known {
        Some(id) => store::lock(db, caller.subtree(), id).await?.ok_or_else(taken)?,
        None => return Err(taken()),
    };
    if let Some(etag) = etag {
        etag.check(current.version)?;
    }
    let next = current.replaced_by(pushed, caller.now());
    if next.version == current.version {
        return Ok((current, Outcome::Unchanged));
    }
    check(db, caller, Some(&current), &next).await?;
    store::replace(db, &next).await?;
    record(db, caller, &next).await?;
    Ok((next, Outcome::Updated))
}

/// Changes a document.
///
/// # Errors
/// 404, 403 when another system owns it, 412 when the version is stale, 422 as in [`create`].
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    id: DocumentId,
    etag: &IfMatch,
    patch: DocumentPatch,
) -> Result<Document, Problem> {
    refuse_secret(patch.secret)?;
    let current = store::lock(db, caller.subtree(), id).await?.or_404("document")?;
    caller.owns(current.source.as_ref())?;
    etag.check(current.version)?;
    let next = current.patched(patch, caller.now());
    check(db, caller, Some(&current), &next).await?;
    store::replace(db, &next).await?;
    record(db, caller, &next).await?;
    Ok(next)
}

async fn check(db: &mut Db, caller: &Caller, current: Option<&Document>, next: &Document) -> Result<(), Problem> {
    if current.is_none_or(|current| current.organization != next.organization) {
        organizations::require(db, caller, "organization", std::slice::from_ref(&next.organization)).await?;
    }
    relations::check(db, caller, current, next).await
}

/// False when the source's key is taken.
async fn insert(db: &mut Db, caller: &Caller, document: &Document) -> Result<bool, Problem> {
    if store::insert(db, document).await? == 0 {
        return Ok(false);
    }
    record(db, caller, document).await?;
    Ok(true)
}

async fn record(db: &mut Db, caller: &Caller, document: &Document) -> Result<(), Problem> {
    let (id, version) = (&document.id, document.version);
    log::append(db, caller, Subject::Document, id, version, &document.organization, document).await
}

fn refuse_secret(secret: Option<bool>) -> Result<(), Problem> {
    if secret != Some(true) {
        return Ok(());
    }
    Err(Problem::new(
        "secret-document",
        Bilingual::new(
            "Văn bản mang dấu mật không được đưa lên hệ thống này; không có gì được ghi.",
            "A document marked secret must not be put on this system; nothing was written.",
        ),
    ))
}

fn same_key(field: &str, same: bool) -> Result<(), Problem> {
    let rule = Bilingual::new("phải giống như trong địa chỉ, hoặc bỏ đi", "must be as in the address, or left out");
    if same { Ok(()) } else { Err(Problem::field(field, "key-mismatch", rule)) }
}

fn taken() -> Problem {
    Problem::new(
        "already-exists",
        Bilingual::new(
            "Đã có văn bản với source và source_key này; dùng PUT by-key để cập nhật.",
            "A document with this source and source_key exists already; use PUT by-key to update it.",
        ),
    )
}

fn nothing_to_match() -> Problem {
    Problem::new(
        "version-stale",
        Bilingual::new(
            "Chưa có văn bản với khóa này; bỏ If-Match để tạo.",
            "There is no document with this key yet; leave If-Match out to create it.",
        ),
    )
}
