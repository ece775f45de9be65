//! The fields of a task, each said once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Leader, Priority, Recurrence, TaskState};
use crate::base::{
    db::{
        prelude::*,
        schema::tasks,
        types::{
            Day, DocumentId, IndicatorCode, Instant, LongText, OrgCode, Percent, RecordKey, ShortText, SourceCode,
            TaskId, Vnd,
        },
    },
    resource::fields,
};

fields! {
    /// Work that a document assigns (nhiệm vụ), as the table and the log keep it; [`super::view::TaskView`] is what is
    /// answered.
    #[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize)]
    #[derive(Deserialize, ToSchema)]
    #[diesel(table_name = tasks, treat_none_as_null = true, treat_none_as_default_value = false)]
    entity Task;
    first(id: TaskId, source: Option<SourceCode>, source_key: Option<RecordKey>, now: Instant);
    /// A task (nhiệm vụ) to assign. Its state, percentage, results and money spent are not given here: they move through
    /// `transitions` and `progress-updates`.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    create TaskCreate;
    /// The whole of what a source system says of its task (nhiệm vụ); what is absent is null. What the lead reports is
    /// not touched.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    update TaskUpdate;
    /// What may change of a task (nhiệm vụ), as a merge patch (RFC 7396): absent fields stay, null clears; a list is
    /// replaced whole, and null empties it.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    patch TaskPatch;

    /// Its id, given by the service.
    kept id: TaskId = id => "Mã định danh";
    /// Its code in the plan (mã nhiệm vụ); not unique.
    optional code: ShortText => "Mã nhiệm vụ";
    /// The system that owns it, with `source_key`: who creates it names its own; null when it was entered here.
    key source: Option<SourceCode> = source => "Hệ thống nguồn";
    /// Its id in that system.
    key source_key: Option<RecordKey> = source_key => "Mã tại hệ thống nguồn";
    /// What is to be done, in one line (tên nhiệm vụ).
    required title: ShortText => "Tên nhiệm vụ";
    /// What is to be done, in full (nội dung).
    optional description: LongText => "Nội dung";
    /// The document that assigns it (văn bản giao); its owner is in the assigning client's part of the tree or above it.
    optional document: DocumentId => "Văn bản giao";
    /// Where in the document (mục, đoạn).
    optional clause: ShortText => "Mục, đoạn";
    /// The group of tasks that it is counted in (nhóm nhiệm vụ).
    optional group: ShortText => "Nhóm nhiệm vụ";
    /// The task that it is a part of (nhiệm vụ cha).
    optional parent: TaskId => "Nhiệm vụ cha";
    /// The organization that answers for it (chủ trì).
    required lead: OrgCode => "Đơn vị chủ trì";
    /// The organizations that take part (phối hợp), at most 100, without the lead.
    list(100) coordinators: OrgCode => "Đơn vị phối hợp";
    /// The leader who answers for it (lãnh đạo phụ trách).
    json leader: Leader => "Lãnh đạo phụ trách";
    /// The day it was assigned (ngày giao).
    optional assigned_on: Day => "Ngày giao";
    /// The day it begins (ngày bắt đầu).
    optional start_on: Day => "Ngày bắt đầu";
    /// The last day that is still on time (thời hạn); null while it has no deadline. Once given it moves only through
    /// `deadline-changes`; the first and the current one may be sent again.
    optional due_on: Day => "Thời hạn";
    /// The due date that was given first (thời hạn ban đầu); it never changes.
    kept first_due_on: Option<Day> = None => "Thời hạn ban đầu";
    /// How it comes back (chu kỳ); `none` unless said otherwise.
    defaulted recurrence: Recurrence => "Chu kỳ";
    /// What it must produce (sản phẩm).
    optional deliverable: LongText => "Sản phẩm";
    /// Money planned for it, in đồng (kinh phí dự kiến).
    optional planned_vnd: Vnd => "Kinh phí dự kiến (đồng)";
    /// How urgent it is (mức độ ưu tiên); `normal` unless said otherwise.
    defaulted priority: Priority => "Mức độ ưu tiên";
    /// Where it stands.
    kept state: TaskState = TaskState::Assigned => "Trạng thái";
    computed timeliness => "Tình trạng tiến độ";
    /// How much of it is done, as the latest progress update says; 100 once completed.
    kept percent: Percent = Percent::ZERO => "Tỷ lệ hoàn thành (%)";
    /// Money spent so far, in đồng, as the latest progress update says (kinh phí đã sử dụng).
    kept spent_vnd: Option<Vnd> = None => "Kinh phí đã sử dụng (đồng)";
    /// What has come of it, as the latest progress update says (kết quả).
    kept results: Option<LongText> = None => "Kết quả";
    /// The day it was last handed in for confirmation; null while it is being done.
    kept completed_on: Option<Day> = None => "Ngày hoàn thành";
    /// Codes of the indicators that it serves (chỉ tiêu), at most 100.
    list(100) indicators: IndicatorCode => "Chỉ tiêu";
    /// The task that took its place, when its document was replaced.
    kept superseded_by: Option<TaskId> = None => "Nhiệm vụ thay thế";
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    kept version: i32 = 1 => "Phiên bản";
    /// When it was first recorded.
    kept created_at: Instant = now => "Ghi nhận lúc";
    /// When this version was recorded.
    kept updated_at: Instant = now => "Cập nhật lúc";
}
