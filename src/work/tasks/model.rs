//! Tasks on the wire, in the table and in the log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::timeliness::Timeliness;
use crate::base::{
    db::{
        prelude::*,
        schema::tasks,
        types::{
            Day, DocumentId, IndicatorCode, Instant, JsonText, LongText, OrgCode, Percent, RecordKey, ShortText,
            SourceCode, TaskId, Vnd, fold, string_enum,
        },
    },
    resource::Versioned,
};

string_enum! {
    /// Where a task stands (trạng thái); it moves only through transitions.
    TaskState {
        /// Given to the lead, who has not answered (đã giao).
        Assigned = "assigned",
        /// The lead takes it on (đã tiếp nhận).
        Accepted = "accepted",
        /// The lead sends it back with a reason (trả lại).
        Returned = "returned",
        /// Being done (đang thực hiện).
        InProgress = "in_progress",
        /// Put on hold (tạm dừng).
        Suspended = "suspended",
        /// Handed in; the assigning side has not decided (chờ xác nhận).
        AwaitingConfirmation = "awaiting_confirmation",
        /// Confirmed as done (hoàn thành).
        Completed = "completed",
        /// Called off (hủy).
        Cancelled = "cancelled",
    }
}

string_enum! {
    /// How a task comes back (chu kỳ).
    #[derive(Default)]
    Recurrence {
        /// Once (một lần).
        #[default]
        None = "none",
        /// All the time (thường xuyên).
        Continuous = "continuous",
        /// Every month (hằng tháng).
        Monthly = "monthly",
        /// Every quarter (hằng quý).
        Quarterly = "quarterly",
        /// Every year (hằng năm).
        Annual = "annual",
        /// When called for (đột xuất).
        AdHoc = "ad_hoc",
    }
}

string_enum! {
    /// How urgent a task is (mức độ ưu tiên).
    #[derive(Default)]
    Priority {
        /// It can wait (thấp).
        Low = "low",
        /// As usual (bình thường).
        #[default]
        Normal = "normal",
        /// Before others (cao).
        High = "high",
        /// At once (khẩn).
        Urgent = "urgent",
    }
}

/// The leader who answers for a task (lãnh đạo phụ trách).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leader {
    /// Name.
    #[schema(example = "Nguyễn Văn A")]
    pub name: ShortText,
    /// Position (chức vụ).
    #[schema(example = "Chánh Thanh tra")]
    pub position: Option<ShortText>,
}

/// Work that a document assigns (nhiệm vụ), as the table and the log keep it; [`super::view::TaskView`] is what is answered.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
    Identifiable,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[diesel(table_name = tasks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Task {
    /// Its id, given by the service.
    pub id: TaskId,
    /// Its code in the plan (mã nhiệm vụ); not unique.
    #[schema(example = "N1.01")]
    pub code: Option<ShortText>,
    /// The system that owns it; null when it was entered here.
    pub source: Option<SourceCode>,
    /// Its id in that system.
    pub source_key: Option<RecordKey>,
    /// What is to be done, in one line.
    #[schema(example = "Số hóa quy trình nghiệp vụ, hồ sơ, tài liệu")]
    pub title: ShortText,
    /// What is to be done, in full.
    pub description: Option<LongText>,
    /// The document that assigns it (văn bản giao).
    pub document: Option<DocumentId>,
    /// Where in the document (mục, đoạn).
    #[schema(example = "III.1 đoạn 1")]
    pub clause: Option<ShortText>,
    /// The group of tasks that it is counted in (nhóm nhiệm vụ).
    #[schema(example = "5. Đẩy mạnh chuyển đổi số")]
    pub group: Option<ShortText>,
    /// The task that it is a part of.
    pub parent: Option<TaskId>,
    /// The organization that answers for it (chủ trì).
    pub lead: OrgCode,
    /// The organizations that take part (phối hợp).
    #[schema(value_type = Vec<OrgCode>)]
    pub coordinators: JsonText<Vec<OrgCode>>,
    /// The leader who answers for it.
    #[schema(value_type = Option<Leader>)]
    pub leader: Option<JsonText<Leader>>,
    /// The day it was assigned (ngày giao).
    pub assigned_on: Option<Day>,
    /// The day it begins.
    pub start_on: Option<Day>,
    /// The last day that is still on time (thời hạn); null when it has no deadline.
    pub due_on: Option<Day>,
    /// The due date that was given first (thời hạn ban đầu); it never changes.
    pub first_due_on: Option<Day>,
    /// How it comes back.
    pub recurrence: Recurrence,
    /// What it must produce (sản phẩm).
    pub deliverable: Option<LongText>,
    /// Money planned for it, in đồng (kinh phí dự kiến).
    pub planned_vnd: Option<Vnd>,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it stands.
    pub state: TaskState,
    /// How much of it is done, as the latest progress update says; 100 once completed.
    pub percent: Percent,
    /// Money spent so far, in đồng, as the latest progress update says (kinh phí đã sử dụng).
    pub spent_vnd: Option<Vnd>,
    /// What has come of it, as the latest progress update says (kết quả).
    pub results: Option<LongText>,
    /// The day it was last handed in for confirmation; null while it is being done.
    pub completed_on: Option<Day>,
    /// Codes of the indicators that it serves (chỉ tiêu).
    #[schema(value_type = Vec<IndicatorCode>)]
    pub indicators: JsonText<Vec<IndicatorCode>>,
    /// The task that took its place, when its document was replaced.
    pub superseded_by: Option<TaskId>,
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
}

impl Task {
    /// What the table keeps for `q` to look through: code, title, description, clause, group and deliverable, without case and marks.
    #[must_use]
    pub fn search_text(&self) -> String {
        let code = self.code.as_ref().map(ShortText::as_str);
        let clause = self.clause.as_ref().map(ShortText::as_str);
        let group = self.group.as_ref().map(ShortText::as_str);
        let description = self.description.as_ref().map(LongText::as_str);
        let deliverable = self.deliverable.as_ref().map(LongText::as_str);
        let texts = [code, Some(self.title.as_str()), description, clause, group, deliverable];
        fold(&texts.into_iter().flatten().collect::<Vec<_>>().join("\n"))
    }

    /// Whether it is over: nothing more is reported on it and its due date stands.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.state, TaskState::Completed | TaskState::Cancelled)
    }
}

impl Versioned for Task {
    fn version(&self) -> i32 {
        self.version
    }
}

/// Which tasks to list; all that are given must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// Only tasks that this organization leads.
    pub lead: Option<OrgCode>,
    /// Only tasks led by this organization or one below it.
    pub under: Option<OrgCode>,
    /// Only tasks that this document assigns.
    pub document: Option<DocumentId>,
    /// Only tasks of this group.
    pub group: Option<ShortText>,
    /// Only tasks in this state.
    pub state: Option<TaskState>,
    /// Only tasks with this verdict today.
    pub timeliness: Option<Timeliness>,
    /// Only tasks due before this day; the day itself is not meant.
    pub due_before: Option<Day>,
    /// Only tasks whose current version was recorded at or after this moment.
    pub updated_since: Option<Instant>,
    /// Only tasks with this text in code, title, description, clause, group or deliverable; case and marks do not matter.
    pub q: Option<ShortText>,
}
