//! The file format `tiendo-plan/1`: the bodies of the API, with keys of the file in the place of ids.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    base::{
        db::types::{RecordKey, SourceCode},
        ingest::Counts,
        problem::Problem,
        resource::Outcome,
    },
    reference::organizations::model::OrganizationCreate,
};

/// A plan with everything it holds; what refers to another record stands after it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The version of this format.
    pub format: Format,
    /// The system that owns the records: the file itself.
    pub source: SourceCode,
    /// The key of the plan's own document.
    pub plan: RecordKey,
    /// The tree, parents before children.
    pub organizations: Vec<OrganizationCreate>,
    /// The plan, what it implements, what it replaces, what it goes with: each a `DocumentCreate` with its
    /// `source_key`, and relations `{type, to}` by key.
    #[schema(value_type = Vec<Object>)]
    pub documents: Vec<Entry>,
    /// What is measured: each an `IndicatorCreate` with its `targets`.
    #[schema(value_type = Vec<Object>)]
    pub indicators: Vec<Entry>,
    /// Every duty: each a `TaskCreate` with its `source_key`.
    #[schema(value_type = Vec<Object>)]
    pub tasks: Vec<Entry>,
}

/// A body of the API with keys in the place of ids.
pub type Entry = Map<String, Value>;

/// The versions of the format.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
pub enum Format {
    /// The first.
    #[serde(rename = "tiendo-plan/1")]
    V1,
}

/// What loading a plan came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many records of each resource ended how.
    pub counts: BTreeMap<&'static str, Counts>,
    /// What was created or changed, one line each.
    pub lines: Vec<String>,
}

impl Report {
    /// Notes one record: which fields of it changed is read off its two forms.
    ///
    /// # Errors
    /// `internal` when a form cannot be written.
    pub fn add<T: Serialize>(
        &mut self,
        what: &'static str,
        key: &impl ToString,
        outcome: Outcome,
        before: Option<&T>,
        after: &T,
    ) -> Result<(), Problem> {
        self.counts.entry(what).or_default().add(outcome);
        if outcome != Outcome::Unchanged {
            let fields = match before {
                Some(before) => format!(": {}", changed(before, after)?.join(", ")),
                None => String::new(),
            };
            self.lines.push(format!("{outcome} {what} {}{fields}", key.to_string()));
        }
        Ok(())
    }
}

/// The fields that differ, but for those that differ in every version.
fn changed<T: Serialize>(before: &T, after: &T) -> Result<Vec<String>, Problem> {
    let before = serde_json::to_value(before).map_err(Problem::internal)?;
    let after = serde_json::to_value(after).map_err(Problem::internal)?;
    let fields = after.as_object().into_iter().flatten();
    Ok(fields
        .filter(|(name, _)| !matches!(name.as_str(), "version" | "targets_version" | "updated_at"))
        .filter(|(name, value)| before.get(name.as_str()) != Some(*value))
        .map(|(name, _)| name.clone())
        .collect())
}
