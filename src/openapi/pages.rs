//! The document and the page that shows it, from the binary.

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{self, Bytes, Data},
};
use utoipa_swagger_ui::SwaggerUi;

use super::Document;

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

#[get("/openapi.json")]
async fn get_openapi(document: Data<Document>) -> HttpResponse {
    json(document.version_3_1())
}

#[get("/openapi-3.0.json")]
async fn get_openapi_3_0(document: Data<Document>) -> HttpResponse {
    json(document.version_3_0())
}

fn json(document: &Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .content_type("application/json")
        .body(document.clone())
}
