//! Counts of tasks on the wire.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::db::types::{Day, DocumentId, OrgCode, string_enum};

string_enum! {
    /// What tasks are counted by (tiêu chí tổng hợp).
    SummaryBy {
        /// Where they stand (trạng thái).
        State = "state",
        /// How they stand to their due dates today (tình trạng tiến độ).
        Timeliness = "timeliness",
        /// The organization that leads them (chủ trì).
        Lead = "lead",
        /// Their group in the plan (nhóm nhiệm vụ).
        Group = "group",
        /// The document that assigns them (văn bản giao).
        Document = "document",
    }
}

/// What to count, and by what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SummaryFilter {
    /// What tasks are counted by.
    pub by: SummaryBy,
    /// Only tasks led by this organization or one below it.
    pub under: Option<OrgCode>,
    /// Only tasks that this document assigns.
    pub document: Option<DocumentId>,
    /// Only tasks that this organization leads.
    pub lead: Option<OrgCode>,
}

/// How many tasks there are, by one of their properties (tổng hợp nhiệm vụ).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Summary {
    /// What they are counted by.
    pub by: SummaryBy,
    /// The day that timeliness is judged on.
    pub as_of: Day,
    /// All that match: the sum of the counts.
    #[schema(minimum = 0, example = 32)]
    pub total: i64,
    /// The counts.
    pub items: Vec<SummaryItem>,
}

/// One count (số lượng nhiệm vụ).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SummaryItem {
    /// The state, verdict, code of the lead, group or id of the document; null for tasks without one.
    #[schema(example = "in_progress")]
    pub key: Option<String>,
    /// How many tasks.
    #[schema(minimum = 0, example = 12)]
    pub count: i64,
}
