//! Query parameters: an unknown, repeated or malformed one is 400; none is ignored.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::{
    bilingual::{Bilingual, say},
    problem::Problem,
};

/// The query parameters of one operation.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

/// Parses `name=value` pairs into `T`, which denies unknown names.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(text).map_err(|error| refusal(&error.to_string(), ""))?;
    // One at a time first, so that the refusal can name the parameter.
    for (name, value) in &pairs {
        if value.contains('\0') || name.contains('\0') {
            let rule = Bilingual::new("không được chứa ký tự NUL", "must not hold a NUL character");
            return Err(Problem::parameter(name, "invalid-value", rule));
        }
    }
    let encoded = serde_urlencoded::to_string(&pairs).map_err(|error| refusal(&error.to_string(), ""))?;
    let deserializer = serde_urlencoded::Deserializer::new(form_pairs(encoded.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let name = error.path().to_string();
        refusal(&error.into_inner().to_string(), &name)
    })
}

fn form_pairs(bytes: &[u8]) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(bytes)
}

fn refusal(text: &str, name: &str) -> Problem {
    let quoted = |prefix: &str| text.strip_prefix(prefix)?.split('`').next().map(str::to_owned);
    if let Some(rule) = Bilingual::from_error(text) {
        return Problem::parameter(name, "invalid-value", rule);
    }
    if let Some(field) = quoted("unknown field `") {
        let known = text.split_once("expected ").map_or("-", |(_, known)| known).replace('`', "");
        return Problem::parameter(
            &field,
            "unknown-parameter",
            say!(
                "không có tham số này; các tham số được nhận: {known}",
                "there is no such parameter; the parameters are: {known}"
            ),
        );
    }
    if let Some(field) = quoted("missing field `") {
        return Problem::parameter(&field, "required", Bilingual::new("bắt buộc phải có", "is required"));
    }
    if let Some(field) = quoted("duplicate field `") {
        let rule = Bilingual::new("tham số bị lặp lại", "the parameter is repeated");
        return Problem::parameter(&field, "duplicate-parameter", rule);
    }
    Problem::parameter(name, "invalid-value", say!("giá trị không hợp lệ: {text}", "the value is not valid: {text}"))
}

/// A query value of a type that `serde_urlencoded` knows only as text: a number, a date, a truth value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryValue<T>(pub T);

impl<'de, T: std::str::FromStr> Deserialize<'de> for QueryValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|_| {
            serde::de::Error::custom(say!("giá trị {text:?} không hợp lệ", "the value {text:?} is not valid"))
        })
    }
}
