//! Tasks as they are answered.

use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Ref, RefOr, Schema},
};

use super::{
    model::Task,
    timeliness::{AsOf, Timeliness},
};
use crate::base::{db::types::Instant, resource::Versioned};

/// A task as it is answered: with its timeliness, which is computed and never stored.
#[derive(Debug, Clone, Serialize)]
pub struct TaskView {
    #[serde(flatten)]
    task: Task,
    timeliness: Timeliness,
}

impl TaskView {
    /// The task as judged on a day.
    #[must_use]
    pub fn of(task: Task, as_of: AsOf) -> Self {
        Self { timeliness: as_of.judge(&task), task }
    }
}

impl Versioned for TaskView {
    fn version(&self) -> i32 {
        self.task.version
    }
}

/// One plain object named `Task`, not an `allOf`: generators make one type of it.
impl PartialSchema for TaskView {
    fn schema() -> RefOr<Schema> {
        let mut schema = Task::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = Some("Work that a document assigns (nhiệm vụ).".to_owned());
            let mut timeliness = Ref::from_schema_name("Timeliness");
            "Where it stands to its due date today (tình trạng tiến độ).".clone_into(&mut timeliness.description);
            object.properties.insert("timeliness".to_owned(), timeliness.into());
            object.required.push("timeliness".to_owned());
        }
        schema
    }
}

impl ToSchema for TaskView {
    fn name() -> std::borrow::Cow<'static, str> {
        "Task".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Task::schemas(schemas);
        schemas.push(("Timeliness".to_owned(), Timeliness::schema()));
    }
}

/// One page of tasks.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the shape of `Page` for the document")]
pub struct TaskPage {
    /// The items, in the list's order; at most `limit`.
    #[schema(max_items = 500)]
    items: Vec<TaskView>,
    /// What to send as `cursor` for the next page; null on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// The number of items over all pages, when `count=exact` asked for it.
    #[schema(nullable = false, minimum = 0)]
    total: Option<i64>,
    /// What to send as `updated_since` next time, when it was sent this time: no change that these pages do not show will
    /// bear an earlier moment. All pages of one list answer the same.
    #[schema(nullable = false)]
    watermark: Option<Instant>,
}
