//! Tasks on the wire, in the table and in the log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::fields::{Task, TaskCreate, TaskPatch, TaskUpdate};
use super::timeliness::Timeliness;
use crate::base::{
    db::types::{Day, DocumentId, Instant, LongText, OrgCode, RecordKey, ShortText, SourceCode, fold, string_enum},
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

impl TaskCreate {
    /// The owner's key, when there is one, and the rest.
    #[must_use]
    pub fn split(mut self) -> (Option<SourceCode>, Option<RecordKey>, TaskUpdate) {
        (self.source.take(), self.source_key.take(), self.into())
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
    /// Only tasks whose current version was recorded at or after this moment: the `watermark` of the list before.
    pub updated_since: Option<Instant>,
    /// Only tasks with this text in code, title, description, clause, group or deliverable; case and marks do not matter.
    pub q: Option<ShortText>,
}
