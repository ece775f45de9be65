//! Periodic reports on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    base::db::types::{OrgCode, ShortText, string_enum},
    figures::progress::model::Progress,
    reference::calendars::model::CalendarPeriod,
};

/// The figures of one period as of its cut-off (báo cáo định kỳ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodicReport {
    /// The period with its window, cut-off and due date.
    pub period: CalendarPeriod,
    /// False while the window is open: the figures are then those of today. Once it is over, what is sent late about the
    /// time before it ended still moves them: only an issued report stands still.
    pub is_cut_off: bool,
    /// The figures; `as_of` in them is the last day of the window, or today while that has not come.
    pub figures: Progress,
}

string_enum! {
    /// A format of a report (định dạng báo cáo).
    ReportFormat {
        /// The whole report as one JSON object, for programs (dữ liệu có cấu trúc).
        Json = "json",
        /// One line for each figure, for spreadsheets (bảng tính).
        Csv = "csv",
    }
}

/// Whose report, by which calendar, in which format.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodicReportFilter {
    /// This organization with all below it; the caller's own when neither this nor `organization` is there.
    pub under: Option<OrgCode>,
    /// This one organization alone: only the tasks it leads and the figures it reported itself.
    pub organization: Option<OrgCode>,
    /// The calendar; `ND09` when absent.
    #[param(value_type = Option<String>, example = "ND09", pattern = "^[A-Z0-9_]{1,32}$")]
    pub calendar: Option<ShortText>,
    /// `json` or `csv`; goes before `Accept`.
    pub format: Option<ReportFormat>,
}

/// One line of the flat form: what a spreadsheet reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The part of the report, a stable word.
    pub section: &'static str,
    /// What the line is, a stable key within the section.
    pub key: String,
    /// The same in words.
    pub label: String,
    /// The figure.
    pub value: Option<String>,
    /// What it is counted in.
    pub unit: Option<String>,
    /// Verdict, reason, day: what the figure needs beside it.
    pub note: Option<String>,
}

/// The columns of the flat form.
pub const COLUMNS: &[&str] = &["section", "key", "label", "value", "unit", "note"];
