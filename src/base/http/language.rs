//! The language of an answer that holds prose.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::header::{self, HeaderMap},
};
use serde::Serialize;

use super::weighted::weighted;
use crate::base::{i18n::Language, problem::Problem};

/// The better of the two for what `Accept-Language` says (RFC 9110, 12.5.4): Vietnamese unless English weighs more.
/// Whatever follows the language is passed over (`en-GB`, and `en_US`, which no tag is but some clients send).
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Language {
    let tags = weighted(headers, header::ACCEPT_LANGUAGE);
    let weight = |language: Language| {
        let tags = tags.iter().filter(|(tag, _)| {
            tag.split(['-', '_']).next().is_some_and(|primary| primary.eq_ignore_ascii_case(language.tag()))
        });
        tags.fold(0.0, |most, (_, weight)| f32::max(most, *weight))
    };
    if weight(Language::En) > weight(Language::Vi) { Language::En } else { Language::Vi }
}

impl FromRequest for Language {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(language_of(request.headers())))
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

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_heavier_language_wins_and_vietnamese_is_the_default() {
        for (accept, expected) in [
            ("", Language::Vi),
            ("en", Language::En),
            ("EN_us", Language::En),
            ("en-GB,vi;q=0.8", Language::En),
            ("vi,en;q=0.9", Language::Vi),
            ("fr", Language::Vi),
            ("fr, en;q=0.1", Language::En),
            ("en;q=0", Language::Vi),
            ("enm", Language::Vi),
            ("*", Language::Vi),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
            assert_eq!(language_of(&headers), expected, "{accept}");
        }
    }
}
