//! How rows ended, as it is answered.

use serde::Serialize;
use utoipa::ToSchema;

use super::RowNumber;
use crate::base::{
    i18n::Language,
    problem::{Code, Violation},
    resource::Outcome,
};

/// How each row ended; `I` is the id of what the rows make.
#[derive(Debug, Serialize)]
pub struct IngestResult<I> {
    /// How many rows ended how.
    pub counts: Counts,
    /// Every row, in the order sent.
    pub rows: Vec<RowResult<I>>,
}

impl<I> IngestResult<I> {
    /// Of rows in any order: writing sorts them by key.
    #[must_use]
    pub fn of(mut rows: Vec<RowResult<I>>) -> Self {
        rows.sort_unstable_by_key(|ended| ended.row);
        let mut counts = Counts::default();
        for ended in &rows {
            counts.add(ended.outcome);
        }
        Self { counts, rows }
    }
}

/// How many rows (dòng) ended how; together all that were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PushCounts)]
pub struct Counts {
    /// New records.
    pub created: usize,
    /// New versions of known records.
    pub updated: usize,
    /// What was known so already.
    pub unchanged: usize,
    /// Refused, with a reason.
    pub rejected: usize,
}

impl Counts {
    /// Counts one row.
    pub const fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Created => self.created += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }

    /// Each outcome with its number.
    #[must_use]
    pub const fn each(self) -> [(Outcome, usize); 4] {
        [
            (Outcome::Created, self.created),
            (Outcome::Updated, self.updated),
            (Outcome::Unchanged, self.unchanged),
            (Outcome::Rejected, self.rejected),
        ]
    }
}

/// How one row ended. A good row allocates nothing here.
#[derive(Debug, Serialize)]
pub struct RowResult<I> {
    /// Which row.
    pub row: RowNumber,
    /// How it ended.
    pub outcome: Outcome,
    /// The record; none when the row was rejected.
    pub id: Option<I>,
    /// The record's version; none when the row was rejected.
    pub version: Option<i32>,
    /// Why it was rejected; empty otherwise.
    pub errors: Vec<RowError>,
}

impl<I> RowResult<I> {
    /// A row that says what is, or was made, so.
    #[must_use]
    pub const fn of(row: RowNumber, outcome: Outcome, id: I, version: i32) -> Self {
        Self { row, outcome, id: Some(id), version: Some(version), errors: Vec::new() }
    }

    /// A row that broke rules.
    #[must_use]
    pub fn rejected(row: RowNumber, violations: Vec<Violation>, language: Language) -> Self {
        let errors = violations.into_iter().map(|violation| RowError {
            pointer: violation.place.pointer().unwrap_or_default().to_owned(),
            code: violation.code,
            detail: violation.detail.say(language).to_owned(),
        });
        Self { row, outcome: Outcome::Rejected, id: None, version: None, errors: errors.collect() }
    }
}

/// Why a row was rejected (lý do từ chối).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PushError)]
pub struct RowError {
    /// JSON pointer into the body, as a URI fragment.
    #[schema(example = "#/0/period")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(value_type = String, example = "period-frequency")]
    pub code: Code,
    /// The rule and the way out, in the language asked for.
    pub detail: String,
}

/// Declares the types of [`IngestResult`] and [`RowResult`] with one id for the document: generators see plain types
/// under names that stay.
macro_rules! result_schemas {
    ($ingest:ident, $row:ident, $id:ty, $what:literal) => {
        #[doc = concat!("How a push of ", $what, " ended, row by row.")]
        #[derive(utoipa::ToSchema)]
        #[schema(description = concat!("How a push of ", $what, " ended, row by row."))]
        #[expect(dead_code, reason = "the shape of `IngestResult` for the document")]
        pub struct $ingest {
            /// How many rows ended how.
            counts: $crate::base::ingest::Counts,
            /// Every row, in the order sent.
            rows: Vec<$row>,
        }

        /// How one row (dòng) ended.
        #[derive(utoipa::ToSchema)]
        #[expect(dead_code, reason = "the shape of `RowResult` for the document")]
        pub struct $row {
            /// Its number, from 1.
            #[schema(minimum = 1, example = 1)]
            row: usize,
            /// How it ended.
            outcome: $crate::base::resource::Outcome,
            /// The record; null when the row was rejected.
            id: Option<$id>,
            /// The record's version; null when the row was rejected.
            #[schema(minimum = 1)]
            version: Option<i32>,
            /// Why it was rejected; empty otherwise.
            errors: Vec<$crate::base::ingest::RowError>,
        }
    };
}
pub(crate) use result_schemas;
