//! What is sent to make a task and to change it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::model::{Leader, Priority, Recurrence};
use crate::base::{
    db::types::{
        Day, DocumentId, IndicatorCode, JsonText, LongText, OrgCode, RecordKey, ShortText, SourceCode, TaskId, Vnd,
    },
    resource::Patched,
};

/// A task (nhiệm vụ) to assign. Its state, percentage, results and money spent are not given here: they move through
/// `transitions` and `progress-updates`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskCreate {
    /// The system that owns the task: the caller's own; with `source_key`, or both absent.
    pub source: Option<SourceCode>,
    /// Its id in that system.
    pub source_key: Option<RecordKey>,
    /// Its code in the plan (mã nhiệm vụ).
    #[schema(example = "N1.01")]
    pub code: Option<ShortText>,
    /// What is to be done, in one line (tên nhiệm vụ).
    #[schema(example = "Số hóa quy trình nghiệp vụ, hồ sơ, tài liệu")]
    pub title: ShortText,
    /// What is to be done, in full (nội dung).
    pub description: Option<LongText>,
    /// The document that assigns it (văn bản giao); its owner is in the caller's part of the tree or above it.
    pub document: Option<DocumentId>,
    /// Where in the document (mục, đoạn).
    #[schema(example = "III.1 đoạn 1")]
    pub clause: Option<ShortText>,
    /// The group of tasks that it is counted in (nhóm nhiệm vụ).
    #[schema(example = "5. Đẩy mạnh chuyển đổi số")]
    pub group: Option<ShortText>,
    /// The task that it is a part of (nhiệm vụ cha).
    pub parent: Option<TaskId>,
    /// The organization that answers for it (chủ trì).
    pub lead: OrgCode,
    /// The organizations that take part (phối hợp), at most 100, without the lead.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub coordinators: Vec<OrgCode>,
    /// The leader who answers for it (lãnh đạo phụ trách).
    pub leader: Option<Leader>,
    /// The day it was assigned (ngày giao).
    pub assigned_on: Option<Day>,
    /// The day it begins (ngày bắt đầu).
    pub start_on: Option<Day>,
    /// The last day that is still on time (thời hạn).
    pub due_on: Option<Day>,
    /// How it comes back (chu kỳ); `none` when absent.
    #[serde(default)]
    pub recurrence: Recurrence,
    /// What it must produce (sản phẩm).
    pub deliverable: Option<LongText>,
    /// Money planned for it, in đồng (kinh phí dự kiến).
    pub planned_vnd: Option<Vnd>,
    /// How urgent it is (mức độ ưu tiên); `normal` when absent.
    #[serde(default)]
    pub priority: Priority,
    /// Codes of the indicators that it serves (chỉ tiêu), at most 100.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub indicators: Vec<IndicatorCode>,
}

/// The whole of what a source system says of its task (nhiệm vụ); what is absent is null. What the lead reports is not touched.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskUpdate {
    /// Its code in the plan (mã nhiệm vụ).
    #[schema(example = "N1.01")]
    pub code: Option<ShortText>,
    /// What is to be done, in one line (tên nhiệm vụ).
    #[schema(example = "Số hóa quy trình nghiệp vụ, hồ sơ, tài liệu")]
    pub title: ShortText,
    /// What is to be done, in full (nội dung).
    pub description: Option<LongText>,
    /// The document that assigns it (văn bản giao); its owner is in the caller's part of the tree or above it.
    pub document: Option<DocumentId>,
    /// Where in the document (mục, đoạn).
    #[schema(example = "III.1 đoạn 1")]
    pub clause: Option<ShortText>,
    /// The group of tasks that it is counted in (nhóm nhiệm vụ).
    #[schema(example = "5. Đẩy mạnh chuyển đổi số")]
    pub group: Option<ShortText>,
    /// The task that it is a part of (nhiệm vụ cha).
    pub parent: Option<TaskId>,
    /// The organization that answers for it (chủ trì).
    pub lead: OrgCode,
    /// The organizations that take part (phối hợp), at most 100, without the lead.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub coordinators: Vec<OrgCode>,
    /// The leader who answers for it (lãnh đạo phụ trách).
    pub leader: Option<Leader>,
    /// The day it was assigned (ngày giao).
    pub assigned_on: Option<Day>,
    /// The day it begins (ngày bắt đầu).
    pub start_on: Option<Day>,
    /// The last day that is still on time; once given, only the first or the current one may be sent again.
    pub due_on: Option<Day>,
    /// How it comes back (chu kỳ); `none` when absent.
    #[serde(default)]
    pub recurrence: Recurrence,
    /// What it must produce (sản phẩm).
    pub deliverable: Option<LongText>,
    /// Money planned for it, in đồng (kinh phí dự kiến).
    pub planned_vnd: Option<Vnd>,
    /// How urgent it is (mức độ ưu tiên); `normal` when absent.
    #[serde(default)]
    pub priority: Priority,
    /// Codes of the indicators that it serves (chỉ tiêu), at most 100.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub indicators: Vec<IndicatorCode>,
}

/// What may change of a task (nhiệm vụ), as a merge patch (RFC 7396): absent fields stay, null clears; a list is replaced whole, and null
/// empties it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskPatch {
    /// Its code in the plan (mã nhiệm vụ).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub code: Patched<ShortText>,
    /// What is to be done, in one line (tên nhiệm vụ).
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub title: Option<ShortText>,
    /// What is to be done, in full (nội dung).
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub description: Patched<LongText>,
    /// The document that assigns it (văn bản giao); its owner is in the caller's part of the tree or above it.
    #[serde(default)]
    #[schema(value_type = Option<DocumentId>)]
    pub document: Patched<DocumentId>,
    /// Where in the document (mục, đoạn).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub clause: Patched<ShortText>,
    /// The group of tasks that it is counted in (nhóm nhiệm vụ).
    #[serde(default)]
    #[schema(value_type = Option<ShortText>)]
    pub group: Patched<ShortText>,
    /// The task that it is a part of (nhiệm vụ cha).
    #[serde(default)]
    #[schema(value_type = Option<TaskId>)]
    pub parent: Patched<TaskId>,
    /// The organization that answers for it (chủ trì).
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub lead: Option<OrgCode>,
    /// The organizations that take part (phối hợp), at most 100, without the lead.
    #[serde(default)]
    #[schema(value_type = Option<Vec<OrgCode>>, max_items = 100)]
    pub coordinators: Patched<Vec<OrgCode>>,
    /// The leader who answers for it (lãnh đạo phụ trách).
    #[serde(default)]
    #[schema(value_type = Option<Leader>)]
    pub leader: Patched<JsonText<Leader>>,
    /// The day it was assigned (ngày giao).
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub assigned_on: Patched<Day>,
    /// The day it begins (ngày bắt đầu).
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub start_on: Patched<Day>,
    /// The last day that is still on time; once given, it moves only through `deadline-changes`.
    #[serde(default)]
    #[schema(value_type = Option<Day>)]
    pub due_on: Patched<Day>,
    /// How it comes back (chu kỳ).
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub recurrence: Option<Recurrence>,
    /// What it must produce (sản phẩm).
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub deliverable: Patched<LongText>,
    /// Money planned for it, in đồng (kinh phí dự kiến).
    #[serde(default)]
    #[schema(value_type = Option<Vnd>)]
    pub planned_vnd: Patched<Vnd>,
    /// How urgent it is (mức độ ưu tiên).
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub priority: Option<Priority>,
    /// Codes of the indicators that it serves (chỉ tiêu), at most 100.
    #[serde(default)]
    #[schema(value_type = Option<Vec<IndicatorCode>>, max_items = 100)]
    pub indicators: Patched<Vec<IndicatorCode>>,
}
