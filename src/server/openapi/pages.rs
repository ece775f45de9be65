//! The document and the page that shows it, from the binary.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::Write,
    sync::{Arc, OnceLock},
};

use actix_web::{
    HttpResponse, get,
    http::header::{self, AcceptEncoding, ContentEncoding, Encoding},
    web::{self, Bytes, Data, Header, Path},
};
use flate2::{Compression, write::GzEncoder};
use serde::{Deserialize, de::IgnoredAny};
use utoipa_swagger_ui::Config;

use super::WRITTEN_FOR;
use crate::base::problem::{OrNotFound, Problem};

/// Adds `/openapi.json`, `/openapi-3.0.json` and `/docs`.
pub fn pages(routes: &mut web::ServiceConfig) {
    routes
        .service(get_openapi)
        .service(get_openapi_3_0)
        .service(web::redirect("/docs", "/docs/"))
        .service(get_documentation);
}

/// What was written of the document when the service was built. Held ready as it is: the document with all that makes it
/// would take more memory than anything that the service does.
const VERSION_3_1: &str = include_str!("../../../openapi/openapi.json");
const VERSION_3_0: &str = include_str!("../../../openapi/openapi-3.0.json");

/// What the pages are made of: one copy of each, however many read them.
pub struct Documents {
    version_3_1: Document,
    version_3_0: Document,
    documentation: Arc<Config<'static>>,
}

/// A document, as it is and compressed.
struct Document {
    plain: Bytes,
    compressed: OnceLock<Bytes>,
}

impl Documents {
    /// For the service at that public address.
    #[must_use]
    pub fn of(issuer: &str) -> Self {
        let written = |document: &str| Document {
            plain: document.replace(WRITTEN_FOR, issuer).into(),
            compressed: OnceLock::new(),
        };
        let documentation = Config::from("/openapi.json")
            .try_it_out_enabled(true)
            .display_request_duration(true)
            .doc_expansion("list")
            .default_models_expand_depth(0)
            .filter(true);
        Self {
            version_3_1: written(VERSION_3_1),
            version_3_0: written(VERSION_3_0),
            documentation: Arc::new(documentation),
        }
    }
}

impl Document {
    /// Compressed once, not once for each reader.
    fn compressed(&self) -> Bytes {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            let _ = encoder.write_all(&self.plain);
            encoder.finish().unwrap_or_default().into()
        };
        self.compressed.get_or_init(compress).clone()
    }
}

#[get("/openapi.json")]
async fn get_openapi(accepted: Option<Header<AcceptEncoding>>, documents: Data<Documents>) -> HttpResponse {
    json(&documents.version_3_1, accepted)
}

#[get("/openapi-3.0.json")]
async fn get_openapi_3_0(accepted: Option<Header<AcceptEncoding>>, documents: Data<Documents>) -> HttpResponse {
    json(&documents.version_3_0, accepted)
}

fn json(document: &Document, accepted: Option<Header<AcceptEncoding>>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    answer.insert_header((header::VARY, "accept-encoding")).content_type("application/json");
    let offered = [Encoding::gzip(), Encoding::identity()];
    match accepted.and_then(|accepted| accepted.negotiate(offered.iter())) {
        Some(encoding) if encoding == Encoding::gzip() => {
            answer.insert_header(ContentEncoding::Gzip).body(document.compressed())
        }
        _ => answer.body(document.plain.clone()),
    }
}

#[get("/docs/{file:.*}")]
async fn get_documentation(file: Path<String>, documents: Data<Documents>) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(&file, Arc::clone(&documents.documentation));
    let file = found.map_err(Problem::internal)?.or_404("resource")?;
    let mut answer = HttpResponse::Ok();
    if file.gzpipped {
        answer.insert_header(ContentEncoding::Gzip);
    }
    Ok(answer.content_type(file.content_type).body(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => bytes.into(),
    }))
}

#[derive(Deserialize)]
#[expect(clippy::zero_sized_map_values, reason = "what is behind a method is skipped as it is read")]
struct Addresses<'a> {
    #[serde(borrow)]
    paths: BTreeMap<&'a str, BTreeMap<&'a str, IgnoredAny>>,
}

/// The addresses of the document, each with the methods that it takes there, in small letters.
///
/// # Errors
/// When the document is none.
pub fn operations_of_addresses() -> Result<Vec<(&'static str, Vec<&'static str>)>, serde_json::Error> {
    let Addresses { paths } = serde_json::from_str(VERSION_3_1)?;
    Ok(paths.into_iter().map(|(path, item)| (path, item.into_keys().collect())).collect())
}
