//! HTTP for documents.

use actix_web::{
    get, patch, post, put,
    web::{Data, Path},
};

use super::model::{Document, DocumentCreate, DocumentFilter, DocumentPage, DocumentPatch};
use crate::base::{
    auth::{DocumentsRead, DocumentsWrite, Permit},
    db::{Store, types::DocumentId},
    http::{ByKey, IdempotencyKey, IfMatch, Json, JsonResponse, List, NoFilter, OptionalIfMatch, PageParams, Tagged},
    log::{self, HistoryEntry, HistoryPage, Subject},
    page::Page,
    problem::Problem,
    resource::Outcome,
};

/// List documents
///
/// The resolutions, decisions and plans (văn bản) that tasks and indicators rest on: those that organizations of the
/// client's part of the tree keep, and those of the organizations above it, in the order in which they were recorded.
/// Call it to find the id that `document` of a task or an indicator needs: by `number` when you know it exactly, by `q`
/// for words of its title.
#[utoipa::path(params(DocumentFilter, PageParams), responses((status = 200, body = DocumentPage)))]
#[get("")]
pub async fn list_documents(
    caller: Permit<DocumentsRead>,
    list: List<DocumentFilter>,
    store: Data<Store>,
) -> Result<Page<Document>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add a document
///
/// Records a document (văn bản) and what it implements, replaces or amends; the file itself is not kept here. A system
/// that has its own id for the document uses `PUT /v1/documents/by-key/{source}/{source_key}` instead, which can be
/// repeated and updates too. A document marked secret (mật) is refused with 422 `secret-document`, and nothing of it is
/// kept.
#[utoipa::path(params(IdempotencyKey), responses((status = 201, body = Document)))]
#[post("")]
pub async fn create_document(
    caller: Permit<DocumentsWrite>,
    retry: IdempotencyKey,
    body: Json<DocumentCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async |db, caller, new| {
        let document = super::create(db, caller, new).await?;
        JsonResponse::created(format!("/v1/documents/{}", document.id), &document)
    })
    .await
}

/// Get a document
///
/// One document (văn bản) with its relations to others. Read it before a change, for its `ETag`. The progress of all
/// that implements it is at `GET /v1/documents/{id}/rollup`; when you know it by the id of another system, use `GET
/// /v1/documents/by-key/{source}/{source_key}`.
#[utoipa::path(params(DocumentId), responses((status = 200, body = Document)))]
#[get("/{id}")]
pub async fn get_document(
    caller: Permit<DocumentsRead>,
    id: Path<DocumentId>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// Change a document
///
/// For what became known later about a document (văn bản), such as the number of a draft once it is issued, or its
/// replacement. Only the fields sent change; `relations` is replaced whole. `If-Match` is required. A document that
/// another system owns can be changed by that system's client only (403 `source-not-yours`).
#[utoipa::path(params(DocumentId, IfMatch), responses((status = 200, body = Document)))]
#[patch("/{id}")]
pub async fn update_document(
    caller: Permit<DocumentsWrite>,
    id: Path<DocumentId>,
    etag: IfMatch,
    patch: Json<DocumentPatch>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    store.write(async move |db| super::update(db, &caller, *id, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// Get a document by its key
///
/// The same as `GET /v1/documents/{id}`, for a system that knows the document (văn bản) by its own id and keeps none of
/// ours. `source` is the code of the system that owns it, `source_key` its id there, percent-encoded in the path: `/`
/// is `%2F`.
#[utoipa::path(params(ByKey), responses((status = 200, body = Document)))]
#[get("/by-key/{source}/{source_key}")]
pub async fn get_document_by_key(
    caller: Permit<DocumentsRead>,
    key: Path<ByKey>,
    store: Data<Store>,
) -> Result<Tagged<Document>, Problem> {
    store.read(async |db| super::get_by_key(db, &caller, &key.source, &key.source_key).await).await.map(Tagged)
}

/// Create or update a document by its key
///
/// The way for a document platform to push: makes the document (văn bản) what the body says, whether or not it was
/// there, so send it again as often as you like. What is already so makes no new version. The body is the whole
/// document: a field left out is cleared, or takes its default. The `source` must be the client's own (403
/// `source-not-yours`). `If-Match` is optional here.
#[utoipa::path(params(ByKey), responses((status = 200, body = Document), (status = 201, body = Document)))]
#[put("/by-key/{source}/{source_key}")]
pub async fn put_document_by_key(
    caller: Permit<DocumentsWrite>,
    key: Path<ByKey>,
    etag: OptionalIfMatch,
    body: Json<DocumentCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    let ByKey { source, source_key: key } = key.into_inner();
    let put =
        async move |db: &mut _| super::put(db, &caller, (&source, &key), body.into_inner(), etag.0.as_ref()).await;
    let (document, outcome) = store.write(put).await?;
    match outcome {
        Outcome::Created => JsonResponse::created(format!("/v1/documents/{}", document.id), &document),
        _ => JsonResponse::changed(&document),
    }
}

/// List the versions of a document
///
/// Every version of a document (văn bản) that was ever accepted, oldest first, with the client and the request that
/// made it. Call it to see since when a document counts as replaced, or which relations it had when a task was
/// assigned.
#[utoipa::path(params(DocumentId, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{id}/history")]
pub async fn list_document_history(
    caller: Permit<DocumentsRead>,
    id: Path<DocumentId>,
    list: List<NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, *id).await?;
            log::history(db, Subject::Document, &*id, &list.page).await
        })
        .await
}
