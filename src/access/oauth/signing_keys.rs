//! The keys that sign access tokens (ES256), shared by all instances through the database; the next is published ahead.

use std::sync::RwLock;

use chrono::TimeDelta;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation,
    jwk::{Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use p256::pkcs8::{EncodePrivateKey, LineEnding, SecretDocument};
use serde::{Serialize, de::DeserializeOwned};

use super::store;
use crate::base::{
    clock::{new_id, random_bytes},
    db::{Db, Store, types::Instant},
    problem::Problem,
};

/// How long a key signs before the next takes over.
const TURN_DAYS: i64 = 90;

struct Key {
    kid: String,
    not_before: Instant,
    signing: EncodingKey,
    verifying: DecodingKey,
    public: Jwk,
}

/// All keys known to this instance, oldest first.
#[derive(Default)]
pub struct Keys(RwLock<Vec<Key>>);

impl Keys {
    /// Reads the keys again: another instance may have made one.
    ///
    /// # Errors
    /// When the database cannot be reached or holds a key that cannot be read.
    pub async fn reload(&self, store: &Store) -> Result<(), Problem> {
        let rows = store.read(async |db| Ok::<_, Problem>(store::keys(db).await?)).await?;
        self.keep(rows)
    }

    fn keep(&self, rows: Vec<store::KeyRow>) -> Result<(), Problem> {
        let keys = rows.into_iter().map(Key::read).collect::<Result<Vec<_>, _>>()?;
        *self.0.write().map_err(Problem::internal)? = keys;
        Ok(())
    }

    /// Signs claims as an access token (`typ: at+jwt`, RFC 9068) with the key in turn.
    ///
    /// # Errors
    /// When there is no key yet.
    pub fn sign<T: Serialize>(&self, claims: &T, now: Instant) -> Result<String, Problem> {
        let keys = self.0.read().map_err(Problem::internal)?;
        let key = keys.iter().rfind(|key| key.not_before <= now).ok_or_else(|| Problem::internal("no signing key"))?;
        let header =
            Header { typ: Some("at+jwt".to_owned()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::ES256) };
        jsonwebtoken::encode(&header, claims, &key.signing).map_err(Problem::internal)
    }

    /// Whether a token could be signed.
    #[must_use]
    pub fn has_turn(&self, now: Instant) -> bool {
        self.0.read().is_ok_and(|keys| keys.iter().any(|key| key.not_before <= now))
    }

    /// Checks a signature with the key of that id; `None` when this instance does not know it.
    pub fn verify<T: DeserializeOwned + Clone>(
        &self,
        kid: &str,
        token: &str,
        rules: &Validation,
    ) -> Option<Result<TokenData<T>, jsonwebtoken::errors::Error>> {
        let keys = self.0.read().ok()?;
        let key = keys.iter().find(|key| key.kid == kid)?;
        Some(jsonwebtoken::decode(token, &key.verifying, rules))
    }

    /// The public keys (RFC 7517).
    #[must_use]
    pub fn public(&self) -> JwkSet {
        JwkSet {
            keys: self.0.read().map(|keys| keys.iter().map(|key| key.public.clone()).collect()).unwrap_or_default(),
        }
    }
}

impl Key {
    fn read(row: store::KeyRow) -> Result<Self, Problem> {
        let (_, private_key) = SecretDocument::from_pem(&row.private_key).map_err(Problem::internal)?;
        let signing = EncodingKey::from_ec_der(private_key.as_bytes());
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::ES256).map_err(Problem::internal)?;
        public.common.key_id = Some(row.kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        public.common.key_algorithm = Some(KeyAlgorithm::ES256);
        let verifying = DecodingKey::from_jwk(&public).map_err(Problem::internal)?;
        Ok(Self { kid: row.kid, not_before: row.not_before, signing, verifying, public })
    }
}

/// Makes sure that there is a key for now and one for later. Who knows the keys already has to read them again.
///
/// # Errors
/// When the database cannot be reached.
pub async fn rotate(db: &mut Db, now: Instant) -> Result<(), Problem> {
    let rows = store::lock_keys(db).await?;
    let mut wanted = Vec::new();
    if !rows.iter().any(|row| row.not_before <= now) {
        wanted.push(now);
    }
    if !rows.iter().any(|row| row.not_before > now) {
        wanted.push(Instant::from(now.utc() + TimeDelta::days(TURN_DAYS)));
    }
    for not_before in wanted {
        let key = store::KeyRow { kid: new_id().to_string(), private_key: new_key()?, not_before };
        store::insert_key(db, key).await?;
    }
    Ok(())
}

fn new_key() -> Result<String, Problem> {
    loop {
        // Not every 32 bytes are a scalar of the curve; nearly all are.
        let bytes = random_bytes::<32>().map_err(Problem::internal)?;
        if let Ok(key) = p256::SecretKey::from_slice(&bytes) {
            return key.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()).map_err(Problem::internal);
        }
    }
}
