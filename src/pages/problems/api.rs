//! The catalogue as help pages: what a problem's `type` resolves to.

use actix_web::{
    HttpRequest, get,
    web::{Json, Path},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{catalogue::CATALOGUE, samples::example_of_problem};
use crate::base::{
    http::{NoQuery, language_of},
    i18n::Bilingual,
    problem::{Problem, ProblemBody, ProblemKind, kinds},
};

/// One kind of problem (loại lỗi, RFC 9457), explained.
#[derive(Serialize, ToSchema)]
pub struct ProblemHelp {
    /// The `type` of the problem.
    #[serde(rename = "type")]
    #[schema(example = "/v1/problems/version-stale")]
    kind: String,
    /// The HTTP status it comes with.
    #[schema(example = 412, minimum = 400, maximum = 599)]
    status: u16,
    /// Its title.
    title: String,
    /// What happened, why, and what to do.
    help: String,
    /// Such a problem as the service gave it once: what your program will see.
    #[schema(value_type = ProblemBody)]
    sample: Option<&'static Value>,
}

/// The catalogue of problems.
#[derive(Serialize, ToSchema)]
pub struct ProblemCatalogue {
    /// Every kind, by status.
    items: Vec<ProblemHelp>,
}

fn help(kind: &ProblemKind, request: &HttpRequest) -> ProblemHelp {
    let language = language_of(request.headers());
    ProblemHelp {
        kind: format!("/v1/problems/{}", kind.slug),
        status: kind.status,
        title: kind.title.say(language).to_owned(),
        help: kind.help.say(language).to_owned(),
        sample: example_of_problem(kind.slug, language),
    }
}

/// List the kinds of problems
///
/// Every kind of refusal that the service can give (danh mục lỗi), by status, each with what happened, why, and what to
/// do, and with a problem as it looks on the wire. Read it when you write the part of your program that handles errors:
/// decide by `type`, which never changes, not by the texts. The language is that of `Accept-Language`, Vietnamese when
/// it names none that is offered. The whole catalogue is one answer, without pages. No token is needed.
#[utoipa::path(responses((status = 200, body = ProblemCatalogue)))]
#[get("")]
pub async fn list_problems(_: NoQuery, request: HttpRequest) -> Json<ProblemCatalogue> {
    Json(ProblemCatalogue { items: CATALOGUE.iter().map(|kind| help(kind, &request)).collect() })
}

/// Which problem an address names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Slug {
    /// Which kind (mã lỗi): the last part of the problem's `type`; one that is not in the catalogue is 404.
    #[param(example = "version-stale", pattern = "^[a-z0-9-]{1,64}$")]
    slug: String,
}

/// Get help on a kind of problem
///
/// What the `type` of a problem (lỗi) leads to: open the address that a refusal named, and read what happened, why, and
/// what to do, with an example. `status` and `type` are for programs, `title` and `help` for people, in the language of
/// `Accept-Language`. The details of one refusal are in the refusal itself, not here. No token is needed.
#[utoipa::path(params(Slug), responses((status = 200, description = "The problem, explained.", body = ProblemHelp)))]
#[get("/{slug}")]
pub async fn get_problem(_: NoQuery, request: HttpRequest, which: Path<Slug>) -> Result<Json<ProblemHelp>, Problem> {
    let found = CATALOGUE.iter().find(|kind| kind.slug == which.slug);
    found.map(|kind| Json(help(kind, &request))).ok_or_else(|| {
        Problem::new(
            &kinds::NOT_FOUND,
            Bilingual::new(
                "Không có loại lỗi này; xem /v1/problems.",
                "There is no such kind of problem; see /v1/problems.",
            ),
        )
    })
}
