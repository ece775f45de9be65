//! Issues and verifies access tokens; remembers what it has verified, so that a signature is checked once.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use futures_util::future::LocalBoxFuture;

use super::{
    Keys,
    credentials::{Credentials, identify},
    guesses::{Counts, Guesses},
    model::{Refusal, TokenAnswer},
    rotate, store,
    verifying::Verifying,
};
use crate::base::{
    auth::{Authenticator, Identity, Scopes},
    clock::{Clock, new_id},
    db::{
        Db, Store,
        types::{ClientId, Instant},
    },
    i18n::Bilingual,
    problem::{Problem, kinds},
    subtree::Subtree,
};

/// How long another instance may go on accepting a token that was taken back here.
const RECHECK: TimeDelta = TimeDelta::seconds(5);
/// How many verified tokens are remembered; beyond that, those go that were not used again.
const REMEMBERED: usize = 10_000;

/// Claims of an access token (RFC 9068, 2.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: String,
    pub client_id: String,
    pub iat: i64,
    pub exp: i64,
    pub jti: String,
    pub scope: String,
}

struct Verified {
    claims: Claims,
    identity: Arc<Identity>,
    checked_at: Instant,
}

/// The authority over tokens of one service.
pub struct TokenService {
    store: Store,
    clock: Clock,
    keys: Keys,
    issuer: String,
    token_life: Duration,
    verified: Cache<[u8; 32], Arc<Verified>>,
    guesses: Guesses,
    verifying: Verifying,
}

impl TokenService {
    /// An authority whose keys are read or made.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn open(store: Store, clock: Clock, issuer: &str, token_life: Duration) -> Result<Self, Problem> {
        let (keys, now) = (Keys::default(), clock.now());
        // The first start finds none. Instances that start together wait for each other.
        store.write(async move |db| rotate(db, now).await).await?;
        keys.reload(&store).await?;
        Ok(Self {
            store,
            clock,
            keys,
            issuer: issuer.to_owned(),
            token_life,
            verified: Cache::new(REMEMBERED),
            guesses: Guesses::default(),
            verifying: Verifying::default(),
        })
    }

    /// Tells the time.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where tokens come from: `iss` and `aud`.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The signing keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// How often wrong credentials came.
    #[must_use]
    pub fn wrong_credentials(&self) -> Counts {
        self.guesses.counts()
    }

    pub(super) fn guesses(&self) -> &Guesses {
        &self.guesses
    }

    pub(super) fn verifying(&self) -> &Verifying {
        &self.verifying
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// A new access token, and its life in seconds.
    pub(super) fn issue(&self, client: ClientId, scopes: &Scopes) -> Result<(String, i64), Problem> {
        let now = self.clock.now();
        let life = i64::try_from(self.token_life.as_secs()).map_err(Problem::internal)?;
        let iat = now.utc().timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: client.to_string(),
            client_id: client.to_string(),
            iat,
            exp: iat + life,
            jti: new_id().to_string(),
            scope: scopes.to_string(),
        };
        Ok((self.keys.sign(&claims, now)?, life))
    }

    /// Who a token stands for.
    pub(super) async fn verify(&self, token: &[u8]) -> Result<Arc<Identity>, Problem> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let now = self.clock.now();
        let claims = match self.verified.get(&digest) {
            Some(known) if known.claims.exp <= now.utc().timestamp() => return Err(invalid()),
            Some(known) if now.utc() - known.checked_at.utc() < RECHECK => return Ok(Arc::clone(&known.identity)),
            Some(known) => known.claims.clone(),
            None => self.claims(std::str::from_utf8(token).map_err(|_| invalid())?).await?,
        };
        if claims.exp <= now.utc().timestamp() {
            return Err(invalid());
        }
        let identity = Arc::new(self.identify(&claims).await?);
        self.verified.insert(digest, Arc::new(Verified { claims, identity: Arc::clone(&identity), checked_at: now }));
        Ok(identity)
    }

    /// The claims of a token that this service signed for itself, whether or not they still hold.
    pub(super) async fn claims(&self, token: &str) -> Result<Claims, Problem> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let is_access = header
            .typ
            .as_deref()
            .is_some_and(|typ| typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt"));
        let kid = header.kid.filter(|_| is_access && header.alg == Algorithm::ES256).ok_or_else(invalid)?;
        // The algorithm is ours, never the token's; time is checked by our own clock.
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        rules.validate_exp = false;
        if let Some(outcome) = self.keys.verify::<Claims>(&kid, token, &rules) {
            return outcome.map(|token| token.claims).map_err(|_| invalid());
        }
        self.keys.reload(&self.store).await?;
        let outcome = self.keys.verify::<Claims>(&kid, token, &rules).ok_or_else(invalid)?;
        outcome.map(|token| token.claims).map_err(|_| invalid())
    }

    async fn identify(&self, claims: &Claims) -> Result<Identity, Problem> {
        let client: ClientId = claims.client_id.parse().map_err(|_| invalid())?;
        let jti = &claims.jti;
        let row = self
            .store
            .read(async |db| {
                if store::is_revoked(db, jti).await? {
                    Ok(None)
                } else {
                    Ok::<_, Problem>(store::find_client(db, client).await?)
                }
            })
            .await?
            .filter(|row| row.status == "active")
            .ok_or_else(invalid)?;
        let granted: Scopes = row.scopes.parse().map_err(|_| Problem::internal("a client's scopes cannot be read"))?;
        let asked: Scopes = claims.scope.parse().map_err(|_| invalid())?;
        Ok(Identity {
            client: Some(row.id),
            name: row.name,
            organization: row.organization,
            subtree: Subtree::at(row.path),
            source: row.source,
            scopes: asked.intersection(&granted),
        })
    }

    /// Forgets what was verified of one client, so that a change of its rights counts from its next request.
    pub fn forget_client(&self, client: ClientId) {
        self.verified.retain(|_, known| known.identity.client != Some(client));
    }

    /// Forgets all verified tokens, so that the next use of each is checked in the database.
    pub(super) fn forget(&self) {
        self.verified.clear();
    }
}

impl Authenticator for TokenService {
    fn authenticate<'a>(&'a self, token: &'a [u8]) -> LocalBoxFuture<'a, Result<Arc<Identity>, Problem>> {
        Box::pin(self.verify(token))
    }
}

/// Gives a client that proves itself a token with the scopes that it asks for and has.
pub(super) async fn issue(
    tokens: &TokenService,
    credentials: Credentials,
    grant_type: &str,
    scope: Option<&str>,
) -> Result<Result<TokenAnswer, Refusal>, Problem> {
    if grant_type != "client_credentials" {
        return Ok(Err(Refusal::bad_request("unsupported_grant_type", "only client_credentials is offered")));
    }
    let client = match identify(tokens, credentials).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let granted: Scopes = client.scopes.parse().map_err(|_| Problem::internal("a client's scopes cannot be read"))?;
    let scopes = match scope.map(str::parse::<Scopes>) {
        None => granted,
        // RFC 6749, 3.3: less than was asked for may be granted; `scope` in the answer says what.
        Some(Ok(wanted)) if !wanted.intersection(&granted).is_empty() => wanted.intersection(&granted),
        Some(_) => {
            let rule = "the client has none of these scopes, or one is unknown";
            return Ok(Err(Refusal::bad_request("invalid_scope", rule)));
        }
    };
    let (access_token, expires_in) = tokens.issue(client.id, &scopes)?;
    Ok(Ok(TokenAnswer { access_token, token_type: "Bearer", expires_in, scope: scopes.to_string() }))
}

/// Takes a token back, when it is the client's own (RFC 7009, 2.1).
pub(super) async fn revoke(
    tokens: &TokenService,
    credentials: Credentials,
    token: &str,
) -> Result<Result<(), Refusal>, Problem> {
    let client = match identify(tokens, credentials).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Ok(claims) = tokens.claims(token).await
        && claims.client_id == client.id.to_string()
        && let Some(expires_at) = chrono::DateTime::from_timestamp(claims.exp, 0)
    {
        let revoke =
            async move |db: &mut Db| Ok::<_, Problem>(store::revoke(db, claims.jti, Instant::from(expires_at)).await?);
        tokens.store.write(revoke).await?;
        tokens.forget();
    }
    Ok(Ok(()))
}

fn invalid() -> Problem {
    Problem::new(
        &kinds::TOKEN_INVALID,
        Bilingual::new(
            "Token không hợp lệ, đã hết hạn hoặc bị thu hồi; lấy token mới ở POST /oauth2/token.",
            "The token is not valid, has expired or was revoked; get a new one from POST /oauth2/token.",
        ),
    )
}
