//! HTTP for the tree.

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{Organization, OrganizationCreate, OrganizationFilter, OrganizationPage, OrganizationPatch};
use crate::{
    auth::{OrganizationsRead, OrganizationsWrite, Permit},
    changes::{self, HistoryEntry, HistoryPage, Subject},
    db::{Store, types::OrgCode},
    http::{Answer, IfMatch, Json, List, Listed, PageParams, RetryKey, Tagged},
    problem::Problem,
};

/// List organizations
///
/// The part of the tree that the client may see, parents before children.
#[utoipa::path(tag = "Reference", params(OrganizationFilter, PageParams), security(("oauth2" = ["organizations:read"])),
    responses((status = 200, body = OrganizationPage)))]
#[get("/organizations")]
pub async fn list_organizations(
    caller: Permit<OrganizationsRead>,
    list: List<OrganizationFilter>,
    store: Data<Store>,
) -> Result<Listed<Organization>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add an organization
#[utoipa::path(tag = "Reference", params(RetryKey), security(("oauth2" = ["organizations:write"])),
    responses((status = 201, body = Organization)))]
#[post("/organizations")]
pub async fn create_organization(
    caller: Permit<OrganizationsWrite>,
    retry: RetryKey,
    body: Json<OrganizationCreate>,
    store: Data<Store>,
) -> Result<Answer, Problem> {
    crate::http::post(&store, &caller, retry, body, async |db, caller, new| {
        let organization = super::create(db, caller, new).await?;
        Answer::created(format!("/v1/organizations/{}", organization.code), &organization)
    })
    .await
}

/// Get an organization
#[utoipa::path(tag = "Reference", params(OrgCode), security(("oauth2" = ["organizations:read"])),
    responses((status = 200, body = Organization)))]
#[get("/organizations/{code}")]
pub async fn get_organization(
    caller: Permit<OrganizationsRead>,
    code: Path<OrgCode>,
    store: Data<Store>,
) -> Result<Tagged<Organization>, Problem> {
    store.read(async |db| super::get(db, &caller, &code).await).await.map(Tagged)
}

/// Change an organization
#[utoipa::path(tag = "Reference", params(OrgCode, IfMatch), security(("oauth2" = ["organizations:write"])),
    responses((status = 200, body = Organization)))]
#[patch("/organizations/{code}")]
pub async fn update_organization(
    caller: Permit<OrganizationsWrite>,
    code: Path<OrgCode>,
    etag: IfMatch,
    patch: Json<OrganizationPatch>,
    store: Data<Store>,
) -> Result<Tagged<Organization>, Problem> {
    let caller = caller.caller();
    store.write(async move |db| super::update(db, &caller, &code, &etag, patch.into_inner()).await).await.map(Tagged)
}

/// List the versions of an organization
#[utoipa::path(tag = "Reference", params(OrgCode, PageParams), security(("oauth2" = ["organizations:read"])),
    responses((status = 200, body = HistoryPage)))]
#[get("/organizations/{code}/history")]
pub async fn list_organization_history(
    caller: Permit<OrganizationsRead>,
    code: Path<OrgCode>,
    list: List<crate::http::NoFilter>,
    store: Data<Store>,
) -> Result<Listed<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, &code).await?;
            changes::history(db, Subject::Organization, &*code, &list.page).await
        })
        .await
}
