//! Moves of a due date on the wire, in the table and in the log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    base::{
        db::{
            prelude::*,
            schema::deadline_changes,
            types::{ClientId, Day, DeadlineChangeId, DocumentId, Instant, LongText, ShortText, TaskId},
        },
        page::page,
    },
    work::tasks::model::Task,
};

/// One move of a task's due date (gia hạn); it is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = deadline_changes, treat_none_as_default_value = false)]
pub struct DeadlineChange {
    /// Its id.
    pub id: DeadlineChangeId,
    /// The task it is about.
    pub task: TaskId,
    /// The due date before; null when the task had none.
    pub old_due_on: Option<Day>,
    /// The due date since.
    pub new_due_on: Day,
    /// Why (lý do).
    pub reason: LongText,
    /// Who approved it: name and position (người phê duyệt).
    pub approved_by: ShortText,
    /// The document that says so.
    pub document: Option<DocumentId>,
    /// The client that sent it; null for the operator.
    pub client: Option<ClientId>,
    /// When it was accepted.
    pub recorded_at: Instant,
}

page!(DeadlineChangePage, DeadlineChange, "the moves of a task's due date");

/// A new due date (gia hạn).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadlineChangeCreate {
    /// The new last day that is on time; earlier or later than the one before.
    pub new_due_on: Day,
    /// Why (lý do).
    #[schema(example = "Chờ hướng dẫn của Bộ Khoa học và Công nghệ")]
    pub reason: LongText,
    /// Who approved it: name and position (người phê duyệt).
    #[schema(example = "Phó Chủ tịch UBND tỉnh")]
    pub approved_by: ShortText,
    /// The document that says so.
    pub document: Option<DocumentId>,
}

impl DeadlineChangeCreate {
    /// The move as it is kept.
    #[must_use]
    pub fn into_change(
        self,
        id: DeadlineChangeId,
        task: &Task,
        client: Option<ClientId>,
        now: Instant,
    ) -> DeadlineChange {
        DeadlineChange {
            id,
            task: task.id,
            old_due_on: task.due_on,
            new_due_on: self.new_due_on,
            reason: self.reason,
            approved_by: self.approved_by,
            document: self.document,
            client,
            recorded_at: now,
        }
    }
}
