//! Which methods an address takes: HEAD wherever GET is, `Allow` in the answer to OPTIONS and to a method it does not take.

use actix_web::{
    Error, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ResourceDef, ServiceRequest, ServiceResponse},
    error::{InternalError, PathError},
    http::{Method, header},
    middleware::Next,
    web::Data,
};

use crate::base::{
    db::types::SourceCode,
    i18n::{Bilingual, bilingual},
    problem::{Problem, codes, kinds},
};

/// The addresses of the document, each with the value of its `Allow`.
pub struct Addresses(Vec<(ResourceDef, String)>);

impl Addresses {
    /// The addresses with the methods that they take, and the document itself.
    #[must_use]
    pub fn of(operations: Vec<(&str, Vec<&str>)>) -> Self {
        let itself = (ResourceDef::new(["/openapi.json", "/openapi-3.0.json"]), "GET, HEAD, OPTIONS".to_owned());
        let operations = operations.into_iter().map(|(path, methods)| (ResourceDef::new(path), allowed(&methods)));
        Self(operations.chain([itself]).collect())
    }

    /// The pattern of an address.
    #[must_use]
    pub fn pattern(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(address, _)| address.is_match(path))?.0.pattern()
    }

    fn allow(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(address, _)| address.is_match(path)).map(|(_, allow)| allow.as_str())
    }
}

fn allowed(methods: &[&str]) -> String {
    let is_taken = |name: &str| match name {
        "OPTIONS" => true,
        "HEAD" => methods.contains(&"get"),
        name => methods.iter().any(|method| method.eq_ignore_ascii_case(name)),
    };
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    all.into_iter().filter(|name| is_taken(name)).collect::<Vec<_>>().join(", ")
}

/// What answers where no operation did: 405 or OPTIONS at an address that exists, else 404.
///
/// # Errors
/// `not-found` where there is no address.
pub async fn fallback(request: HttpRequest, addresses: Data<Addresses>) -> Result<HttpResponse, Problem> {
    if let Some(allow) = addresses.allow(request.path()) {
        let mut answer = match *request.method() {
            Method::OPTIONS => HttpResponse::NoContent(),
            _ => HttpResponse::MethodNotAllowed(),
        };
        return Ok(answer.insert_header((header::ALLOW, allow)).finish());
    }
    let path = request.path().chars().take(200).collect::<String>();
    Err(Problem::new(
        &kinds::NOT_FOUND,
        bilingual!(
            "Không có địa chỉ {path}; xem /docs hoặc /openapi.json.",
            "There is no address {path}; see /docs or /openapi.json."
        ),
    ))
}

/// What answers where a part of the path does not parse: it names nothing, or it is a word such as `summary`, whose
/// address does not take the method.
#[must_use]
pub fn path_error(error: &PathError, request: &HttpRequest) -> Error {
    let allow = request.app_data::<Data<Addresses>>().and_then(|addresses| addresses.allow(request.path()));
    match allow.filter(|allow| !allow.split(", ").any(|method| method == request.method().as_str())) {
        Some(allow) => {
            let answer = HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish();
            InternalError::from_response("method not allowed", answer).into()
        }
        None => unreadable_key(error, request).unwrap_or_else(|| Problem::not_found("resource")).into(),
    }
}

/// A PUT makes what is not there yet: a key that no record can have is wrong, not missing.
fn unreadable_key(error: &PathError, request: &HttpRequest) -> Option<Problem> {
    let source = request.match_info().get("source").filter(|_| request.method() == Method::PUT)?;
    let PathError::Deserialize(error) = error else { return None };
    let name = if source.parse::<SourceCode>().is_err() { "source" } else { "source_key" };
    let mut problem = Problem::parameter(name, codes::INVALID_VALUE, Bilingual::from_error(&error.to_string())?);
    problem.detail = Bilingual::new(
        "Phần này của địa chỉ không hợp lệ; xem errors.",
        "This part of the address is not valid; see errors.",
    );
    Some(problem)
}

/// The layer that answers HEAD as GET; the server leaves the body away (RFC 9110, 9.3.2).
///
/// # Errors
/// What the framework itself could not turn into an answer.
pub async fn head_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    next.call(request).await
}
