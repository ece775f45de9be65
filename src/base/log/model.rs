//! Entries of the log.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::base::{
    clock::new_id,
    db::{
        prelude::*,
        schema::changes,
        types::{ClientId, Instant, OrgCode, string_enum},
    },
    page::page,
    problem::Problem,
};

string_enum! {
    /// What a change is about (đối tượng).
    Subject {
        /// An organization (cơ quan, đơn vị).
        Organization = "organization",
        /// A document (văn bản).
        Document = "document",
        /// A task (nhiệm vụ).
        Task = "task",
        /// A progress update (cập nhật tiến độ).
        ProgressUpdate = "progress_update",
        /// A move of a due date (gia hạn).
        DeadlineChange = "deadline_change",
        /// An inspection (kiểm tra).
        Inspection = "inspection",
        /// An indicator (chỉ tiêu).
        Indicator = "indicator",
        /// The targets of an indicator (mục tiêu).
        Targets = "targets",
        /// A figure (số liệu).
        Observation = "observation",
        /// A reporting calendar (lịch báo cáo).
        Calendar = "calendar",
        /// A machine caller (hệ thống kết nối).
        Client = "client",
    }
}

/// Who makes a change, and in which request.
#[derive(Debug, Clone)]
pub struct Author {
    /// The client; none for the operator and for the service itself.
    pub client: Option<ClientId>,
    /// The request, as in `X-Request-Id`.
    pub request_id: Arc<str>,
}

impl Author {
    /// The service itself, for what it does by no request; the id is new.
    #[must_use]
    pub fn service() -> Self {
        Self { client: None, request_id: new_id().to_string().into() }
    }
}

/// One row of the outbox.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub struct Change {
    /// What kind of thing changed.
    pub subject: Subject,
    /// Which one: its id or code.
    pub subject_id: String,
    /// Its version since this change.
    pub version: i32,
    /// The event type, like `task.updated`.
    pub kind: String,
    /// Whose it is: decides who may see the change; none for what everybody may.
    pub organization: Option<OrgCode>,
    /// Who made it; none for the operator.
    pub client: Option<ClientId>,
    /// The request that made it.
    pub request_id: String,
    /// When.
    pub recorded_at: Instant,
    /// The number of the content's shape.
    pub form: i16,
    /// The subject in its wire form as JSON, exactly as it was written.
    pub content: String,
    /// What was said with the change (a reason, evidence), as JSON.
    pub detail: Option<String>,
}

/// One version of a subject (phiên bản), with who made it and when.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// Counts from 1.
    #[schema(minimum = 1)]
    pub version: i32,
    /// The event type, like `task.updated`.
    #[serde(rename = "type")]
    #[schema(example = "task.updated")]
    pub kind: String,
    /// When it was accepted.
    pub recorded_at: Instant,
    /// The client that made it; null for the operator.
    pub client: Option<ClientId>,
    /// The request that made it, as in `X-Request-Id`.
    pub request_id: String,
    /// The number of the shape of `content`; it grows when a field changes its meaning.
    #[schema(minimum = 1, example = 1)]
    pub form: i16,
    /// The subject as it was from then on.
    #[schema(value_type = Object)]
    pub content: Value,
    /// What was said with the change: reason, evidence.
    #[schema(value_type = Option<Object>)]
    pub detail: Option<Value>,
}

impl HistoryEntry {
    /// The wire form of a row.
    ///
    /// # Errors
    /// `internal` when the kept text is not JSON.
    pub fn of(change: Change) -> Result<Self, Problem> {
        Ok(Self {
            version: change.version,
            kind: change.kind,
            recorded_at: change.recorded_at,
            client: change.client,
            request_id: change.request_id,
            form: change.form,
            content: serde_json::from_str(&change.content).map_err(Problem::internal)?,
            detail: change.detail.as_deref().map(serde_json::from_str).transpose().map_err(Problem::internal)?,
        })
    }
}

page!(HistoryPage, HistoryEntry, "the versions of one resource");
