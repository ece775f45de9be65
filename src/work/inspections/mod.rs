//! Inspections (kiểm tra): who looked at which tasks, what was found, and whether it was put right.

pub mod api;
pub mod model;
pub mod problems;
pub mod store;

use model::{Inspection, InspectionCreate, InspectionFilter, InspectionPatch};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db, QueryError,
            types::{Day, InspectionId, Instant, OrgCode, TaskId},
        },
        i18n::{Bilingual, bilingual},
        log::Subject,
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem, Violations, codes},
        resource::{self, Precondition, Recorded, Resource},
    },
    reference::{calendars, organizations},
    work::tasks,
};

/// How many tasks one inspection may look at.
const MAX_TASKS: usize = 500;
/// How many findings one inspection may have.
const MAX_FINDINGS: usize = 200;

/// One page of the inspections by the caller's part of the tree.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &InspectionFilter,
    page: &PageRequest,
) -> Result<Page<Inspection>, Problem> {
    let under = organizations::narrow(db, caller, filter.under.as_ref()).await?;
    let rows = store::list(db, &under, filter, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter).await?) } else { None };
    Ok(page.cut(rows, total, |inspection| inspection.id.to_string()))
}

/// One inspection.
///
/// # Errors
/// 404 when it is not in the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, id: InspectionId) -> Result<Inspection, Problem> {
    store::find(db, caller.subtree(), id).await?.or_404("inspection")
}

/// Records an inspection.
///
/// # Errors
/// 422 when a date, a task or the organization cannot be.
pub async fn create(db: &mut Db, caller: &Caller, new: InspectionCreate) -> Result<Inspection, Problem> {
    let inspection = new.into_inspection(caller.organization(), caller.now());
    resource::create(db, caller, inspection, async |db, first| check(db, caller, None, first).await).await
}

/// Changes an inspection, such as when a finding was put right.
///
/// # Errors
/// 404, 412 when the version is stale, 422 as in [`create`].
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    id: InspectionId,
    precondition: &Precondition,
    patch: InspectionPatch,
) -> Result<Inspection, Problem> {
    let current = resource::admit(store::lock(db, caller.subtree(), id).await?, caller, Some(precondition))?;
    let next = current.clone().patched(patch).in_order();
    let rules = async |db: &mut Db, next: &mut Inspection| check(db, caller, Some(&current), next).await;
    resource::commit(db, caller, &current, next, None, rules).await.map(|(inspection, _)| inspection)
}

async fn check(db: &mut Db, caller: &Caller, current: Option<&Inspection>, next: &Inspection) -> Result<(), Problem> {
    if current.is_none_or(|current| current.organization != next.organization) {
        organizations::require(db, caller, "organization", std::slice::from_ref(&next.organization)).await?;
    }
    Violations::check(|violations| {
        check_dates(next, calendars::today(caller.now().utc()), violations);
        at_most(next.tasks.len(), MAX_TASKS, &mut violations.at("tasks"));
        at_most(next.findings.len(), MAX_FINDINGS, &mut violations.at("findings"));
        if next.tasks.windows(2).any(|pair| matches!(pair, [first, second] if first == second)) {
            violations.add("tasks", codes::DUPLICATE, Bilingual::new("có nhiệm vụ bị lặp lại", "a task is repeated"));
        }
    })?;
    // What was looked at once stays, even when another organization leads it by now.
    let before = current.map(|current| current.tasks.0.as_slice()).unwrap_or_default();
    let added: Vec<TaskId> = next.tasks.iter().filter(|task| !before.contains(task)).copied().collect();
    let known = tasks::store::known_tasks(db, caller.subtree(), added.clone()).await?;
    match added.iter().find(|task| !known.contains(task)) {
        None => Ok(()),
        Some(task) => Err(Problem::field(
            "tasks",
            tasks::problems::UNKNOWN_TASK,
            bilingual!(
                "không có nhiệm vụ {task} trong phạm vi của hệ thống gọi; xem /v1/tasks",
                "there is no task {task} in the caller's part of the tree; see /v1/tasks"
            ),
        )),
    }
}

fn check_dates(next: &Inspection, today: Day, violations: &mut Violations) {
    let future = || bilingual!("không được sau hôm nay ({today})", "must not be after today ({today})");
    let early = || Bilingual::new("không được trước held_on", "must not be before held_on");
    if next.held_on > today {
        violations.add("held_on", codes::IN_THE_FUTURE, future());
    }
    for (index, finding) in next.findings.iter().enumerate() {
        let mut place = violations.at("findings").at(index);
        if finding.due_on.is_some_and(|due| due < next.held_on) {
            place.add("due_on", problems::BEFORE_HELD_ON, early());
        }
        if finding.closed_on.is_some_and(|closed| closed < next.held_on) {
            place.add("closed_on", problems::BEFORE_HELD_ON, early());
        }
        if finding.closed_on.is_some_and(|closed| closed > today) {
            place.add("closed_on", codes::IN_THE_FUTURE, future());
        }
    }
}

fn at_most(count: usize, most: usize, violations: &mut Violations) {
    if count > most {
        violations.here(codes::TOO_MANY, bilingual!("nhiều nhất {most} mục", "at most {most} items"));
    }
}

impl Recorded for Inspection {
    const SUBJECT: Subject = Subject::Inspection;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for Inspection {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.organization)
    }

    fn place(&self) -> String {
        format!("/v1/inspections/{}", self.id)
    }

    fn stamp(&mut self, version: i32, at: Instant) {
        (self.version, self.updated_at) = (version, at);
        if version == 1 {
            self.created_at = at;
        }
    }

    async fn insert(&self, db: &mut Db) -> Result<usize, QueryError> {
        store::insert(db, self).await
    }

    async fn replace(&self, db: &mut Db, _: &Self) -> Result<(), QueryError> {
        store::replace(db, self).await
    }
}
