//! The document and the page that shows it, from the binary.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{self, Data},
};
use serde::{Deserialize, de::IgnoredAny};
use utoipa_swagger_ui::SwaggerUi;

use super::WRITTEN_FOR;
use crate::base::settings::Settings;

/// Adds `/openapi.json`, `/openapi-3.0.json` and `/docs`.
pub fn pages(routes: &mut web::ServiceConfig) {
    let config = utoipa_swagger_ui::Config::from("/openapi.json")
        .try_it_out_enabled(true)
        .display_request_duration(true)
        .persist_authorization(true)
        .doc_expansion("list")
        .default_models_expand_depth(0)
        .filter(true);
    routes
        .service(get_openapi)
        .service(get_openapi_3_0)
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").config(config));
}

/// What was written of the document when the service was built. Held ready as it is: the document with all that makes it
/// would take more memory than anything that the service does.
const VERSION_3_1: &str = include_str!("../../../openapi/openapi.json");
const VERSION_3_0: &str = include_str!("../../../openapi/openapi-3.0.json");

#[get("/openapi.json")]
async fn get_openapi(settings: Data<Settings>) -> HttpResponse {
    json(VERSION_3_1, &settings)
}

#[get("/openapi-3.0.json")]
async fn get_openapi_3_0(settings: Data<Settings>) -> HttpResponse {
    json(VERSION_3_0, &settings)
}

fn json(document: &str, settings: &Settings) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(document.replace(WRITTEN_FOR, &settings.issuer))
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
