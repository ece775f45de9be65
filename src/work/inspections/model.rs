//! Inspections on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    clock::new_id,
    db::{
        JsonAggregate,
        prelude::*,
        schema::inspections,
        types::{Day, InspectionId, Instant, LongText, OrgCode, TaskId, string_enum},
    },
    page::page,
    resource::{Versioned, fields},
};

string_enum! {
    /// Whether an inspection was planned or called for (hình thức kiểm tra).
    InspectionKind {
        /// Planned (định kỳ).
        Periodic = "periodic",
        /// Called for (đột xuất).
        AdHoc = "ad_hoc",
    }
}

/// What an inspection found, and its follow-up (phát hiện, khắc phục).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// What was found, and what is to be done.
    #[schema(example = "Chưa số hóa hồ sơ quý III; Văn phòng bổ sung.")]
    pub text: LongText,
    /// The day by which it is to be put right (thời hạn khắc phục).
    #[schema(example = "2026-12-15")]
    pub due_on: Option<Day>,
    /// The day on which it was put right (đã khắc phục); null while it is open.
    #[schema(example = "2026-12-10")]
    pub closed_on: Option<Day>,
}

fields! {
    /// An inspection of how tasks are carried out (kiểm tra).
    #[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize)]
    #[derive(ToSchema)]
    #[diesel(table_name = inspections, treat_none_as_null = true)]
    entity Inspection;
    first(id: InspectionId, now: Instant);
    absent(inspector: OrgCode);
    /// An inspection (kiểm tra) to record.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    create InspectionCreate;
    /// What may change of an inspection (kiểm tra), as a merge patch (RFC 7396): absent fields stay, null clears; a list is
    /// replaced whole, and null empties it.
    #[derive(Debug, Clone, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    patch InspectionPatch;

    /// Its id, for ever.
    kept id: InspectionId = id => "Mã định danh";
    /// The organization that inspects (cơ quan kiểm tra); the caller's when a POST names none.
    filled organization: OrgCode = inspector => "Cơ quan kiểm tra";
    /// Whether it was planned or called for.
    required kind: InspectionKind => "Hình thức kiểm tra";
    /// The day on which it was held, not in the future.
    #[schema(example = "2026-11-20")]
    required held_on: Day => "Ngày kiểm tra";
    /// The tasks that it looked at (nhiệm vụ được kiểm tra), by id.
    list(500) tasks: TaskId => "Nhiệm vụ được kiểm tra", stored #[diesel(
        skip_insertion, skip_update, select_expression = TASKS, select_expression_type = JsonAggregate
    )];
    /// What it found, in the inspector's order.
    list(200) findings: Finding => "Phát hiện";
    /// What it concluded (kết luận).
    optional conclusion: LongText => "Kết luận";
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    kept version: i32 = 1 => "Phiên bản";
    /// When it was first recorded.
    kept created_at: Instant = now => "Ghi nhận lúc";
    /// When this version was recorded.
    kept updated_at: Instant = now => "Cập nhật lúc";
}

const TASKS: JsonAggregate = JsonAggregate {
    pg: "(SELECT coalesce(json_agg(t.task ORDER BY t.task)::text, '[]') FROM inspection_tasks t WHERE t.inspection = inspections.id)",
    sqlite: "(SELECT json_group_array(lower(hex(t.task)) ORDER BY t.task) FROM inspection_tasks t WHERE t.inspection = inspections.id)",
};

impl Versioned for Inspection {
    fn version(&self) -> i32 {
        self.version
    }
}

page!(InspectionPage, Inspection, "inspections");

impl InspectionCreate {
    /// The first version; `inspector` held it unless the body names another.
    #[must_use]
    pub fn into_inspection(self, inspector: &OrgCode, now: Instant) -> Inspection {
        Inspection::first(self, InspectionId(new_id()), now, inspector.clone()).in_order()
    }
}

impl Inspection {
    /// With its tasks in the order in which they are read back, so that equal inspections compare equal.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.tasks.0.sort_unstable();
        self
    }
}

/// Which inspections to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InspectionFilter {
    /// Only inspections of this kind.
    pub kind: Option<InspectionKind>,
    /// Only inspections by this organization and those below it.
    pub under: Option<OrgCode>,
    /// Only inspections that looked at this task.
    pub task: Option<TaskId>,
    /// Only inspections held on this day or later.
    pub held_from: Option<Day>,
    /// Only inspections held on this day or before.
    pub held_to: Option<Day>,
}
