//! Tokens made by hand: the good ones that a client signs, and every bad one that a service must refuse.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{Jwk, JwkSet},
};
use p256::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde_json::Value;

/// A key pair on P-256.
pub struct Key(EncodingKey, p256::SecretKey);

impl Key {
    /// The pair of a number: the same number, the same pair.
    pub fn number(number: u8) -> Self {
        Self::of(p256::SecretKey::from_slice(&[number; 32]).unwrap())
    }

    /// The pair of a private key as the service keeps it.
    pub fn from_pem(pem: &str) -> Self {
        use p256::pkcs8::DecodePrivateKey;
        Self::of(p256::SecretKey::from_pkcs8_pem(pem).unwrap())
    }

    fn of(secret: p256::SecretKey) -> Self {
        Self(EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes()), secret)
    }

    /// What a client registers: its public half.
    pub fn jwks(&self) -> String {
        serde_json::to_string(&JwkSet { keys: vec![Jwk::from_encoding_key(&self.0, Algorithm::ES256).unwrap()] })
            .unwrap()
    }

    /// A JWT with any header and claims, signed with the private half.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.0, Algorithm::ES256).unwrap();
        format!("{message}.{signature}")
    }

    /// A JWT whose HMAC key is the text of the public half: what a careless verifier takes for its own.
    pub fn hs256_with_public_text(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let text = self.1.public_key().to_public_key_pem(LineEnding::LF).unwrap();
        let key = EncodingKey::from_secret(text.as_bytes());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
        format!("{message}.{signature}")
    }
}

/// A JWT without a signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", message(header, claims))
}

/// Header and claims of a token, unverified.
pub fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

fn message(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
