//! HTTP for the tree.

use actix_web::{
    get, patch, post,
    web::{Data, Path},
};

use super::model::{Organization, OrganizationCreate, OrganizationFilter, OrganizationPage, OrganizationPatch};
use crate::base::{
    auth::{OrganizationsRead, OrganizationsWrite, Permit},
    db::{Store, types::OrgCode},
    http::{IdempotencyKey, IfMatch, Json, JsonResponse, List, PageParams, Tagged},
    log::{self, HistoryEntry, HistoryPage, Subject},
    page::Page,
    problem::Problem,
};

/// List organizations
///
/// The organizations (cơ quan, đơn vị) of the client's part of the tree, parents before children. Call it to map the
/// units of your own system to the codes that tasks, figures and reports use here. `under` narrows it to one
/// organization and all below it; what lies outside the client's part is not shown.
#[utoipa::path(params(OrganizationFilter, PageParams), responses((status = 200, body = OrganizationPage)))]
#[get("")]
pub async fn list_organizations(
    caller: Permit<OrganizationsRead>,
    list: List<OrganizationFilter>,
    store: Data<Store>,
) -> Result<Page<Organization>, Problem> {
    store.read(async |db| super::list(db, &caller, &list.filter, &list.page).await).await
}

/// Add an organization
///
/// Adds a unit (cơ quan, đơn vị) to the administrative tree, below an organization that the client sees. Its `code` is
/// for ever: everything that is pushed refers to it, so choose it with care. For a unit that is there already use
/// `PATCH /v1/organizations/{code}`; a code that is taken is 409. Only the operator adds a root, when the service is
/// set up.
#[utoipa::path(params(IdempotencyKey), responses((status = 201, body = Organization)))]
#[post("")]
pub async fn create_organization(
    caller: Permit<OrganizationsWrite>,
    retry: IdempotencyKey,
    body: Json<OrganizationCreate>,
    store: Data<Store>,
) -> Result<JsonResponse, Problem> {
    crate::base::http::post(&store, caller, retry, body, async |db, caller, new| {
        let organization = super::create(db, caller, new).await?;
        JsonResponse::created(format!("/v1/organizations/{}", organization.code), &organization)
    })
    .await
}

/// Get an organization
///
/// One organization (cơ quan, đơn vị) with its place in the tree and its official codes. Read it before a change, for
/// its `ETag`; to read many use the list. One outside the client's part of the tree is 404, like one that does not
/// exist.
#[utoipa::path(params(OrgCode), responses((status = 200, body = Organization)))]
#[get("/{code}")]
pub async fn get_organization(
    caller: Permit<OrganizationsRead>,
    code: Path<OrgCode>,
    store: Data<Store>,
) -> Result<Tagged<Organization>, Problem> {
    store.read(async |db| super::get(db, &caller, &code).await).await.map(Tagged)
}

/// Change an organization
///
/// For a new name, kind, official code, end of existence, or place in the tree. Only the fields sent change, and
/// `If-Match` is required, so that nobody's change is overwritten unseen. A new `parent` moves the organization (cơ
/// quan, đơn vị) with everything below it, and with that decides which clients see it. Organizations are never deleted,
/// since what they reported stays: close one with `valid_to`. A patch that changes nothing makes no new version.
#[utoipa::path(params(OrgCode, IfMatch), responses((status = 200, body = Organization)))]
#[patch("/{code}")]
pub async fn update_organization(
    caller: Permit<OrganizationsWrite>,
    code: Path<OrgCode>,
    etag: IfMatch,
    patch: Json<OrganizationPatch>,
    store: Data<Store>,
) -> Result<Tagged<Organization>, Problem> {
    store
        .write(async move |db| super::update(db, &caller, &code, Some(&etag), patch.into_inner()).await)
        .await
        .map(|(organization, _)| Tagged(organization))
}

/// List the versions of an organization
///
/// Every version of an organization (cơ quan, đơn vị) that was ever accepted, oldest first: what it said, since when,
/// and which client and request made it. Call it to find out who changed a name or a place in the tree. That an
/// organization moved because one above it moved is recorded there, not here.
#[utoipa::path(params(OrgCode, PageParams), responses((status = 200, body = HistoryPage)))]
#[get("/{code}/history")]
pub async fn list_organization_history(
    caller: Permit<OrganizationsRead>,
    code: Path<OrgCode>,
    list: List<crate::base::http::NoFilter>,
    store: Data<Store>,
) -> Result<Page<HistoryEntry>, Problem> {
    store
        .read(async |db| {
            super::get(db, &caller, &code).await?;
            log::history(db, Subject::Organization, &*code, &list.page).await
        })
        .await
}
