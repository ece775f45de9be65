//! Authentication middleware: who calls is settled before anything else of the request is read, so that a caller without the right
//! to an operation learns nothing of it, not even what is wrong with its body.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use futures_util::future::LocalBoxFuture;

use super::{Caller, Identity, Quotas, quota::Quota};
use crate::base::{
    clock::Clock,
    i18n::Bilingual,
    problem::{Problem, kinds},
    served::served,
};

/// Proves who a bearer token stands for; the token service does.
pub trait Authenticator {
    /// The client behind the token.
    ///
    /// # Errors
    /// `token-invalid`.
    fn authenticate<'a>(&'a self, token: &'a [u8]) -> LocalBoxFuture<'a, Result<Arc<Identity>, Problem>>;
}

/// Who calls, as the middleware found out: what the operation's permit takes.
pub(super) struct AuthOutcome(pub Result<Caller, Problem>);

/// What begins so needs no token, and none is looked at: it is answered whatever the database does that would have to
/// verify one.
const PUBLIC: [&str; 7] = ["/health/", "/metrics", "/oauth2/", "/.well-known/", "/docs", "/openapi", "/v1/problems"];

/// The layer that finds out who calls and, in the answer, tells the caller what is left of its quota.
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if PUBLIC.iter().any(|start| request.path().starts_with(start)) {
        return next.call(request).await;
    }
    let (caller, quota) = match caller_of(request.request()).await {
        Ok((caller, Some(quota))) => (quota.check().map(|()| caller), Some(quota)),
        Ok((caller, None)) => (Ok(caller), None),
        Err(problem) => (Err(problem), None),
    };
    request.extensions_mut().insert(AuthOutcome(caller));
    let mut response = next.call(request).await?;
    if let Some(quota) = quota {
        quota.tell(response.headers_mut());
    }
    Ok(response)
}

async fn caller_of(request: &HttpRequest) -> Result<(Caller, Option<Quota>), Problem> {
    let missing_layer = || Problem::internal("authentication middleware is not configured");
    let authenticator = request.app_data::<Data<dyn Authenticator>>().ok_or_else(missing_layer)?;
    let clock = request.app_data::<Data<Clock>>().ok_or_else(missing_layer)?;
    let quotas = request.app_data::<Data<Quotas>>().ok_or_else(missing_layer)?;
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    let token = bearer(header.as_bytes()).ok_or_else(missing)?;
    let identity = authenticator.authenticate(token).await?;
    let now = clock.now();
    let quota = identity.client.and_then(|client| quotas.spend(client, now));
    let request = served();
    if let (Some(request), Some(client)) = (&request, identity.client) {
        request.set_client(client.0);
    }
    let id = request.map_or_else(Arc::default, |request| Arc::clone(request.id()));
    Ok((Caller::new(identity, id, now, (***clock).clone()), quota))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("Bearer".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer") && token.first() == Some(&b' ')).then(|| token.trim_ascii())
}

fn missing() -> Problem {
    Problem::new(
        &kinds::TOKEN_MISSING,
        Bilingual::new(
            "Gửi Authorization: Bearer <token>; lấy token ở POST /oauth2/token.",
            "Send Authorization: Bearer <token>; get a token from POST /oauth2/token.",
        ),
    )
}
