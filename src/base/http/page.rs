//! Lists: a stable order, an opaque cursor bound to the filter, a next link.

use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder, Responder, body::BoxBody, dev::Payload, http::header,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::{query, response::json};
use crate::base::{
    auth::take_query,
    i18n::Bilingual,
    page::{Page, PageRequest, invalid_cursor},
    problem::{Problem, codes},
};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 500;

/// Parameters that every list has.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by hand; here for the document")]
pub struct PageParams {
    /// How many items a page has at most: 1 to 500, and 50 when absent. The last page may have fewer.
    #[param(minimum = 1, maximum = 500, required = false, example = 100)]
    limit: i64,
    /// Where the page begins: `next_cursor` of the page before, as it is, with the same filter. Absent for the first page;
    /// with another filter it is refused.
    #[param(required = false, max_length = 1000)]
    cursor: String,
    /// `exact`, the only value, adds `total` to the answer: the number of items over all pages. Counting takes time, so ask
    /// for it once, not with every page.
    #[param(required = false, pattern = "^exact$")]
    count: String,
}

/// A list without parameters of its own.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// The filter and the page of a list operation.
pub struct List<T> {
    /// The operation's own parameters.
    pub filter: T,
    /// The page wanted.
    pub page: PageRequest,
}

impl<T: DeserializeOwned> FromRequest for List<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        take_query(request);
        ready(parse(request.path(), request.query_string()))
    }
}

/// The parameters of every list.
const OWN: [&str; 3] = ["limit", "cursor", "count"];

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<List<T>, Problem> {
    let mut own = BTreeMap::new();
    let mut rest = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if OWN.contains(&name.as_ref()) {
            if own.insert(name.to_string(), value.to_string()).is_some() {
                let rule = Bilingual::new("tham số bị lặp lại", "the parameter is repeated");
                return Err(Problem::parameter(name.into_owned(), codes::DUPLICATE_PARAMETER, rule));
            }
        } else {
            rest.push((name, value));
        }
    }
    rest.sort();
    let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
    let filter = query::parse(&rest, &OWN)?;
    let fingerprint = fingerprint_of(&format!("{path}?{rest}"));
    let page = PageRequest {
        limit: own.get("limit").map_or(Ok(DEFAULT_LIMIT), |limit| limit_of(limit))?,
        after: own.get("cursor").map(|cursor| key_of(cursor, &fingerprint)).transpose()?,
        count: own.get("count").map_or(Ok(false), |count| count_of(count))?,
        is_whole: !own.contains_key("limit") && !own.contains_key("cursor"),
        filter: fingerprint,
    };
    Ok(List { filter, page })
}

/// Six bytes tell one filter from another; they guard against mistakes, not against forgery.
fn fingerprint_of(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text).first_chunk::<6>().unwrap_or(&[0; 6]))
}

fn limit_of(text: &str) -> Result<i64, Problem> {
    text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
        let rule = Bilingual::new("phải là số nguyên từ 1 đến 500", "must be a whole number from 1 to 500");
        Problem::parameter("limit", codes::OUT_OF_RANGE, rule)
    })
}

fn count_of(text: &str) -> Result<bool, Problem> {
    if text == "exact" {
        return Ok(true);
    }
    Err(Problem::parameter("count", codes::INVALID_VALUE, Bilingual::new("chỉ nhận exact", "must be exact")))
}

fn key_of(cursor: &str, fingerprint: &str) -> Result<String, Problem> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = decoded.as_deref().and_then(|text| text.split_once(':')).filter(|(filter, _)| *filter == fingerprint);
    key.map(|(_, key)| key.to_owned()).ok_or_else(invalid_cursor)
}

/// Writes a page as the JSON body of an answer.
pub(super) fn list_json<T: Serialize>(answer: &mut HttpResponseBuilder, page: &Page<T>) -> HttpResponse {
    json(answer, page, 1024 * (page.items.len() + 1))
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(link) = next_link(request, self.next_cursor.as_deref()) {
            answer.insert_header((header::LINK, link));
        }
        list_json(&mut answer, &self)
    }
}

/// The `Link` value to the next page, when there is one.
pub(super) fn next_link(request: &HttpRequest, cursor: Option<&str>) -> Option<String> {
    let kept = form_urlencoded::parse(request.query_string().as_bytes()).filter(|(name, _)| name != "cursor");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair("cursor", cursor?).finish();
    Some(format!("<{}?{query}>; rel=\"next\"", request.path()))
}
