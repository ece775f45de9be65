//! Query parameters: an unknown, repeated or malformed one is 400; none is ignored.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use crate::base::{
    i18n::{Bilingual, bilingual},
    problem::{Fault, Place, Problem},
    validation::{self, Node, Refusal, Why},
};

/// The query parameters of one operation.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string(), &[]).map(Self))
    }
}

/// Parses `name=value` pairs into `T`, which denies unknown names; the operation takes those of `page` too.
pub(super) fn parse<T: DeserializeOwned>(text: &str, page: &[&str]) -> Result<T, Problem> {
    let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    if let Some((name, _)) = pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
        let rule = Bilingual::new("không được chứa ký tự NUL", "must not hold a NUL character");
        return Err(Problem::parameter(name, "invalid-value", rule));
    }
    let root = Node::Object(pairs.into_iter().map(|(name, value)| (name, Node::Text(value))).collect());
    validation::read(&root).map_err(|_| {
        let refusals = validation::refusals::<T>(&root, text.len());
        Problem::query(refusals.into_iter().map(|refusal| fault(refusal, page)).collect())
    })
}

fn fault(refusal: Refusal, page: &[&str]) -> Fault {
    let name = refusal.at.trim_start_matches("#/").replace("~1", "/").replace("~0", "~");
    let (code, detail) = match refusal.why {
        Why::Unknown([]) if page.is_empty() => {
            ("unknown-parameter", Bilingual::new("không nhận tham số nào", "no parameters are taken here"))
        }
        Why::Unknown(known) => {
            let known = [known, page].concat().join(", ");
            let rule = bilingual!(
                "không có tham số này; các tham số được nhận: {known}",
                "there is no such parameter; the parameters are: {known}"
            );
            ("unknown-parameter", rule)
        }
        Why::Repeated => {
            let rule = Bilingual::new("tham số bị lặp lại; chỉ gửi một lần", "the parameter is repeated; send it once");
            ("duplicate-parameter", rule)
        }
        Why::Missing => ("required", refusal.detail),
        Why::Rule(_) | Why::Type(_) | Why::Word(_) if refusal.is_needless => {
            let Bilingual { vi, en } = refusal.detail;
            let rule = bilingual!(
                "{vi}; nếu không cần, bỏ tham số này",
                "{en}; leave the parameter out if you do not need it"
            );
            ("invalid-value", rule)
        }
        Why::Rule(_) | Why::Type(_) | Why::Word(_) => ("invalid-value", refusal.detail),
    };
    Fault { place: Place::Parameter(name), code, detail }
}
