//! The address of a record by the key that its own system gave it.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::base::db::types::{RecordKey, SourceCode};

/// Where a record of another system stands: `…/by-key/{source}/{source_key}`.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ByKey {
    /// The code of the system that owns the record (hệ thống nguồn); your own is `source` of `GET /v1/me`.
    #[param(example = "qlvb")]
    pub source: SourceCode,
    /// The record's own id in that system (mã ở hệ thống nguồn), 1 to 200 printable characters, percent-encoded: `/` is
    /// `%2F`. It never changes.
    #[param(example = "2026-0115")]
    pub source_key: RecordKey,
}
