//! HTTP for clients.

use std::sync::{Arc, OnceLock};

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{ClientCreate, ClientCredentials, ClientFilter, ClientPage, ClientPatch, ClientRecord};
use crate::{
    access::oauth::TokenService,
    base::{
        auth::{Admin, Permit},
        db::{Store, types::ClientId},
        http::{IdempotencyKey, IfMatch, Json, JsonResponse, List, PageParams, Tagged},
        page::Page,
        problem::Problem,
    },
};

/// List clients
///
/// The machine callers (hệ thống kết nối) that are bound to an organization of the caller's part of the tree, in the
/// order in which they were added, the suspended ones included. Call it to review who may do what: each shows its
/// scopes and how it proves itself. Secrets and keys are not shown, here or anywhere else.
#[utoipa::path(params(ClientFilter, PageParams), responses((status = 200, body = ClientPage)))]
#[get("")]
pub async fn list_clients(
    caller: Permit<Admin>,
    list: List<ClientFilter>,
    store: Data<Store>,
) -> Result<Page<ClientRecord>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add a client
///
/// Lets another system (hệ thống kết nối) call: it is bound to an organization of the caller's part of the tree, sees
/// that one and all below it, and gets no scope that the caller lacks. Give each system a client of its own, so that
/// the history shows who did what. Its secret is in this answer and in no other; with `jwks`, its public keys, it gets
/// none. Whose records it owns (`source`) is not set here but by the operator of the service.
///
/// Send an `Idempotency-Key`, so that a repetition is not a second client; the repeated answer holds no secret. When
/// the first answer was lost, ask for a new one with `POST /v1/clients/{id}/secrets`.
#[utoipa::path(
    params(IdempotencyKey),
    responses((status = 201, description = "Added. The secret is not shown again.", body = ClientCredentials)),
)]
#[post("")]
pub async fn create_client(
    caller: Permit<Admin>,
    retry: IdempotencyKey,
    body: Json<ClientCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    // What is kept for a repetition holds no secret: the answer with it passes beside.
    let fresh = Arc::new(OnceLock::new());
    let told = Arc::clone(&fresh);
    let kept = crate::base::http::post(&store, caller, retry, body, async move |db, caller, new| {
        let (client, secret) = super::create(db, caller, new.into()).await?;
        let client = client.record()?;
        let kept =
            JsonResponse::created(place(client.id), &ClientCredentials { client: client.clone(), secret: None })?;
        told.get_or_init(|| ClientCredentials { client, secret });
        Ok(kept)
    })
    .await?;
    fresh.get().map_or(Ok(kept), |fresh| JsonResponse::created(place(fresh.client.id), fresh))
}

/// Get a client
///
/// One machine caller (hệ thống kết nối): its organization, its scopes, how it proves itself, and whether it may call.
/// Its secret and its keys are not shown. This is for those who look after clients; a client that wants to know its own
/// rights asks `GET /v1/me`, for which it needs no scope.
#[utoipa::path(params(ClientId), responses((status = 200, body = ClientRecord)))]
#[get("/{id}")]
pub async fn get_client(
    caller: Permit<Admin>,
    id: Path<ClientId>,
    store: Data<Store>,
) -> Result<Tagged<ClientRecord>, Problem> {
    store.read(async |db| super::get(db, &caller, *id).await).await.map(Tagged)
}

/// Suspend a client, let it call again, or change its keys
///
/// A suspended client (hệ thống kết nối) gets no token, and those it has stop working; with `active` it calls again.
/// Other instances of the service may go on accepting its tokens for up to 5 seconds. A new `jwks` ends the keys or the
/// secret before at once, while tokens got with them live on until they expire. To suspend a client is always allowed;
/// to let it call again, or to change its keys, the caller must hold every scope of it (403 `scope-missing`). Name,
/// organization and scopes do not change: add another client instead. `If-Match` is required; `*` stops a client
/// whatever its version. A repetition changes nothing.
#[utoipa::path(params(ClientId, IfMatch), responses((status = 200, body = ClientRecord)))]
#[patch("/{id}")]
pub async fn update_client(
    caller: Permit<Admin>,
    id: Path<ClientId>,
    etag: IfMatch,
    patch: Json<ClientPatch>,
    store: Data<Store>,
    tokens: Data<TokenService>,
) -> Result<Tagged<ClientRecord>, Problem> {
    let id = *id;
    let client = store.write(async move |db| super::update(db, &caller, id, &etag, patch.into_inner()).await).await?;
    tokens.forget_client(id);
    client.record().map(Tagged)
}

/// Give a client a new secret
///
/// For the regular change of a secret, and at once when one may have been seen. The new secret is in this answer and in
/// no other; the one before stops working at once, so be ready to put the new one in place. Repeat the request when the
/// answer was lost: every call makes another secret. The caller must hold every scope of the client (hệ thống kết nối).
/// One with keys of its own has no secret (422 `client-has-keys`): give it new keys with `PATCH /v1/clients/{id}`.
#[utoipa::path(
    params(ClientId),
    responses((status = 201, description = "The new secret, which is not shown again.", body = ClientCredentials)),
)]
#[post("/{id}/secrets")]
pub async fn create_client_secret(
    caller: Permit<Admin>,
    id: Path<ClientId>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    let id = *id;
    let rotate = store.write(async move |db| {
        let (client, secret) = super::rotate(db, &caller, id).await?;
        Ok::<_, Problem>(ClientCredentials { client: client.record()?, secret: Some(secret) })
    });
    JsonResponse::created(place(id), &rotate.await?)
}

fn place(id: ClientId) -> String {
    format!("/v1/clients/{id}")
}
