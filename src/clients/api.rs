//! HTTP for clients.

use std::sync::{Arc, OnceLock};

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{ClientCreate, ClientCredentials, ClientFilter, ClientPage, ClientPatch, ClientRecord};
use crate::{
    auth::{Admin, Authority, Permit},
    db::{Store, types::ClientId},
    http::{Answer, Json, List, Listed, PageParams, RetryKey},
    problem::Problem,
};

/// List clients
///
/// The systems that may call for the caller's part of the tree.
#[utoipa::path(tag = "Reference", params(ClientFilter, PageParams), security(("oauth2" = ["admin"])),
    responses((status = 200, body = ClientPage)))]
#[get("/clients")]
pub async fn list_clients(
    caller: Permit<Admin>,
    list: List<ClientFilter>,
    store: Data<Store>,
) -> Result<Listed<ClientRecord>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add a client
///
/// Its secret is in this answer and in no other; a client with a JWK set gets none.
#[utoipa::path(tag = "Reference", params(RetryKey), security(("oauth2" = ["admin"])),
    responses((status = 201, body = ClientCredentials)))]
#[post("/clients")]
pub async fn create_client(
    caller: Permit<Admin>,
    retry: RetryKey,
    body: Json<ClientCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    // What is kept for a repetition holds no secret: the answer with it passes beside.
    let fresh = Arc::new(OnceLock::new());
    let told = Arc::clone(&fresh);
    let kept = crate::http::post(&store, &caller, retry, body, async move |db, caller, new| {
        let (client, secret) = super::create(db, caller, new.into()).await?;
        let client = client.record()?;
        let kept = Answer::placed(place(client.id), &ClientCredentials { client: client.clone(), secret: None })?;
        told.get_or_init(|| ClientCredentials { client, secret });
        Ok(kept)
    })
    .await?;
    fresh.get().map_or(Ok(kept), |fresh| Answer::placed(place(fresh.client.id), fresh))
}

/// Get a client
#[utoipa::path(tag = "Reference", params(ClientId), security(("oauth2" = ["admin"])),
    responses((status = 200, body = ClientRecord)))]
#[get("/clients/{id}")]
pub async fn get_client(caller: Permit<Admin>, id: Path<ClientId>, store: Data<Store>) -> Result<Answer, Problem> {
    Answer::of(200, &store.read(async |db| super::get(db, &caller, *id).await).await?)
}

/// Suspend a client, let it call again, or change its keys
///
/// A suspended client gets no token, and those it has stop working. New keys end the keys or the secret before; tokens
/// that they got live on until they expire.
#[utoipa::path(tag = "Reference", params(ClientId), security(("oauth2" = ["admin"])),
    responses((status = 200, body = ClientRecord)))]
#[patch("/clients/{id}")]
pub async fn update_client(
    caller: Permit<Admin>,
    id: Path<ClientId>,
    patch: Json<ClientPatch>,
    store: Data<Store>,
    authority: Data<Authority>,
) -> Result<Answer, Problem> {
    let (caller, id) = (caller.caller(), *id);
    let client = store.write(async move |db| super::update(db, &caller, id, patch.into_inner()).await).await?;
    authority.forget_client(id);
    Answer::of(200, &client.record()?)
}

/// Give a client a new secret
///
/// It is in this answer and in no other; the secret before stops working at once. Repeat the request when the answer was lost.
#[utoipa::path(tag = "Reference", params(ClientId), security(("oauth2" = ["admin"])),
    responses((status = 201, body = ClientCredentials)))]
#[post("/clients/{id}/secrets")]
pub async fn create_client_secret(
    caller: Permit<Admin>,
    id: Path<ClientId>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    let (caller, id) = (caller.caller(), *id);
    let rotate = store.write(async move |db| {
        let secret = Some(super::rotate(db, &caller, id).await?);
        Ok::<_, Problem>(ClientCredentials { client: super::get(db, &caller, id).await?, secret })
    });
    Answer::placed(place(id), &rotate.await?)
}

fn place(id: ClientId) -> String {
    format!("/v1/clients/{id}")
}
