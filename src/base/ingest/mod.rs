//! Many records in one request or file: each row is read, judged and written on its own, and ends as exactly one of
//! created, updated, unchanged, rejected.
//!
//! [`RawRows`] are what came; [`Rows`] are read from them, judged against rules, and [admitted](Rows::admit) to be
//! written, unless a rejected one stops them all; an [`IngestResult`] says how each ended.

mod answer;
pub mod problems;
mod rows;

pub(crate) use answer::result_schemas;
pub use answer::{Counts, IngestResult, RowError, RowResult};
pub use rows::{Admitted, MAX_ROWS, RawRows, Rows, located};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::base::db::types::string_enum;

string_enum! {
    /// What a rejected row does to the rest (xử lý khi có dòng lỗi).
    OnError {
        /// Nothing is written (hủy toàn bộ).
        Abort = "abort",
        /// The good rows are written (tiếp tục).
        Continue = "continue",
    }
}

impl OnError {
    /// The status of an answer that lists how each row ended: 207 says that it must be looked at row by row.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Abort => 200,
            Self::Continue => 207,
        }
    }
}

/// How rows are to be taken.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IngestParams {
    /// What a rejected row does to the rest; `abort` when absent.
    pub on_error: Option<OnError>,
}

/// The number of a row: from 1, as a person counts the lines of a sheet; a place in a body counts from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowNumber(usize);

impl RowNumber {
    /// Of the row at an index.
    #[must_use]
    pub const fn at(index: usize) -> Self {
        Self(index + 1)
    }
}

impl std::fmt::Display for RowNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
