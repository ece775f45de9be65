//! Every kind of problem that the service can give, gathered from its owners: the document and the pages show this list.

use crate::{
    access::clients::problems as clients,
    base::{
        ingest::problems as ingest,
        problem::{ProblemKind, kinds},
    },
    reference::documents::problems as documents,
    work::tasks::problems as tasks,
};

/// The whole catalogue, by status; `tests/api/problems.rs` finds a kind that is declared and not here.
pub static CATALOGUE: &[&ProblemKind] = &[
    &kinds::MALFORMED_REQUEST,
    &kinds::INVALID_PARAMETER,
    &kinds::INVALID_CURSOR,
    &kinds::TOKEN_MISSING,
    &kinds::TOKEN_INVALID,
    &kinds::SCOPE_MISSING,
    &kinds::SOURCE_NOT_YOURS,
    &kinds::NOT_FOUND,
    &kinds::METHOD_NOT_ALLOWED,
    &kinds::NOT_ACCEPTABLE,
    &kinds::REQUEST_TIMEOUT,
    &kinds::ALREADY_EXISTS,
    &kinds::IDEMPOTENCY_IN_PROGRESS,
    &kinds::VERSION_STALE,
    &kinds::BODY_TOO_LARGE,
    &kinds::UNSUPPORTED_MEDIA_TYPE,
    &kinds::UNSUPPORTED_CONTENT_ENCODING,
    &kinds::INVALID_BODY,
    &ingest::ROWS_REJECTED,
    &ingest::TOO_MANY_ROWS,
    &tasks::TRANSITION_NOT_ALLOWED,
    &tasks::TASK_CLOSED,
    &tasks::PERCENT_FELL,
    &tasks::DUE_DATE_FIXED,
    &documents::SECRET_DOCUMENT,
    &clients::CLIENT_HAS_KEYS,
    &kinds::IDEMPOTENCY_KEY_REUSED,
    &kinds::IF_MATCH_REQUIRED,
    &kinds::RATE_LIMITED,
    &kinds::HEAD_TOO_LARGE,
    &kinds::INTERNAL,
    &kinds::UNAVAILABLE,
];
