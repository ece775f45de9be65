//! Plans as files: loading one puts everything it holds, in one transaction, and says what that changed.

pub mod model;
pub mod problems;

use std::collections::HashMap;

use model::{Entry, Plan, Report};
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{RecordKey, SourceCode},
        },
        i18n::{Bilingual, bilingual},
        ingest::located,
        problem::{Problem, codes, kinds},
        validation::parse,
    },
    reference::{
        documents,
        indicators::{
            self,
            model::{IndicatorCreate, Target},
        },
        organizations,
    },
    work::tasks,
};

/// The plan of the Lai Châu Inspectorate, as it comes with the service.
pub const LAI_CHAU: &str = include_str!("../../../plans/lai-chau-thanh-tra-2025.json");

/// The ids that the keys of a file stand for in this database, documents and tasks apart.
#[derive(Default)]
struct Keys {
    documents: HashMap<String, String>,
    tasks: HashMap<String, String>,
}

/// Puts a whole plan: all of it, or nothing. The same file twice changes nothing.
///
/// # Errors
/// 422 with the place in the file where a reference or a value is wrong.
pub async fn load(db: &mut Db, caller: &Caller, plan: Plan) -> Result<Report, Problem> {
    let (mut report, mut keys) = (Report::default(), Keys::default());
    for (at, new) in plan.organizations.into_iter().enumerate() {
        let code = new.code.clone();
        let before = organizations::store::find(db, caller.subtree(), &code).await?;
        let put = organizations::put(db, caller, new).await;
        let (after, outcome) = put.map_err(|problem| located(problem, "organizations", at))?;
        report.add("organization", &code, outcome, before.as_ref(), &after)?;
    }
    for (at, entry) in plan.documents.into_iter().enumerate() {
        let put = put_document(db, caller, &plan.source, entry, &mut keys, &mut report).await;
        put.map_err(|problem| located(problem, "documents", at))?;
    }
    if !keys.documents.contains_key(plan.plan.as_str()) {
        return Err(unknown("plan", plan.plan.as_str()));
    }
    for (at, entry) in plan.indicators.into_iter().enumerate() {
        let put = put_indicator(db, caller, entry, &keys, &mut report).await;
        put.map_err(|problem| located(problem, "indicators", at))?;
    }
    for (at, entry) in plan.tasks.into_iter().enumerate() {
        let put = put_task(db, caller, &plan.source, entry, &mut keys, &mut report).await;
        put.map_err(|problem| located(problem, "tasks", at))?;
    }
    Ok(report)
}

async fn put_document(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    mut entry: Entry,
    keys: &mut Keys,
    report: &mut Report,
) -> Result<(), Problem> {
    let key = take_key(&mut entry)?;
    let relations = entry.get_mut("relations").and_then(Value::as_array_mut).into_iter().flatten();
    for relation in relations.filter_map(Value::as_object_mut) {
        rename(relation, "to", "document", &keys.documents)?;
    }
    let before = found(documents::get_by_key(db, caller, source, &key).await)?;
    let (after, outcome) = documents::put(db, caller, (source, &key), body(entry)?, None).await?;
    keys.documents.insert(key.to_string(), after.id.to_string());
    report.add("document", &key, outcome, before.as_ref(), &after)
}

async fn put_indicator(
    db: &mut Db,
    caller: &Caller,
    mut entry: Entry,
    keys: &Keys,
    report: &mut Report,
) -> Result<(), Problem> {
    rename(&mut entry, "document", "document", &keys.documents)?;
    let targets: Vec<Target> = body(entry.remove("targets").unwrap_or_else(|| Value::Array(Vec::new())))?;
    let new: IndicatorCreate = body(entry)?;
    let code = new.code.clone();
    let before = found(indicators::get(db, caller, &code).await)?;
    let (after, outcome) = indicators::put(db, caller, new, targets).await?;
    report.add("indicator", &code, outcome, before.as_ref(), &after)
}

async fn put_task(
    db: &mut Db,
    caller: &Caller,
    source: &SourceCode,
    mut entry: Entry,
    keys: &mut Keys,
    report: &mut Report,
) -> Result<(), Problem> {
    let key = take_key(&mut entry)?;
    rename(&mut entry, "document", "document", &keys.documents)?;
    rename(&mut entry, "parent", "parent", &keys.tasks)?;
    let before = found(tasks::get_by_key(db, caller, source, &key).await)?;
    let (after, outcome) = tasks::put(db, caller, (source, &key), body(entry)?, None).await?;
    keys.tasks.insert(key.to_string(), after.id.to_string());
    report.add("task", &key, outcome, before.as_ref(), &after)
}

/// Nothing, where there is nothing yet.
fn found<T>(record: Result<T, Problem>) -> Result<Option<T>, Problem> {
    match record {
        Err(problem) if problem.is(&kinds::NOT_FOUND) => Ok(None),
        other => other.map(Some),
    }
}

fn take_key(entry: &mut Entry) -> Result<RecordKey, Problem> {
    let rule = || Problem::field("source_key", codes::REQUIRED, Bilingual::new("bắt buộc phải có", "is required"));
    entry.remove("source_key").and_then(|key| key.as_str()?.parse().ok()).ok_or_else(rule)
}

/// Puts the id that a key stands for under the name that the API gives it.
fn rename(entry: &mut Entry, from: &'static str, to: &str, known: &HashMap<String, String>) -> Result<(), Problem> {
    match entry.remove(from) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(key)) => {
            let found = key.parse::<RecordKey>().ok().and_then(|key| known.get(key.as_str()));
            let id = found.ok_or_else(|| unknown(from, &key))?;
            entry.insert(to.to_owned(), id.clone().into());
            Ok(())
        }
        Some(other) => Err(unknown(from, &other.to_string())),
    }
}

fn unknown(field: &'static str, key: &str) -> Problem {
    Problem::field(
        field,
        problems::UNKNOWN_KEY,
        bilingual!(
            "không có {key} ở phía trên trong tệp này; bản ghi được nhắc đến phải đứng trước",
            "there is no {key} further up in this file; what is referred to stands first"
        ),
    )
}

/// Parses strictly, as a body of the API.
fn body<T: DeserializeOwned + ToSchema>(entry: impl Into<Value>) -> Result<T, Problem> {
    parse(entry.into().to_string().as_bytes())
}
