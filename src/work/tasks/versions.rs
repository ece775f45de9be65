//! The next version of a task, made from what was sent: pure, and not yet checked.

use super::{
    bodies::{TaskCreate, TaskPatch, TaskUpdate},
    model::{Task, TaskState},
};
use crate::base::db::types::{Instant, JsonText, Percent, RecordKey, SourceCode, TaskId};

impl TaskCreate {
    /// The owner's key, when there is one, and the rest.
    #[must_use]
    pub fn split(self) -> (Option<SourceCode>, Option<RecordKey>, TaskUpdate) {
        let body = TaskUpdate {
            code: self.code,
            title: self.title,
            description: self.description,
            document: self.document,
            clause: self.clause,
            group: self.group,
            parent: self.parent,
            lead: self.lead,
            coordinators: self.coordinators,
            leader: self.leader,
            assigned_on: self.assigned_on,
            start_on: self.start_on,
            due_on: self.due_on,
            recurrence: self.recurrence,
            deliverable: self.deliverable,
            planned_vnd: self.planned_vnd,
            priority: self.priority,
            indicators: self.indicators,
        };
        (self.source, self.source_key, body)
    }
}

impl Task {
    /// The first version: assigned, with nothing done.
    #[must_use]
    pub fn first(
        id: TaskId,
        source: Option<SourceCode>,
        key: Option<RecordKey>,
        body: TaskUpdate,
        now: Instant,
    ) -> Self {
        let blank = Self {
            id,
            source,
            source_key: key,
            code: None,
            title: body.title.clone(),
            description: None,
            document: None,
            clause: None,
            group: None,
            parent: None,
            lead: body.lead.clone(),
            coordinators: JsonText::default(),
            leader: None,
            assigned_on: None,
            start_on: None,
            due_on: None,
            first_due_on: None,
            recurrence: body.recurrence,
            deliverable: None,
            planned_vnd: None,
            priority: body.priority,
            state: TaskState::Assigned,
            percent: Percent::ZERO,
            spent_vnd: None,
            results: None,
            completed_on: None,
            indicators: JsonText::default(),
            superseded_by: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        blank.assigned(body)
    }

    /// The same task with all that its owner says of it; an absent due date leaves the one there is.
    #[must_use]
    pub fn assigned(mut self, body: TaskUpdate) -> Self {
        self.code = body.code;
        self.title = body.title;
        self.description = body.description;
        self.document = body.document;
        self.clause = body.clause;
        self.group = body.group;
        self.parent = body.parent;
        self.lead = body.lead;
        self.coordinators = JsonText(body.coordinators);
        self.leader = body.leader.map(JsonText);
        self.assigned_on = body.assigned_on;
        self.start_on = body.start_on;
        self.due_on = body.due_on.or(self.due_on);
        self.recurrence = body.recurrence;
        self.deliverable = body.deliverable;
        self.planned_vnd = body.planned_vnd;
        self.priority = body.priority;
        self.indicators = JsonText(body.indicators);
        self
    }

    /// The same task with what a patch says.
    #[must_use]
    pub fn patched(mut self, patch: TaskPatch) -> Self {
        patch.code.apply(&mut self.code);
        self.title = patch.title.unwrap_or(self.title);
        patch.description.apply(&mut self.description);
        patch.document.apply(&mut self.document);
        patch.clause.apply(&mut self.clause);
        patch.group.apply(&mut self.group);
        patch.parent.apply(&mut self.parent);
        self.lead = patch.lead.unwrap_or(self.lead);
        patch.coordinators.apply_list(&mut self.coordinators.0);
        patch.leader.apply(&mut self.leader);
        patch.assigned_on.apply(&mut self.assigned_on);
        patch.start_on.apply(&mut self.start_on);
        patch.due_on.apply(&mut self.due_on);
        self.recurrence = patch.recurrence.unwrap_or(self.recurrence);
        patch.deliverable.apply(&mut self.deliverable);
        patch.planned_vnd.apply(&mut self.planned_vnd);
        self.priority = patch.priority.unwrap_or(self.priority);
        patch.indicators.apply_list(&mut self.indicators.0);
        self
    }
}
