//! Who am I: the first call of an integrator.

use actix_web::{
    get,
    web::{Data, Json},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::{
    auth::{AnyClient, Permit, ScopeName},
    db::types::{ClientId, Instant, OrgCode, SourceCode},
    http::BODY_LIMIT,
    settings::Settings,
};

/// The caller (hệ thống kết nối) as the service sees it.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The client's id.
    client: Option<ClientId>,
    /// The client's name.
    #[schema(example = "Nền tảng quản lý văn bản")]
    name: String,
    /// The organization that it is bound to: it sees this one and those below.
    organization: OrgCode,
    /// The source system whose records it owns.
    source: Option<SourceCode>,
    /// What its token allows.
    scopes: Vec<ScopeName>,
    /// What it may ask for.
    limits: Limits,
    /// The service's time.
    server_time: Instant,
    /// The newest position of the change feed; null until a feed is published.
    #[schema(minimum = 0)]
    newest_seq: Option<i64>,
}

/// What a client may ask for (giới hạn).
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// Requests in a minute; 0 is no limit.
    #[schema(example = 6000)]
    requests_per_minute: u32,
    /// Bytes of a body after decompression.
    #[schema(example = 10_485_760)]
    body_bytes: usize,
    /// Rows of one push of figures.
    #[schema(example = 5000)]
    rows: usize,
}

/// Who am I
///
/// The call to make first with a new token: it shows the client (hệ thống kết nối), the organization (cơ quan, đơn vị)
/// whose part of the tree it sees, its scopes (quyền) and its limits. Any valid token may call it, whatever its scopes.
/// A client that gets an unexpected 403 or 404 elsewhere finds the reason here; `server_time` shows whether its own
/// clock is right, which signed assertions depend on.
#[utoipa::path(responses((status = 200, description = "The client, its rights and its limits.", body = Me)))]
#[get("")]
pub async fn get_me(caller: Permit<AnyClient>, settings: Data<Settings>) -> Json<Me> {
    Json(Me {
        client: caller.client(),
        name: caller.name().to_owned(),
        organization: caller.organization().clone(),
        source: caller.source().cloned(),
        scopes: caller.scopes().iter().collect(),
        limits: Limits { requests_per_minute: settings.requests_per_minute, body_bytes: BODY_LIMIT, rows: 5000 },
        server_time: caller.now(),
        newest_seq: None,
    })
}
