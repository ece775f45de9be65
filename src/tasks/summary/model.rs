//! Counts of tasks on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::db::types::{DocumentId, OrgCode, words};

words! {
    /// What tasks are counted by.
    SummaryBy {
        State = "state",
        Timeliness = "timeliness",
        Lead = "lead",
        Group = "group",
        Document = "document",
    }
}

/// What to count, and by what.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SummaryFilter {
    /// What tasks are counted by.
    #[param(inline)]
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
    pub as_of: NaiveDate,
    /// All that match: the sum of the counts.
    #[schema(example = 32)]
    pub total: i64,
    /// The counts.
    pub items: Vec<SummaryItem>,
}

/// One count.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SummaryItem {
    /// The state, verdict, code of the lead, group or id of the document; null for tasks without one.
    #[schema(example = "in_progress")]
    pub key: Option<String>,
    /// How many tasks.
    #[schema(example = 12)]
    pub count: i64,
}
