//! HTTP for documents.

use actix_web::{
    get, patch, post, put,
    web::{Data, Path},
};

use super::model::{Document, DocumentCreate, DocumentFilter, DocumentPage, DocumentPatch};
use crate::{
    auth::{DocumentsRead, DocumentsWrite, Permit},
    changes::{self, HistoryEntry, HistoryPage, Outcome, Subject},
    db::{Store, types::DocumentId},
    http::{Answer, ByKey, IfMatch, Json, List, Listed, NoFilter, PageParams, RetryKey, Tagged},
    problem::Problem,
};

/// List documents
///
/// The documents that the client may read: those its part of the tree keeps, and those of the organizations above it.
#[utoipa::path(tag = "Reference", params(DocumentFilter, PageParams), security(("oauth2" = ["documents:read"])),
    responses((status = 200, body = DocumentPage)))]
#[get("/documents")]
pub async fn list_documents(
    caller: Permit<DocumentsRead>,
    list: List<DocumentFilter>,
    store: Data<Store>,
) -> Result<Listed<Document>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add a document
///
/// A resolution, decision or plan that tasks and indicators rest on. A document marked secret is refused.
#[utoipa::path(tag = "Reference", params(RetryKey), security(("oauth2" = ["documents:write"])),
    responses((status = 201, body = Document)))]
#[post("/documents")]
pub async fn create_document(
    caller: Permit<DocumentsWrite>,
    retry: RetryKey,
    body: Json<DocumentCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async |db, caller, new| {
        let document = super::create(db, caller, new).await?;
        Answer::created(format!("/v1/documents/{}", document.id), &document)
    })
    .await
}

/// Get a document
#[utoipa::path(tag = "Reference", params(DocumentId), security(("oauth2" = ["documents:read"])),
    responses((status = 200, body = Document)))]
#[get("/documents/{id}")]
pub async fn get_document(
    caller: Permit<DocumentsRead>,
    id: Path<DocumentId>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// Change a document
#[utoipa::path(tag = "Reference", params(DocumentId, IfMatch), security(("oauth2" = ["documents:write"])),
    responses((status = 200, body = Document)))]
#[patch("/documents/{id}")]
pub async fn update_document(
    caller: Permit<DocumentsWrite>,
    id: Path<DocumentId>,
    etag: IfMatch,
    patch: Json<DocumentPatch>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    let caller = caller.caller();
    store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// Get a document by its key
///
/// The key is the document's id in the system that owns it, percent-encoded.
#[utoipa::path(tag = "Reference", params(ByKey), security(("oauth2" = ["documents:read"])),
    responses((status = 200, body = Document)))]
#[get("/documents/by-key/{source}/{source_key}")]
pub async fn get_document_by_key(
    caller: Permit<DocumentsRead>,
    key: Path<ByKey>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    store.read(async |db| super::get_by_key(db, &caller, &key.source, &key.source_key).await).await.map(Tagged)
}

/// Create or update a document by its key
///
/// Makes the document what the body says, whether or not it was there: send it again as often as you like. What is
/// already so makes no new version. `If-Match` is optional here.
#[utoipa::path(tag = "Reference", params(ByKey), security(("oauth2" = ["documents:write"])),
    responses((status = 200, body = Document), (status = 201, body = Document)))]
#[put("/documents/by-key/{source}/{source_key}")]
pub async fn put_document_by_key(
    caller: Permit<DocumentsWrite>,
    key: Path<ByKey>,
    etag: Option<IfMatch>,
    body: Json<DocumentCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    let (caller, ByKey { source, source_key: key }, body) = (caller.caller(), key.into_inner(), body.into_inner());
    let (document, outcome) = store
        .write(async move |db| super::put_matching(db, &caller, (&source, &key), body, etag.as_ref()).await)
        .await?;
    match outcome {
        Outcome::Created => Answer::created(format!("/v1/documents/{}", document.id), &document),
        _ => Answer::changed(&document),
    }
}

/// List the versions of a document
#[utoipa::path(tag = "Reference", params(DocumentId, PageParams), security(("oauth2" = ["documents:read"])),
    responses((status = 200, body = HistoryPage)))]
#[get("/documents/{id}/history")]
pub async fn list_document_history(
    caller: Permit<DocumentsRead>,
    id: Path<DocumentId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Listed<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            changes::history(db, Subject::Document, &*id, &list.page).await
        })
        .await
}
