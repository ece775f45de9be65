//! The language of an answer that holds prose.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::header};
use serde::Serialize;

use crate::base::{i18n::Language, problem::Problem};

impl FromRequest for Language {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        ready(Ok(Self::preferred(accept.unwrap_or_default())))
    }
}

/// A JSON answer whose prose is in that language.
pub struct Localized<T>(pub T, pub Language);

impl<T: Serialize> Responder for Localized<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_LANGUAGE, self.1.tag()))
            .append_header((header::VARY, "Accept-Language"))
            .json(self.0)
    }
}
