//! Inspections on the wire and in the table.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{
    clock::new_id,
    db::{
        JsonAggregate,
        prelude::*,
        schema::inspections,
        types::{Day, InspectionId, Instant, JsonText, LongText, OrgCode, TaskId, string_enum},
    },
    page::page,
    resource::{Patched, Versioned},
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

/// An inspection of how tasks are carried out (kiểm tra).
#[derive(
    Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset, Identifiable, Serialize, ToSchema,
)]
#[diesel(table_name = inspections, treat_none_as_null = true)]
pub struct Inspection {
    /// Its id, for ever.
    pub id: InspectionId,
    /// The organization that inspects (cơ quan kiểm tra).
    pub organization: OrgCode,
    /// Whether it was planned or called for.
    pub kind: InspectionKind,
    /// The day on which it was held.
    #[schema(example = "2026-11-20")]
    pub held_on: Day,
    /// The tasks that it looked at (nhiệm vụ được kiểm tra), by id.
    #[diesel(skip_insertion, skip_update, select_expression = TASKS, select_expression_type = JsonAggregate)]
    #[schema(value_type = Vec<TaskId>)]
    pub tasks: JsonText<Vec<TaskId>>,
    /// What it found, in the inspector's order.
    #[schema(value_type = Vec<Finding>)]
    pub findings: JsonText<Vec<Finding>>,
    /// What it concluded (kết luận).
    pub conclusion: Option<LongText>,
    /// Counts from 1; the ETag.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When this version was recorded.
    pub updated_at: Instant,
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

/// An inspection (kiểm tra) to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionCreate {
    /// The organization that inspects (cơ quan kiểm tra); the caller's when absent.
    pub organization: Option<OrgCode>,
    /// Whether it was planned or called for.
    pub kind: InspectionKind,
    /// The day on which it was held, not in the future.
    #[schema(example = "2026-11-20")]
    pub held_on: Day,
    /// The tasks that it looked at (nhiệm vụ được kiểm tra), by id.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub tasks: Vec<TaskId>,
    /// What it found.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub findings: Vec<Finding>,
    /// What it concluded (kết luận).
    pub conclusion: Option<LongText>,
}

impl InspectionCreate {
    /// The first version; `inspector` held it unless the body names another.
    #[must_use]
    pub fn into_inspection(self, inspector: &OrgCode, now: Instant) -> Inspection {
        Inspection {
            id: InspectionId(new_id()),
            organization: self.organization.unwrap_or_else(|| inspector.clone()),
            kind: self.kind,
            held_on: self.held_on,
            tasks: in_order(self.tasks),
            findings: JsonText(self.findings),
            conclusion: self.conclusion,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

/// What may change of an inspection (kiểm tra), as a merge patch (RFC 7396): absent fields stay, null clears; a list is replaced whole, and null
/// empties it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionPatch {
    /// Another organization that inspects.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub organization: Option<OrgCode>,
    /// A new kind.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub kind: Option<InspectionKind>,
    /// Another day on which it was held.
    #[schema(nullable = false)]
    #[serde(default, deserialize_with = "crate::base::resource::not_null")]
    pub held_on: Option<Day>,
    /// The whole new list of tasks that it looked at.
    #[serde(default)]
    #[schema(value_type = Option<Vec<TaskId>>, max_items = 500)]
    pub tasks: Patched<Vec<TaskId>>,
    /// The whole new list of what it found.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Finding>>, max_items = 200)]
    pub findings: Patched<Vec<Finding>>,
    /// What it concluded (kết luận).
    #[serde(default)]
    #[schema(value_type = Option<LongText>)]
    pub conclusion: Patched<LongText>,
}

impl Inspection {
    /// The inspection as patched, in the version that it has.
    #[must_use]
    pub fn patched(&self, patch: InspectionPatch) -> Self {
        let mut next = self.clone();
        next.organization = patch.organization.unwrap_or(next.organization);
        next.kind = patch.kind.unwrap_or(next.kind);
        next.held_on = patch.held_on.unwrap_or(next.held_on);
        patch.tasks.apply_list(&mut next.tasks.0);
        next.tasks = in_order(next.tasks.0);
        patch.findings.apply_list(&mut next.findings.0);
        patch.conclusion.apply(&mut next.conclusion);
        next
    }
}

/// Tasks in the order in which they are read back.
fn in_order(mut tasks: Vec<TaskId>) -> JsonText<Vec<TaskId>> {
    tasks.sort_unstable();
    JsonText(tasks)
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
