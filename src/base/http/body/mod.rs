//! Bodies: JSON and forms, read as they come and no further than they may, parsed strictly, refused with the place and
//! the rule.

mod bodies;
mod coding;
mod incoming;
mod inflate;
mod room;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

pub use bodies::Bodies;
use bodies::Held;
use incoming::Incoming;

use super::BODY_LIMIT;
use crate::base::{
    i18n::Bilingual,
    problem::{Problem, kinds},
    validation::{malformed, parse},
};

/// The largest form, which holds credentials and names, and never needs to be compressed.
const FORM_LIMIT: usize = 16 * 1024;

/// A JSON body (`application/json`), and what tells it from another.
pub struct Json<T> {
    /// The parsed body.
    pub value: T,
    /// SHA-256 of the bytes that came, after decompression.
    pub digest: [u8; 32],
    /// Its room among the bodies of the process, until whoever has the value is done with it.
    pub(super) held: Held,
}

impl<T> Json<T> {
    /// The parsed body alone; its room is given back.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The body read further; a large one not on the thread that serves.
    ///
    /// # Errors
    /// What `read` says; `unavailable` when too many large bodies are read at the moment.
    pub async fn then<U: Send + 'static>(
        self,
        read: impl FnOnce(T) -> Result<U, Problem> + Send + 'static,
    ) -> Result<Json<U>, Problem>
    where
        T: Send + 'static,
    {
        let Self { value, digest, held } = self;
        let (value, held) = held.run(move || read(value)).await?;
        Ok(Json { value, digest, held })
    }
}

impl<T: DeserializeOwned + ToSchema + Send + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = matches!(request.content_type(), "application/json" | "application/merge-patch+json");
        let incoming = Incoming::of(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(unsupported());
            }
            let incoming = incoming?;
            let coding = incoming.coding()?;
            let (sent, held) = incoming.whole(BODY_LIMIT).await?;
            let read = move |bytes: &[u8]| Ok((parse(bytes)?, Sha256::digest(bytes).into()));
            let ((value, digest), held) = match coding {
                None => held.run(move || read(&sent)).await?,
                Some(coding) => {
                    let unpack = move || {
                        let bytes = inflate::inflated(&sent, coding)?;
                        Ok((read(&bytes)?, bytes.len()))
                    };
                    held.unpack(unpack).await?
                }
            };
            Ok(Self { value, digest, held })
        })
    }
}

/// A form body (`application/x-www-form-urlencoded`), as OAuth 2.0 sends it: small, and never compressed.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_form = request.content_type() == "application/x-www-form-urlencoded";
        let incoming = Incoming::of(request, payload);
        Box::pin(async move {
            if !is_form {
                return Err(unsupported());
            }
            let incoming = incoming?;
            if !matches!(incoming.coding(), Ok(None)) {
                return Err(coding::refused_in_forms());
            }
            let (sent, _held) = incoming.whole(FORM_LIMIT).await?;
            serde_urlencoded::from_bytes(&sent)
                .map(Self)
                .map_err(|_| malformed(&Bilingual::new("biểu mẫu sai", "the form is not right")))
        })
    }
}

fn unsupported() -> Problem {
    Problem::new(
        &kinds::UNSUPPORTED_MEDIA_TYPE,
        Bilingual::new(
            "Content-Type phải là kiểu mà tài liệu nêu cho thao tác này (thường là application/json).",
            "Content-Type must be the one the document names for this operation (usually application/json).",
        ),
    )
}
