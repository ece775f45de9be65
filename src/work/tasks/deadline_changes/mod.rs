//! Moves of a due date (gia hạn, điều chỉnh thời hạn): each with its reason and who approved it; the first date is kept.

pub mod api;
pub mod model;
pub mod store;

use model::{DeadlineChange, DeadlineChangeCreate};

use super::{checks, problems};
use crate::{
    base::{
        auth::Caller,
        clock,
        db::{
            Db,
            types::{DeadlineChangeId, Instant, TaskId},
        },
        i18n::bilingual,
        log::Subject,
        page::{Page, PageRequest},
        problem::Problem,
        resource::{self, Recorded, Versioned},
    },
    reference::documents,
};

/// One page of the moves of a task's due date, oldest first.
///
/// # Errors
/// 404 when the task's lead is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    task: TaskId,
    page: &PageRequest,
) -> Result<Page<DeadlineChange>, Problem> {
    super::get(db, caller, task).await?;
    let rows = store::list(db, task, page.after()?, page.rows()).await?;
    let total = if page.count { Some(store::count(db, task).await?) } else { None };
    Ok(page.cut(rows, total, |change| change.id.to_string()))
}

/// Moves a task's due date, or gives it its first.
///
/// # Errors
/// 404; `task-closed`; 422 when the date is the one there is, or before the task begins.
pub async fn create(
    db: &mut Db,
    caller: &Caller,
    id: TaskId,
    new: DeadlineChangeCreate,
) -> Result<DeadlineChange, Problem> {
    let current = super::lock(db, caller, id).await?;
    checks::is_open(&current)?;
    let day = new.new_due_on;
    if current.due_on == Some(day) {
        let rule = bilingual!("thời hạn đang là {day}", "the due date is {day} already");
        return Err(Problem::field("new_due_on", problems::UNCHANGED, rule));
    }
    if let Some(start) = current.start_on.filter(|start| day < *start) {
        let rule = bilingual!("không được trước start_on, {start}", "must not be before start_on, {start}");
        return Err(Problem::field("new_due_on", problems::BEFORE_START_ON, rule));
    }
    if let Some(document) = new.document {
        documents::require(db, caller, "document", document).await?;
    }
    let change = new.into_change(DeadlineChangeId(clock::new_id()), &current, caller.client(), caller.date(db).await?);
    store::insert(db, &change).await?;
    resource::record(db, &caller.author(), &change, Some(&current.lead), None).await?;
    let mut next = current.clone();
    next.due_on = Some(day);
    next.first_due_on = current.first_due_on.or(Some(day));
    super::save(db, caller, &current, next, None).await?;
    Ok(change)
}

impl Versioned for DeadlineChange {
    fn version(&self) -> i32 {
        1
    }
}

impl Recorded for DeadlineChange {
    const SUBJECT: Subject = Subject::DeadlineChange;

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
