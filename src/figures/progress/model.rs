//! Progress on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    base::db::types::{Day, DocumentId, IndicatorCode, Instant, LongText, OrgCode, ShortText, TaskId, string_enum},
    figures::assessments::model::{Assessment, Exact},
    reference::calendars::Period,
    work::tasks::{Timeliness, model::TaskState},
};

/// How many tasks are in each state (trạng thái); they add up to the total.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ByState {
    /// Assigned, not yet accepted (đã giao).
    #[schema(minimum = 0)]
    pub assigned: i64,
    /// Accepted, not begun (đã nhận).
    #[schema(minimum = 0)]
    pub accepted: i64,
    /// Being done (đang thực hiện).
    #[schema(minimum = 0)]
    pub in_progress: i64,
    /// Done, says the lead; not confirmed (chờ xác nhận).
    #[schema(minimum = 0)]
    pub awaiting_confirmation: i64,
    /// Confirmed as done (hoàn thành).
    #[schema(minimum = 0)]
    pub completed: i64,
    /// Suspended (tạm dừng).
    #[schema(minimum = 0)]
    pub suspended: i64,
    /// Returned to whoever assigned it (trả lại).
    #[schema(minimum = 0)]
    pub returned: i64,
    /// Cancelled (hủy).
    #[schema(minimum = 0)]
    pub cancelled: i64,
}

impl ByState {
    /// The count of one state.
    pub fn of(&mut self, state: TaskState) -> &mut i64 {
        match state {
            TaskState::Assigned => &mut self.assigned,
            TaskState::Accepted => &mut self.accepted,
            TaskState::InProgress => &mut self.in_progress,
            TaskState::AwaitingConfirmation => &mut self.awaiting_confirmation,
            TaskState::Completed => &mut self.completed,
            TaskState::Suspended => &mut self.suspended,
            TaskState::Returned => &mut self.returned,
            TaskState::Cancelled => &mut self.cancelled,
        }
    }
}

/// How tasks stand to their due dates (thời hạn) as of the date; they add up to the total.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ByTimeliness {
    /// No due date, or cancelled (không thời hạn).
    #[schema(minimum = 0)]
    pub no_deadline: i64,
    /// Not done and not due soon, or handed in by the due day and not confirmed yet (trong hạn).
    #[schema(minimum = 0)]
    pub on_time: i64,
    /// Not done and due within days (sắp đến hạn).
    #[schema(minimum = 0)]
    pub due_soon: i64,
    /// Not handed in by the due day, which is over, and not completed (quá hạn).
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// Completed on the due day or before (hoàn thành đúng hạn).
    #[schema(minimum = 0)]
    pub done_on_time: i64,
    /// Completed after the due day (hoàn thành quá hạn).
    #[schema(minimum = 0)]
    pub done_late: i64,
}

impl ByTimeliness {
    /// The count of one word.
    pub fn of(&mut self, word: Timeliness) -> &mut i64 {
        match word {
            Timeliness::NoDeadline => &mut self.no_deadline,
            Timeliness::OnTime => &mut self.on_time,
            Timeliness::DueSoon => &mut self.due_soon,
            Timeliness::Overdue => &mut self.overdue,
            Timeliness::DoneOnTime => &mut self.done_on_time,
            Timeliness::DoneLate => &mut self.done_late,
        }
    }
}

/// The tasks of one group (nhóm nhiệm vụ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupCount {
    /// The group; null for tasks without one.
    #[schema(example = "III.1")]
    pub group: Option<String>,
    /// How many tasks.
    #[schema(minimum = 0)]
    pub total: i64,
    /// How many of them are completed (hoàn thành).
    #[schema(minimum = 0)]
    pub completed: i64,
    /// How many of them are overdue (quá hạn).
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// The mean percentage done of those not cancelled; null when there are none.
    pub percent: Option<Exact>,
}

/// The tasks that one organization leads (chủ trì).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeadCount {
    /// The organization.
    pub organization: OrgCode,
    /// Its name; null when it has left the caller's part of the tree since.
    #[schema(example = "Văn phòng")]
    pub name: Option<ShortText>,
    /// How many tasks.
    #[schema(minimum = 0)]
    pub total: i64,
    /// How many of them are completed (hoàn thành).
    #[schema(minimum = 0)]
    pub completed: i64,
    /// How many of them are overdue (quá hạn).
    #[schema(minimum = 0)]
    pub overdue: i64,
    /// The mean percentage done of those not cancelled; null when there are none.
    pub percent: Option<Exact>,
}

/// The tasks, counted (nhiệm vụ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tasks {
    /// How many there are.
    #[schema(minimum = 0)]
    pub total: i64,
    /// The mean percentage done of those not cancelled; null when there are none.
    pub percent: Option<Exact>,
    /// By state.
    pub by_state: ByState,
    /// By how they stand to their due dates.
    pub by_timeliness: ByTimeliness,
    /// By group.
    pub by_group: Vec<GroupCount>,
    /// By lead.
    pub by_lead: Vec<LeadCount>,
}

/// Money (kinh phí) of all tasks counted, cancelled ones included, in whole đồng.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Money {
    /// Planned; null when no task says.
    #[schema(minimum = 0, example = 250_000_000)]
    pub planned_vnd: Option<i64>,
    /// Spent; null when no task says.
    #[schema(minimum = 0, example = 120_000_000)]
    pub spent_vnd: Option<i64>,
}

/// What the latest progress update of a task names as an obstacle (khó khăn, vướng mắc) or proposes (kiến nghị).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Remark {
    /// The task.
    pub task: TaskId,
    /// Its code, when it has one.
    #[schema(example = "N5.04")]
    pub code: Option<String>,
    /// Its title.
    pub title: ShortText,
    /// The day that the update speaks of.
    pub as_of: Day,
    /// What it says.
    pub text: LongText,
}

string_enum! {
    /// Why an expected figure is missing (lý do thiếu số liệu).
    MissingReason {
        /// Nothing was reported (chưa báo cáo).
        NotReported = "not_reported",
        /// The organization said that there is no figure (chưa có số liệu).
        NotAvailable = "not_available",
        /// Only organizations below it reported, and nobody says that these are all (mới có số liệu của đơn vị cấp dưới).
        PartsOnly = "parts_only",
    }
}

/// A figure (số liệu) that was expected and did not come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissingFigure {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// The organization that has a target of its own for it.
    pub organization: OrgCode,
    /// The period whose figure is missing.
    pub period: Period,
    /// Whether nothing was said, or that there is no figure, or only organizations below it reported (`parts_only`).
    pub reason: MissingReason,
}

/// How complete the figures are (mức độ đầy đủ số liệu), so that a partial sum is never read as final.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Coverage {
    /// How many figures were to come: one for each indicator, organization with a target of its own, and reporting
    /// period within the period.
    pub expected: usize,
    /// How many of them came from the organization itself, `not_applicable` included. What only organizations below it
    /// reported is a sum of parts, and `missing` names it.
    pub received: usize,
    /// Those that did not.
    pub missing: Vec<MissingFigure>,
}

/// The figures of an organization as of a date (tiến độ).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Progress {
    /// The organization.
    pub under: OrgCode,
    /// Whether organizations below it count too.
    pub includes_below: bool,
    /// The document whose tasks and indicators count, with all that implements it; null for all.
    pub document: Option<DocumentId>,
    /// The period of the indicators.
    pub period: Period,
    /// The calendar that the period was read by.
    #[schema(example = "ND09")]
    pub calendar: String,
    /// The day at whose end the tasks are shown.
    pub as_of: Day,
    /// The tasks.
    pub tasks: Tasks,
    /// Each indicator over the period, against its target.
    pub indicators: Vec<Assessment>,
    /// Planned and spent.
    pub money: Money,
    /// Obstacles (khó khăn, vướng mắc).
    pub obstacles: Vec<Remark>,
    /// Proposals (kiến nghị, đề xuất).
    pub proposals: Vec<Remark>,
    /// How complete the figures are.
    pub coverage: Coverage,
    /// When this was computed; all of it from one moment of the database.
    pub computed_at: Instant,
}

/// Which progress to compute.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgressFilter {
    /// This organization and those below it; the caller's own when absent.
    pub under: Option<OrgCode>,
    /// Only tasks and indicators of this document and of all that implements it, at any depth.
    pub document: Option<DocumentId>,
    /// The period of the indicators; when absent, the month of the calendar that holds `as_of`.
    pub period: Option<Period>,
    /// The calendar that says which month a day is in; `ND09` when absent.
    #[param(value_type = Option<String>, example = "ND09", pattern = "^[A-Z0-9_]{1,32}$")]
    pub calendar: Option<ShortText>,
    /// The day at whose end to show the tasks; today in Ho Chi Minh City when absent, and not later.
    pub as_of: Option<Day>,
}

/// Which period of a document's progress.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RollupFilter {
    /// The period of the indicators; when absent, the month of `ND09` that holds today.
    pub period: Option<Period>,
}
