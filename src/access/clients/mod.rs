//! Clients (hệ thống kết nối): machine callers, bound to an organization. No default account exists.

pub mod api;
pub mod model;
pub mod problems;
pub mod store;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{Client, ClientFilter, ClientPatch, ClientRecord, ClientStatus, NewClient};

use crate::{
    access::oauth::hash_secret,
    base::{
        auth::{Caller, Scopes},
        clock::{new_id, random_bytes},
        db::{
            Db, QueryError,
            types::{ClientId, Instant, OrgCode, SourceCode},
        },
        i18n::{Bilingual, bilingual},
        log::{Author, Subject},
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem, codes, kinds},
        resource::{self, Precondition, Recorded, Resource},
    },
    reference::organizations,
};

/// One page of the clients that are bound to the caller's part of the tree.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &ClientFilter,
    page: &PageRequest,
) -> Result<Page<ClientRecord>, Problem> {
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let rows = store::list_within(db, &under, filter, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter).await?) } else { None };
    let records = rows.into_iter().map(Client::record).collect::<Result<_, _>>()?;
    Ok(page.cut(records, total, |client: &ClientRecord| client.id.to_string()))
}

/// One client.
///
/// # Errors
/// 404 when it is not bound to the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, id: ClientId) -> Result<ClientRecord, Problem> {
    store::find(db, caller.subtree(), id).await?.or_404("client")?.record()
}

/// Adds a client; the secret is answered this once and kept only as a hash. A client with keys of its own gets none.
///
/// # Errors
/// 422 when the organization, the scopes or the keys are not valid; 409 when the source belongs to another client.
pub async fn create(db: &mut Db, caller: &Caller, new: NewClient) -> Result<(Client, Option<String>), Problem> {
    let scopes =
        Scopes::of_profile(&new.scopes).map_err(|rule| Problem::field("scopes", codes::INVALID_VALUE, rule))?;
    let secret = if new.jwks.is_none() { Some(new_secret()?) } else { None };
    let first = Client {
        id: ClientId(new_id()),
        name: new.name,
        organization: new.organization,
        source: new.source,
        scopes: scopes.to_string(),
        secret_hash: secret.as_deref().map(hash_secret),
        jwks: new.jwks,
        status: ClientStatus::Active,
        version: 1,
        created_at: caller.now(),
        updated_at: caller.now(),
    };
    let client = resource::create(db, caller, first, async |db, first| {
        organizations::require(db, caller, "organization", std::slice::from_ref(&first.organization)).await?;
        check_scopes(caller, &scopes)?;
        first.jwks.as_deref().map_or(Ok(()), check_jwks)?;
        match &first.source {
            Some(source) => check_source(db, source).await,
            None => Ok(()),
        }
    });
    Ok((client.await?, secret))
}

/// Lets a client call, stops it, or gives it other keys, which end what it proved itself with before; the token service
/// must be told to forget it.
///
/// # Errors
/// 404 when it is not in the caller's part of the tree, 412 when the version is stale; to let it call again and for other
/// keys 403 when it may do more than the caller, and 422 when they are not public keys.
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    id: ClientId,
    precondition: &Precondition,
    patch: ClientPatch,
) -> Result<Client, Problem> {
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, Some(precondition))?;
    let mut next = current.clone();
    next.status = patch.status.unwrap_or(next.status);
    if let Some(jwks) = patch.jwks {
        (next.jwks, next.secret_hash) = (Some(serde_json::Value::Object(jwks).to_string()), None);
    }
    let rules = async |_: &mut Db, next: &mut Client| {
        let has_other_keys = next.jwks != current.jwks;
        // Stopping a client is always allowed; what lets it in, or lets somebody act as it, is not.
        if has_other_keys || next.status == ClientStatus::Active {
            check_reach(caller, &current)?;
        }
        next.jwks.as_deref().filter(|_| has_other_keys).map_or(Ok(()), check_jwks)
    };
    resource::commit(db, caller, &current, next, None, rules).await.map(|(client, _)| client)
}

/// Gives a client a new secret; the old one stops working at once.
///
/// # Errors
/// 404 when it is not in the caller's part of the tree, 403 when it may do more than the caller, 422 when it has keys.
pub async fn rotate(db: &mut Db, caller: &Caller, id: ClientId) -> Result<(Client, String), Problem> {
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, None)?;
    let secret = new_secret()?;
    let next = Client { secret_hash: Some(hash_secret(&secret)), ..current.clone() };
    let detail = serde_json::json!({ "secret": "rotated" }).to_string();
    let rules = async |_: &mut Db, next: &mut Client| {
        check_reach(caller, next)?;
        if next.jwks.is_some() { Err(has_keys()) } else { Ok(()) }
    };
    let (client, _) = resource::commit(db, caller, &current, next, Some(detail), rules).await?;
    Ok((client, secret))
}

fn has_keys() -> Problem {
    Problem::new(
        &problems::CLIENT_HAS_KEYS,
        Bilingual::new(
            "Hệ thống này dùng khóa riêng, không có secret; để thay khóa, gửi jwks mới bằng PATCH.",
            "This client uses keys of its own and has no secret; to change its keys, PATCH it with a new jwks.",
        ),
    )
}

/// Gives the clients that were there before they had versions their first entry.
///
/// # Errors
/// What the database says.
pub async fn ensure_entries(db: &mut Db, author: &Author) -> Result<usize, Problem> {
    let clients = store::list(db).await?;
    resource::ensure_entries(db, author, clients).await
}

impl Recorded for Client {
    const SUBJECT: Subject = Subject::Client;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(&self.clone().record()?)
    }
}

impl Resource for Client {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.organization)
    }

    fn place(&self) -> String {
        format!("/v1/clients/{}", self.id)
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
        store::replace(db, self).await.map(drop)
    }
}

/// Whoever sets what a client proves itself with may act as the client, and whoever lets it call again gives it all that it
/// has: either must hold all that the client does.
fn check_reach(caller: &Caller, client: &Client) -> Result<(), Problem> {
    let missing = client.granted()?.missing_in(caller.scopes());
    if missing.is_empty() {
        return Ok(());
    }
    let rule = bilingual!(
        "Hệ thống đó có quyền mà hệ thống gọi không có: {missing}.",
        "That client may do what the caller may not: {missing}."
    );
    Err(Problem::new(&kinds::SCOPE_MISSING, rule))
}

/// A source system's records have one owner.
async fn check_source(db: &mut Db, source: &SourceCode) -> Result<(), Problem> {
    let Some(Client { id, name, .. }) = store::find_owner(db, source).await? else { return Ok(()) };
    let rule = bilingual!(
        "Hệ thống nguồn {source} đã thuộc về hệ thống kết nối {name} ({id}); hãy thay secret hoặc khóa của hệ thống đó thay vì thêm một hệ thống mới.",
        "The source {source} belongs to the client {name} ({id}) already; give that client another secret or other keys instead of adding one."
    );
    Err(Problem::new(&kinds::ALREADY_EXISTS, rule))
}

/// Nobody grants more than they have; a client that may do nothing is a mistake.
fn check_scopes(caller: &Caller, scopes: &Scopes) -> Result<(), Problem> {
    if scopes.is_empty() {
        return Err(Problem::field(
            "scopes",
            codes::REQUIRED,
            Bilingual::new("phải có ít nhất một quyền", "must name at least one scope"),
        ));
    }
    let missing = scopes.missing_in(caller.scopes());
    if missing.is_empty() {
        return Ok(());
    }
    let rule =
        bilingual!("hệ thống gọi không có quyền {missing} để cấp", "the caller does not have {missing} to grant");
    Err(Problem::field("scopes", problems::SCOPE_NOT_HELD, rule))
}

/// 256 random bits, with a prefix that secret scanners can be taught.
fn new_secret() -> Result<String, Problem> {
    let bytes = random_bytes::<32>().map_err(Problem::internal)?;
    Ok(format!("tds_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}

/// The most keys of one client, and bytes of them.
const MAX_KEYS: usize = 10;
const MAX_JWKS: usize = 32 * 1024;

/// Public keys only: a private half or a shared secret would be kept for everybody who reads the table.
fn check_jwks(text: &str) -> Result<(), Problem> {
    let refused =
        |vi: &'static str, en: &'static str| Err(Problem::field("jwks", codes::INVALID_VALUE, Bilingual::new(vi, en)));
    let keys = serde_json::from_str::<jsonwebtoken::jwk::JwkSet>(text).map(|set| set.keys).unwrap_or_default();
    if keys.is_empty() {
        return refused("không phải JWKS có ít nhất một khóa", "is not a JWK set with at least one key");
    }
    // Each is tried for an assertion that names none.
    if keys.len() > MAX_KEYS || text.len() > MAX_JWKS {
        return refused("nhiều nhất 10 khóa, 32 KiB", "at most 10 keys, in 32 KiB");
    }
    let raw: serde_json::Value = serde_json::from_str(text).map_err(Problem::internal)?;
    let members = raw.get("keys").and_then(serde_json::Value::as_array).into_iter().flatten();
    if members.into_iter().any(|key| key.get("d").is_some() || key.get("k").is_some()) {
        return refused(
            "chỉ gửi khóa công khai; khóa bí mật vừa gửi phải coi là đã lộ",
            "send public keys only; take the private key that was sent for disclosed",
        );
    }
    Ok(())
}
