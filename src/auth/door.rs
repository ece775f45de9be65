//! The door: who calls is settled before anything else of the request is read, so that a caller without the right
//! to an operation learns nothing of it, not even what is wrong with its body.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};

use super::{Authority, Caller, quota::Quota};
use crate::{bilingual::Bilingual, problem::Problem};

/// Who stands at the door: what the operation's permit takes.
pub(super) struct Arrival(pub Result<Caller, Problem>);

/// The layer that finds out who calls and, in the answer, tells the caller what is left of its quota.
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn receive(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (caller, quota) = match authenticate(request.request()).await {
        Ok((caller, Some(quota))) => (quota.check().map(|()| caller), Some(quota)),
        Ok((caller, None)) => (Ok(caller), None),
        Err(problem) => (Err(problem), None),
    };
    request.extensions_mut().insert(Arrival(caller));
    let mut response = next.call(request).await?;
    if let Some(quota) = quota {
        quota.tell(response.headers_mut());
    }
    Ok(response)
}

async fn authenticate(request: &HttpRequest) -> Result<(Caller, Option<Quota>), Problem> {
    let authority = request.app_data::<Data<Authority>>().ok_or_else(|| Problem::internal("no authority"))?;
    let header = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    let token = bearer(header.as_bytes()).ok_or_else(missing)?;
    let identity = authority.verify(token).await?;
    let now = authority.clock().now();
    let quota = identity.client.and_then(|client| authority.quotas().spend(client, now));
    let request_id = crate::telemetry::served().unwrap_or_default();
    Ok((Caller::new(identity, request_id, now), quota))
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("Bearer".len())?;
    (scheme.eq_ignore_ascii_case(b"Bearer") && token.first() == Some(&b' ')).then(|| token.trim_ascii())
}

fn missing() -> Problem {
    Problem::new(
        "token-missing",
        Bilingual::new(
            "Gửi Authorization: Bearer <token>; lấy token ở POST /oauth2/token.",
            "Send Authorization: Bearer <token>; get a token from POST /oauth2/token.",
        ),
    )
}
