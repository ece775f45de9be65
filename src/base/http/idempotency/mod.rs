//! `Idempotency-Key`: a repeated POST gets the first answer, written in the transaction of its effect.

mod store;

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{Json, JsonResponse, malformed::malformed_header};
use crate::base::{
    auth::{Caller, Permit},
    clock::Clock,
    db::{Db, Store, types::Instant},
    i18n::Bilingual,
    problem::{Problem, kinds},
};

/// How long an answer is kept.
const KEPT_DAYS: i64 = 7;

/// The caller's `Idempotency-Key`, if it sent one, and the operation it was sent to.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// A key of your own for this request (a UUID is best; 1 to 255 printable ASCII characters without spaces, bare or in
    /// double quotes), so that repeating it is harmless: for 7 days the same key with the same body gets the first answer
    /// again. With another body it is 422, and 409 while the first request still runs. Other clients' keys do not count.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 257,
        example = "8e03978e-40d5-43e8-bc93-6894a57f9324"
    )]
    key: Option<String>,
    #[param(ignore)]
    operation: String,
    /// Up to when answers count as old: a clock that jumps for a moment makes no effect happen twice.
    #[param(ignore)]
    settled: Option<Instant>,
}

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let operation = format!("{} {}", request.method(), request.uri());
        let header = request.headers().get("idempotency-key").map(|value| value.to_str().map(unquoted));
        ready(match header {
            None => Ok(Self { key: None, operation, settled: None }),
            Some(Ok(key)) if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                let settled = request.app_data::<Data<Clock>>().map(|clock| clock.settled());
                Ok(Self { key: Some(key), operation, settled })
            }
            Some(_) => Err(malformed_key()),
        })
    }
}

/// A structured-field string (RFC 8941) or, as most clients send it, the bare key.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value).to_owned()
}

fn malformed_key() -> Problem {
    malformed_header(
        "Idempotency-Key",
        Bilingual::new(
            "phải có 1 đến 255 ký tự ASCII in được, không có dấu cách",
            "must be 1 to 255 printable ASCII characters without spaces",
        ),
    )
}

/// Runs a POST in one transaction: the rule, its log entries and, when a key came, the answer kept for a repetition.
///
/// # Errors
/// What the rule says; `idempotency-key-reused` for another body; `idempotency-in-progress` while the first one runs.
pub async fn post<S, T, F>(
    store: &Store,
    caller: Permit<S>,
    retry: IdempotencyKey,
    body: Json<T>,
    rule: F,
) -> Result<JsonResponse, Problem>
where
    S: Send + 'static,
    T: Send + 'static,
    F: AsyncFnOnce(&mut Db, &Caller, T) -> Result<JsonResponse, Problem> + Send + 'static,
{
    let Json { value, digest, held } = body;
    store
        .write(async move |db| {
            let _held = held;
            let (Some(key), Some(client)) = (retry.key, caller.client()) else {
                return rule(db, &caller, value).await;
            };
            let fingerprint =
                BASE64_STANDARD.encode(Sha256::new().chain_update(retry.operation).chain_update(digest).finalize());
            if !store::lock(db, client, &key).await? {
                return Err(in_progress());
            }
            let kept = store::find(db, client, &key).await?;
            let oldest = oldest(retry.settled.unwrap_or_else(|| caller.now()));
            let is_expired = kept.as_ref().is_some_and(|kept| kept.created_at < oldest);
            if let Some(kept) = kept.filter(|_| !is_expired) {
                return if kept.fingerprint == fingerprint { Ok(kept.answer) } else { Err(reused()) };
            }
            let answer = rule(db, &caller, value).await?;
            if is_expired {
                store::delete(db, client, &key).await?;
            }
            store::insert(db, client, key, fingerprint, answer.clone(), caller.now()).await?;
            Ok(answer)
        })
        .await
}

/// Deletes about `rows` answers whose time is over, and says how many; a key of theirs is free already.
///
/// # Errors
/// When the database cannot do it now.
pub async fn delete_expired(db: &mut Db, now: Instant, rows: i64) -> Result<usize, Problem> {
    Ok(store::delete_before(db, oldest(now), rows).await?)
}

/// What was kept before this is expired.
fn oldest(now: Instant) -> Instant {
    Instant::from(now.utc() - TimeDelta::days(KEPT_DAYS))
}

fn in_progress() -> Problem {
    let mut problem = Problem::new(
        &kinds::IDEMPOTENCY_IN_PROGRESS,
        Bilingual::new(
            "Yêu cầu đầu tiên với Idempotency-Key này chưa xong; hãy gửi lại sau một giây.",
            "The first request with this Idempotency-Key has not ended; send it again in a second.",
        ),
    );
    problem.retry_after = Some(1);
    problem
}

fn reused() -> Problem {
    Problem::new(
        &kinds::IDEMPOTENCY_KEY_REUSED,
        Bilingual::new(
            "Idempotency-Key này đã dùng cho một yêu cầu khác; hãy dùng khóa mới.",
            "This Idempotency-Key was used for another request; use a new key.",
        ),
    )
}
