//! Rows put into the tables directly, for what reads them.

use tiendo::{
    base::{
        clock::new_id,
        db::{
            prelude::*,
            schema::{
                changes, document_relations, documents, indicator_targets, indicators, observations, progress_updates,
                tasks,
            },
            types::{Day, Decimal, DocumentId, Instant, ObservationId, ProgressUpdateId, TaskId},
        },
    },
    reference::calendars::Period,
};

use crate::harness::{Api, NOW};

pub fn at(text: &str) -> Instant {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
}

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn number(text: &str) -> Option<Decimal> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// Runs statements in one transaction.
pub fn run(api: &Api, f: impl AsyncFnOnce(&mut Db) -> QueryResult<()> + Send + 'static) {
    api.write(async move |db| Ok(f(db).await?)).unwrap();
}

/// From now on a wait for a lock of another transaction is an error.
pub async fn wait_for_no_lock(db: &mut Db) -> QueryResult<()> {
    both!(db, pg | c | diesel::sql_query("SET LOCAL lock_timeout = '50ms'").execute(c)).transpose().map(drop)
}

/// `code kind flow|stock frequency|-`, owned by the organization.
pub async fn indicator(db: &mut Db, organization: &str, text: &str, document: Option<DocumentId>) -> QueryResult<()> {
    let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
    let organization = organization.to_owned();
    both!(db, |c| diesel::insert_into(indicators::table)
        .values((
            indicators::code.eq(words[0].clone()),
            indicators::organization.eq(organization),
            indicators::name.eq(format!("Chỉ tiêu {}", words[0])),
            indicators::unit.eq("%"),
            indicators::search.eq(words[0].to_lowercase()),
            indicators::kind.eq(words[1].clone()),
            indicators::flow.eq(words[2] == "flow"),
            indicators::frequency.eq((words[3] != "-").then(|| words[3].clone())),
            indicators::document.eq(document),
            indicators::version.eq(1),
            indicators::targets_version.eq(1),
            indicators::created_at.eq(at(NOW)),
            indicators::updated_at.eq(at(NOW)),
        ))
        .execute(c))
    .map(drop)
}

/// `organization|- year|- op value` for each, in order.
pub async fn targets(db: &mut Db, indicator: &str, targets: &[&str]) -> QueryResult<()> {
    for (position, text) in targets.iter().enumerate() {
        let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
        let (indicator, position) = (indicator.to_owned(), i32::try_from(position).unwrap());
        both!(db, |c| diesel::insert_into(indicator_targets::table)
            .values((
                indicator_targets::indicator.eq(indicator),
                indicator_targets::position.eq(position),
                indicator_targets::organization.eq((words[0] != "-").then(|| words[0].clone())),
                indicator_targets::year.eq(words[1].parse::<i32>().ok()),
                indicator_targets::op.eq(words[2].clone()),
                indicator_targets::value.eq(words[3].parse::<Decimal>().unwrap()),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// `organization period figure [breakdown]`; a figure is `n/d`, a value, `not_applicable` or `not_available`.
pub async fn observations(db: &mut Db, indicator: &str, rows: &[&str]) -> QueryResult<()> {
    for text in rows {
        let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
        let indicator = indicator.to_owned();
        let missing = words[2].starts_with("not_").then(|| words[2].clone());
        let (n, d) = words[2].split_once('/').unwrap_or(("", ""));
        let (n, d) = (number(n), number(d));
        let value = if missing.is_some() || n.is_some() { None } else { number(&words[2]) };
        let period: Period = words[1].parse().unwrap();
        let breakdown = words.get(3).cloned().unwrap_or_default();
        both!(db, |c| diesel::insert_into(observations::table)
            .values((
                observations::id.eq(ObservationId(new_id())),
                observations::indicator.eq(indicator),
                observations::organization.eq(words[0].clone()),
                observations::period.eq(period),
                observations::breakdown.eq(breakdown),
                observations::numerator.eq(n),
                observations::denominator.eq(d),
                observations::value.eq(value),
                observations::missing.eq(missing),
                observations::status.eq("final"),
                observations::evidence.eq("[]"),
                observations::definition.eq(1),
                observations::version.eq(1),
                observations::created_at.eq(at(NOW)),
                observations::updated_at.eq(at(NOW)),
            ))
            .execute(c))?;
    }
    Ok(())
}

/// A document that implements others.
pub async fn document(db: &mut Db, organization: &str, implements: &[DocumentId]) -> QueryResult<DocumentId> {
    let (id, organization) = (DocumentId(new_id()), organization.to_owned());
    both!(db, |c| diesel::insert_into(documents::table)
        .values((
            documents::id.eq(id),
            documents::organization.eq(organization),
            documents::kind.eq("plan"),
            documents::title.eq("Kế hoạch"),
            documents::status.eq("in_force"),
            documents::search.eq("ke hoach"),
            documents::version.eq(1),
            documents::created_at.eq(at(NOW)),
            documents::updated_at.eq(at(NOW)),
        ))
        .execute(c))?;
    for target in implements.iter().copied() {
        both!(db, |c| diesel::insert_into(document_relations::table)
            .values((
                document_relations::document.eq(id),
                document_relations::kind.eq("implements"),
                document_relations::target.eq(target),
            ))
            .execute(c))?;
    }
    Ok(id)
}

/// A task; what is not said is unknown.
#[derive(Debug, Clone, Default)]
pub struct Task {
    pub lead: &'static str,
    pub state: &'static str,
    pub group: Option<&'static str>,
    pub document: Option<DocumentId>,
    pub assigned_on: Option<Day>,
    pub due_on: Option<Day>,
    pub completed_on: Option<Day>,
    pub percent: i64,
    pub planned_vnd: Option<i64>,
    pub spent_vnd: Option<i64>,
}

impl Task {
    pub async fn insert(self, db: &mut Db) -> QueryResult<TaskId> {
        let id = TaskId(new_id());
        both!(db, |c| diesel::insert_into(tasks::table)
            .values((
                tasks::id.eq(id),
                tasks::title.eq("Số hóa hồ sơ"),
                tasks::document.eq(self.document),
                tasks::group.eq(self.group),
                tasks::lead.eq(self.lead),
                tasks::coordinators.eq("[]"),
                tasks::assigned_on.eq(self.assigned_on),
                tasks::due_on.eq(self.due_on),
                tasks::first_due_on.eq(self.due_on),
                tasks::recurrence.eq("none"),
                tasks::planned_vnd.eq(self.planned_vnd),
                tasks::priority.eq("normal"),
                tasks::state.eq(self.state),
                tasks::percent.eq(self.percent * 10_000),
                tasks::spent_vnd.eq(self.spent_vnd),
                tasks::completed_on.eq(self.completed_on),
                tasks::indicators.eq("[]"),
                tasks::search.eq("so hoa ho so"),
                tasks::version.eq(1),
                tasks::created_at.eq(at(NOW)),
                tasks::updated_at.eq(at(NOW)),
            ))
            .execute(c))?;
        Ok(id)
    }

    /// One version of the task in the log, as its wire form.
    pub async fn version(&self, db: &mut Db, id: TaskId, version: i32, recorded_at: &str) -> QueryResult<()> {
        let content = serde_json::json!({
            "id": id, "title": "Số hóa hồ sơ", "lead": self.lead, "state": self.state, "group": self.group,
            "document": self.document, "assigned_on": self.assigned_on, "due_on": self.due_on,
            "completed_on": self.completed_on, "percent": self.percent.to_string(), "planned_vnd": self.planned_vnd,
            "spent_vnd": self.spent_vnd, "created_at": at(NOW), "anything_else": null,
        });
        let (lead, recorded_at) = (self.lead, at(recorded_at));
        both!(db, |c| diesel::insert_into(changes::table)
            .values((
                changes::subject.eq("task"),
                changes::subject_id.eq(id.to_string()),
                changes::version.eq(version),
                changes::kind.eq("task.updated"),
                changes::organization.eq(lead),
                changes::request_id.eq("test"),
                changes::recorded_at.eq(recorded_at),
                changes::form.eq(1_i16),
                changes::content.eq(content.to_string()),
            ))
            .execute(c))
        .map(drop)
    }
}

/// A progress update: percent, spent, obstacles, proposals.
pub async fn update(
    db: &mut Db,
    task: TaskId,
    as_of: &str,
    percent: i64,
    spent: Option<i64>,
    said: [&'static str; 2],
) -> QueryResult<()> {
    let as_of = day(as_of);
    let [obstacles, proposals] = said.map(|text| (!text.is_empty()).then_some(text));
    both!(db, |c| diesel::insert_into(progress_updates::table)
        .values((
            progress_updates::id.eq(ProgressUpdateId(new_id())),
            progress_updates::task.eq(task),
            progress_updates::as_of.eq(as_of),
            progress_updates::percent.eq(percent * 10_000),
            progress_updates::spent_vnd.eq(spent),
            progress_updates::obstacles.eq(obstacles),
            progress_updates::proposals.eq(proposals),
            progress_updates::evidence.eq("[]"),
            progress_updates::nothing_to_report.eq(false),
            progress_updates::recorded_at.eq(at(NOW)),
        ))
        .execute(c))
    .map(drop)
}

/// Tells other PostgreSQL transactions that this one has come to `point`; holds until it ends.
///
/// A transaction may wait for queries only, so they meet in the server: at advisory locks.
pub async fn at_point(db: &mut Db, point: i64) -> QueryResult<()> {
    let sql = format!("SELECT pg_advisory_xact_lock({point})");
    both!(db, pg | c | diesel::sql_query(sql).execute(c)).transpose().map(drop)
}

/// Waits until another PostgreSQL transaction is at `point`, or until none is any more.
pub async fn until(db: &mut Db, point: i64, is_there: bool) -> QueryResult<()> {
    let not = if is_there { "NOT" } else { "" };
    let sql = format!(
        "DO $$ BEGIN WHILE {not} EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = {point} AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) LOOP PERFORM pg_sleep(0.002); END LOOP; END $$"
    );
    both!(db, pg | c | diesel::sql_query(sql).execute(c)).transpose().map(drop)
}

/// Lets a transaction that waits at `point` for `answer` go on, and sees it out.
pub fn release(api: &Api, point: i64, answer: i64) {
    run(api, async move |db| {
        at_point(db, answer).await?;
        until(db, point, false).await
    });
}
