//! A problem as it goes over the wire, for the document.

use serde::Serialize;
use utoipa::ToSchema;

/// A problem (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Its kind: an address under `/v1/problems` that explains it.
    #[serde(rename = "type")]
    #[schema(example = "/v1/problems/invalid-body")]
    kind: String,
    /// Constant for the kind, in the language asked for by `Accept-Language` (`vi` or `en`).
    #[schema(example = "Nội dung không hợp lệ")]
    title: String,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What happened this time, and the way out; in the language asked for.
    #[schema(example = "Nội dung gửi có trường không hợp lệ; xem errors.")]
    detail: String,
    /// The request's id, as in `X-Request-Id`: what to quote to the operator.
    #[schema(example = "0199f3c0-7a1e-7000-8000-0000000000ff")]
    instance: String,
    /// The current version, when `If-Match` was stale; 0 of targets that were never set.
    #[schema(nullable = false, minimum = 0, example = 4)]
    version: Option<i32>,
    /// Each place that is wrong; absent when the whole request is meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemError>,
}

/// One place that is wrong, and the rule it broke. One of `pointer`, `parameter` and `header` is there.
#[derive(Serialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer into the body (RFC 6901), as a URI fragment.
    #[schema(nullable = false, example = "#/due_on")]
    pointer: Option<String>,
    /// Name of the query parameter.
    #[schema(nullable = false, example = "limit")]
    parameter: Option<String>,
    /// Name of the header.
    #[schema(nullable = false, example = "Idempotency-Key")]
    header: Option<String>,
    /// Number of the row of a bulk push, from 1.
    #[schema(nullable = false, minimum = 1, example = 3)]
    row: Option<usize>,
    /// A stable word for programs.
    #[schema(example = "invalid-value")]
    code: String,
    /// The rule and the way out, in the language asked for.
    #[schema(example = "phải từ 0 đến 100")]
    detail: String,
}
