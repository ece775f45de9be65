//! Moves on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    base::{db::types::LongText, evidence::Evidence},
    work::tasks::model::TaskState,
};

/// A move that the caller may make now (bước chuyển trạng thái).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Transition {
    /// The state it leads to.
    pub to: TaskState,
    /// Whether it must say why.
    pub needs_reason: bool,
}

/// Where a task stands, and where the caller may move it (bước chuyển trạng thái).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Moves {
    /// Where it stands.
    pub state: TaskState,
    /// The task's version.
    #[schema(minimum = 1)]
    pub version: i32,
    /// The moves that this caller may make now; none when it holds neither `tasks:assign` nor `tasks:progress`.
    pub items: Vec<Transition>,
}

/// A move to make (chuyển trạng thái).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransitionCreate {
    /// The state to move to.
    pub to: TaskState,
    /// Why (lý do); some moves need one.
    #[schema(example = "Hồ sơ chưa đủ, đề nghị bổ sung")]
    pub reason: Option<LongText>,
    /// What proves it, at most 50 links.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
}
