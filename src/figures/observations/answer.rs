//! How a push is asked for and answered.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    db::types::{ObservationId, string_enum},
    i18n::Language,
    log::Outcome,
    problem::{Code, Violation},
};

string_enum! {
    /// What a rejected row does to the rest (xử lý khi có dòng lỗi).
    OnError {
        /// Nothing is written (hủy toàn bộ).
        Abort = "abort",
        /// The good rows are written (tiếp tục).
        Continue = "continue",
    }
}

/// How to push.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PushParams {
    /// What a rejected row does to the rest; `abort` when absent.
    pub on_error: Option<OnError>,
}

/// How a push of figures (số liệu) ended, row by row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObservationPush {
    /// How many rows ended how.
    pub counts: PushCounts,
    /// Every row, in the order sent.
    pub rows: Vec<PushRow>,
}

/// How many rows (dòng) ended how; together all that were sent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct PushCounts {
    /// New figures.
    pub created: usize,
    /// New versions of known figures.
    pub updated: usize,
    /// What was known so already.
    pub unchanged: usize,
    /// Refused, with a reason.
    pub rejected: usize,
}

/// How one row (dòng) ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushRow {
    /// Its number, from 1.
    #[schema(minimum = 1, example = 1)]
    pub row: usize,
    /// How it ended.
    pub outcome: Outcome,
    /// The figure; null when the row was rejected.
    pub id: Option<ObservationId>,
    /// The figure's version; null when the row was rejected.
    #[schema(minimum = 1)]
    pub version: Option<i32>,
    /// Why it was rejected; empty otherwise.
    pub errors: Vec<PushError>,
}

/// Why a row was rejected (lý do từ chối).
#[derive(Debug, Serialize, ToSchema)]
pub struct PushError {
    /// JSON pointer into the body, as a URI fragment.
    #[schema(example = "#/0/period")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(value_type = String, example = "period-frequency")]
    pub code: Code,
    /// The rule and the way out, in the language asked for.
    pub detail: String,
}

impl PushRow {
    /// A row that says what is, or was made, so.
    #[must_use]
    pub fn of(outcome: Outcome, id: ObservationId, version: i32) -> Self {
        Self { row: 0, outcome, id: Some(id), version: Some(version), errors: Vec::new() }
    }

    /// A row that was refused.
    #[must_use]
    pub fn rejected(violations: Vec<Violation>, language: Language) -> Self {
        let errors = violations.into_iter().map(|violation| PushError {
            pointer: violation.place.pointer().unwrap_or_default().to_owned(),
            code: violation.code,
            detail: violation.detail.say(language).to_owned(),
        });
        Self { row: 0, outcome: Outcome::Rejected, id: None, version: None, errors: errors.collect() }
    }
}

impl PushCounts {
    /// Counts one row.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }
}
