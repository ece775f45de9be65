//! Query parameters: an unknown, repeated or malformed one is 400; none is ignored.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use crate::base::{
    auth::{refuse_query, take_query},
    i18n::{Bilingual, bilingual},
    problem::{Code, Problem, Violations, codes},
    validation::{self, Effort, Node, Refusal, Why},
};

/// The query parameters of one operation.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        take_query(request);
        ready(parse(request.query_string(), &[]).map(Self))
    }
}

/// No query parameters, for an operation without a permit; a permit sees to it itself.
pub struct NoQuery;

impl FromRequest for NoQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(refuse_query(request).map(|()| Self))
    }
}

/// Parses `name=value` pairs into `T`, which denies unknown names; the operation takes those of `page` too.
pub(super) fn parse<T: DeserializeOwned>(text: &str, page: &[&str]) -> Result<T, Problem> {
    let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        let rule = Bilingual::new("không được chứa ký tự NUL", "must not hold a NUL character");
        return Err(Problem::parameter(name.clone(), codes::INVALID_VALUE, rule));
    }
    let root = Node::Object(pairs.into_iter().map(|(name, value)| (name, Node::Text(value))).collect());
    validation::read(&root).map_err(|_| {
        let mut violations = Violations::in_query();
        for refusal in validation::refusals::<T>(&root, text.len(), &Effort::new()) {
            let name = refusal.at.trim_start_matches("#/").replace("~1", "/").replace("~0", "~");
            let (code, rule) = rule_of(refusal, page);
            violations.add(name, code, rule);
        }
        violations.into()
    })
}

/// Which rule of parameters was broken, in the words for parameters.
fn rule_of(refusal: Refusal, page: &[&str]) -> (Code, Bilingual) {
    match refusal.why {
        Why::Unknown([]) if page.is_empty() => {
            (codes::UNKNOWN_PARAMETER, Bilingual::new("không nhận tham số nào", "no parameters are taken here"))
        }
        Why::Unknown(known) => {
            let known = [known, page].concat().join(", ");
            let rule = bilingual!(
                "không có tham số này; các tham số được nhận: {known}",
                "there is no such parameter; the parameters are: {known}"
            );
            (codes::UNKNOWN_PARAMETER, rule)
        }
        Why::Repeated => {
            let rule = Bilingual::new("tham số bị lặp lại; chỉ gửi một lần", "the parameter is repeated; send it once");
            (codes::DUPLICATE_PARAMETER, rule)
        }
        Why::Missing => (codes::REQUIRED, refusal.detail),
        Why::Rule(_) | Why::Type(_) | Why::Word(_) if refusal.is_needless => {
            let Bilingual { vi, en } = refusal.detail;
            let rule = bilingual!(
                "{vi}; nếu không cần, bỏ tham số này",
                "{en}; leave the parameter out if you do not need it"
            );
            (codes::INVALID_VALUE, rule)
        }
        Why::Rule(_) | Why::Type(_) | Why::Word(_) => (codes::INVALID_VALUE, refusal.detail),
    }
}
