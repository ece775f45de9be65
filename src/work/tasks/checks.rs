//! What must hold of a task before it is stored.

use super::{model::Task, problems, store};
use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{Day, TaskId},
        },
        i18n::{Bilingual, bilingual},
        problem::{Code, Problem, Violations, codes},
    },
    reference::{documents, indicators, organizations},
};

/// The most that a list of codes holds.
const MAX_CODES: usize = 100;
/// The longest chain of parents.
const DEPTH: usize = 32;

/// A due date once given is not moved by a change of the task; the first and the current one may be said again.
///
/// # Errors
/// `due-date-fixed`.
pub fn due_date(current: &Task, wanted: Option<Day>) -> Result<(), Problem> {
    let Some(now) = current.due_on else { return Ok(()) };
    if wanted.is_some() && (wanted == Some(now) || wanted == current.first_due_on) {
        return Ok(());
    }
    let id = current.id;
    Err(Problem::new(
        &problems::DUE_DATE_FIXED,
        bilingual!(
            "Thời hạn đang là {now}; chỉ thay đổi qua POST /v1/tasks/{id}/deadline-changes.",
            "The due date is {now}; it moves only through POST /v1/tasks/{id}/deadline-changes."
        ),
    ))
}

/// Nothing more is said of a task that is over.
///
/// # Errors
/// `task-closed`.
pub fn is_open(task: &Task) -> Result<(), Problem> {
    if !task.is_closed() {
        return Ok(());
    }
    let state = task.state;
    Err(Problem::new(
        &problems::TASK_CLOSED,
        bilingual!(
            "Nhiệm vụ đang ở trạng thái {state}, không nhận thêm.",
            "The task is {state} and takes no more of this."
        ),
    ))
}

/// What can be seen without the database.
///
/// # Errors
/// 422 with the field's pointer.
pub fn shape(task: &Task) -> Result<(), Problem> {
    Violations::check(|violations| {
        if let (Some(start), Some(due)) = (task.start_on, task.due_on)
            && due < start
        {
            let rule = Bilingual::new("không được trước start_on", "must not be before start_on");
            violations.add("due_on", problems::BEFORE_START_ON, rule);
        }
        if task.coordinators.contains(&task.lead) {
            let rule = Bilingual::new("đơn vị chủ trì không ghi lại ở đây", "the lead is not named here again");
            violations.add("coordinators", problems::IS_LEAD, rule);
        }
        distinct(&task.coordinators, &mut violations.at("coordinators"));
        distinct(&task.indicators, &mut violations.at("indicators"));
    })
}

fn distinct<T: Ord>(items: &[T], violations: &mut Violations) {
    if items.len() > MAX_CODES {
        violations.here(codes::TOO_MANY, bilingual!("nhiều nhất {MAX_CODES}", "at most {MAX_CODES}"));
    } else if items.iter().collect::<std::collections::BTreeSet<_>>().len() < items.len() {
        violations.here(codes::DUPLICATE, Bilingual::new("có mã bị lặp lại", "a code is repeated"));
    }
}

/// What the task newly refers to exists and may be read by the caller.
///
/// # Errors
/// 422 with the field's pointer.
pub async fn references(db: &mut Db, caller: &Caller, current: Option<&Task>, next: &Task) -> Result<(), Problem> {
    if current.is_none_or(|current| current.lead != next.lead) {
        organizations::require(db, caller, "lead", std::slice::from_ref(&next.lead)).await?;
    }
    if current.is_none_or(|current| current.coordinators != next.coordinators) {
        organizations::require(db, caller, "coordinators", &next.coordinators).await?;
    }
    if let Some(document) = next.document
        && current.is_none_or(|current| current.document != next.document)
    {
        documents::require(db, caller, "document", document).await?;
    }
    if current.is_none_or(|current| current.indicators != next.indicators) {
        let known = indicators::store::known(db, caller.subtree(), next.indicators.0.clone()).await?;
        for code in &next.indicators.0 {
            exists("indicators", indicators::problems::UNKNOWN_INDICATOR, code, &known)?;
        }
    }
    if let Some(parent) = next.parent
        && current.is_none_or(|current| current.parent != next.parent)
    {
        let known = store::known_tasks(db, caller.subtree(), vec![parent]).await?;
        exists("parent", problems::UNKNOWN_TASK, &parent, &known)?;
        ancestry(db, next.id, parent).await?;
    }
    Ok(())
}

/// Passes when what a field names is known.
fn exists<T: PartialEq + std::fmt::Display>(
    field: &'static str,
    code: Code,
    wanted: &T,
    known: &[T],
) -> Result<(), Problem> {
    if known.contains(wanted) {
        return Ok(());
    }
    Err(Problem::field(
        field,
        code,
        bilingual!("không có {wanted} trong phạm vi của hệ thống gọi", "there is no {wanted} that the caller may see"),
    ))
}

/// The chain of parents ends, and not in the task itself.
async fn ancestry(db: &mut Db, task: TaskId, parent: TaskId) -> Result<(), Problem> {
    store::lock_hierarchy(db).await?;
    let mut above = Some(parent);
    for _ in 0..DEPTH {
        match above {
            None => return Ok(()),
            Some(id) if id == task => {
                return Err(Problem::field(
                    "parent",
                    codes::CYCLE,
                    Bilingual::new("không thể là một phần của chính nó", "a task cannot be a part of itself"),
                ));
            }
            Some(id) => above = store::parent_of(db, id).await?,
        }
    }
    Err(Problem::field(
        "parent",
        problems::TOO_DEEP,
        bilingual!("nhiều nhất {DEPTH} cấp nhiệm vụ cha", "at most {DEPTH} parents above a task"),
    ))
}
