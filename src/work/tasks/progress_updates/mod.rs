//! What is said of a task's progress (cập nhật tiến độ): append-only; the newest one is what the task shows.

pub mod api;
pub mod model;
pub mod store;

use model::{ProgressUpdate, ProgressUpdateCreate};

use super::{checks, model::Task, problems};
use crate::{
    base::{
        auth::Caller,
        clock,
        db::{
            Db,
            types::{Instant, ProgressUpdateId, TaskId},
        },
        evidence,
        i18n::{Bilingual, bilingual},
        log::Subject,
        page::{Page, PageRequest},
        problem::{Problem, Violations, codes},
        resource::{self, Recorded, Versioned},
    },
    reference::calendars,
};

/// One page of the updates of a task, in the order they were recorded.
///
/// # Errors
/// 404 when the task's lead is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    task: TaskId,
    page: &PageRequest,
) -> Result<Page<ProgressUpdate>, Problem> {
    super::get(db, caller, task).await?;
    let rows = store::list(db, task, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, task).await?) } else { None };
    Ok(page.cut(rows, total, |update| update.id.to_string()))
}

/// Records an update, and gives the task its next version. One that arrives late, with an older day than another,
/// is recorded and leaves the newer figures as they are.
///
/// # Errors
/// 404; `task-closed`; `percent-fell` without a reason; 422 for a day to come, or results that are missing.
pub async fn create(
    db: &mut Db,
    caller: &Caller,
    id: TaskId,
    new: ProgressUpdateCreate,
) -> Result<ProgressUpdate, Problem> {
    let current = super::lock(db, caller, id).await?;
    checks::is_open(&current)?;
    check(caller, &new)?;
    let is_newest = !store::has_later(db, id, new.as_of).await?;
    // The task itself when this is the newest: completion and reopening may have moved its percentage since.
    let before = if is_newest { Some(current.percent) } else { store::percent_on(db, id, new.as_of).await? };
    if let Some(before) = before
        && new.percent < before
        && new.reason.is_none()
    {
        let now = new.percent;
        return Err(Problem::new(
            &problems::PERCENT_FELL,
            bilingual!(
                "percent {now} thấp hơn lần trước ({before}); hãy gửi kèm reason.",
                "percent {now} is below the one before ({before}); send a reason."
            ),
        ));
    }
    // The id is made under the lock, so that ids are in the order of recording.
    let update = new.into_update(ProgressUpdateId(clock::new_id()), id, caller.client(), caller.date(db).await?);
    store::insert(db, &update).await?;
    resource::record(db, &caller.author(), &update, Some(&current.lead), None).await?;
    let next = if is_newest { current.clone().reported(&update) } else { current.clone() };
    super::save(db, caller, &current, next, None).await?;
    Ok(update)
}

impl Task {
    /// The same task with the figures of an update; what the update leaves out stays as it was.
    #[must_use]
    fn reported(mut self, update: &ProgressUpdate) -> Self {
        self.percent = update.percent;
        self.spent_vnd = update.spent_vnd.or(self.spent_vnd);
        self.results = update.results.clone().or(self.results);
        self
    }
}

fn check(caller: &Caller, new: &ProgressUpdateCreate) -> Result<(), Problem> {
    let today = calendars::today(caller.now().utc());
    Violations::check(|violations| {
        if new.as_of > today {
            let rule = bilingual!("không được sau hôm nay, {today}", "must not be after today, {today}");
            violations.add("as_of", codes::IN_THE_FUTURE, rule);
        }
        if new.results.is_none() && !new.nothing_to_report {
            let rule = Bilingual::new(
                "bắt buộc phải có, trừ khi nothing_to_report là true",
                "is required, unless nothing_to_report is true",
            );
            violations.add("results", codes::REQUIRED, rule);
        }
        evidence::check(&new.evidence, &mut violations.at("evidence"));
    })
}

impl Versioned for ProgressUpdate {
    fn version(&self) -> i32 {
        1
    }
}

impl Recorded for ProgressUpdate {
    const SUBJECT: Subject = Subject::ProgressUpdate;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.recorded_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}
