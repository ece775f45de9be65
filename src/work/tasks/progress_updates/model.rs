//! Progress updates on the wire, in the table and in the log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{
    db::{
        prelude::*,
        schema::progress_updates,
        types::{ClientId, Day, Instant, JsonText, LongText, Percent, ProgressUpdateId, TaskId, Vnd},
    },
    evidence::Evidence,
    page::page,
};

/// What was said of a task's progress (cập nhật tiến độ); it is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = progress_updates, treat_none_as_default_value = false)]
pub struct ProgressUpdate {
    /// Its id.
    pub id: ProgressUpdateId,
    /// The task it is about.
    pub task: TaskId,
    /// The day that its figures are of.
    pub as_of: Day,
    /// How much of the task was done by then.
    pub percent: Percent,
    /// What had come of it (kết quả); null when there was nothing to report.
    pub results: Option<LongText>,
    /// Money spent from the beginning until then, in đồng (lũy kế).
    pub spent_vnd: Option<Vnd>,
    /// How many people worked on it (nhân lực).
    #[schema(minimum = 0, maximum = 1_000_000, example = 4)]
    pub people: Option<i32>,
    /// What stands in the way (khó khăn, vướng mắc).
    pub obstacles: Option<LongText>,
    /// What is asked for (kiến nghị, đề xuất).
    pub proposals: Option<LongText>,
    /// What proves it (minh chứng).
    #[schema(value_type = Vec<Evidence>)]
    pub evidence: JsonText<Vec<Evidence>>,
    /// True when nothing had happened since the update before (không phát sinh).
    pub nothing_to_report: bool,
    /// Why the percentage fell.
    pub reason: Option<LongText>,
    /// The client that sent it; null for the operator.
    pub client: Option<ClientId>,
    /// When it was accepted.
    pub recorded_at: Instant,
}

page!(ProgressUpdatePage, ProgressUpdate, "the progress updates of a task");

/// Progress to report (cập nhật tiến độ).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgressUpdateCreate {
    /// The day that the figures are of; not in the future.
    pub as_of: Day,
    /// How much of the task is done; lower than before only with a `reason`.
    pub percent: Percent,
    /// What has come of it (kết quả); required unless `nothing_to_report`.
    #[schema(example = "Đã số hóa 1.240 trên 1.500 hồ sơ")]
    pub results: Option<LongText>,
    /// Money spent from the beginning until then, in đồng (lũy kế); absent when it is not known.
    pub spent_vnd: Option<Vnd>,
    /// How many people work on it (nhân lực).
    #[serde(default, deserialize_with = "people")]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub people: Option<i32>,
    /// What stands in the way (khó khăn, vướng mắc).
    pub obstacles: Option<LongText>,
    /// What is asked for (kiến nghị, đề xuất).
    pub proposals: Option<LongText>,
    /// What proves it, at most 50 links.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// True when nothing has happened since the update before (không phát sinh).
    #[serde(default)]
    pub nothing_to_report: bool,
    /// Why the percentage fell.
    pub reason: Option<LongText>,
}

impl ProgressUpdateCreate {
    /// The update as it is kept.
    #[must_use]
    pub fn into_update(
        self,
        id: ProgressUpdateId,
        task: TaskId,
        client: Option<ClientId>,
        now: Instant,
    ) -> ProgressUpdate {
        ProgressUpdate {
            id,
            task,
            as_of: self.as_of,
            percent: self.percent,
            results: self.results,
            spent_vnd: self.spent_vnd,
            people: self.people,
            obstacles: self.obstacles,
            proposals: self.proposals,
            evidence: JsonText(self.evidence),
            nothing_to_report: self.nothing_to_report,
            reason: self.reason,
            client,
            recorded_at: now,
        }
    }
}

fn people<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let people = Option::<i32>::deserialize(deserializer)?;
    if people.is_none_or(|people| (0..=1_000_000).contains(&people)) {
        return Ok(people);
    }
    Err(serde::de::Error::custom(crate::base::i18n::Bilingual::new(
        "phải từ 0 đến 1000000",
        "must be from 0 to 1000000",
    )))
}
