//! Progress (tiến độ): tasks, indicators, money, obstacles and coverage of a part of the tree as of a date.

pub mod api;
pub mod as_of;
mod coverage;
pub mod model;
pub mod store;
pub mod task_totals;

use model::{Coverage, Money, Progress, ProgressFilter, Remark, Tasks};
use store::{LiveGroup, Remarks};
use task_totals::{TaskGroup, TaskTotals};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{DocumentId, OrgCode},
        },
        i18n::Bilingual,
        problem::{Problem, codes},
        subtree::Subtree,
    },
    figures::{
        assessments::{
            Loading,
            model::Assessment,
            store::{Wanted, indicators},
        },
        rollup::combine::OrgScope,
    },
    reference::{
        calendars::{self, Frequency, Period, today},
        documents, organizations,
    },
    work::tasks::AsOf,
};

/// What is asked: whose figures, of which documents, over which period, as of which day.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The organization.
    pub under: OrgCode,
    /// Leaves out what is below it.
    pub is_alone: bool,
    /// The document, with all that implements it.
    pub document: Option<DocumentId>,
    /// The period of the indicators.
    pub period: Period,
    /// The calendar's code.
    pub calendar: String,
    /// The day, and how tasks are judged on it.
    pub as_of: AsOf,
}

/// The figures that a request asks for.
///
/// # Errors
/// 404 for what is not in the caller's part of the tree, 400 for a day in the future.
pub async fn get(db: &mut Db, caller: &Caller, filter: ProgressFilter, today: AsOf) -> Result<Progress, Problem> {
    let day = filter.as_of.unwrap_or(today.day);
    if day > today.day {
        let rule = Bilingual::new("không được sau hôm nay", "must not be later than today");
        return Err(Problem::parameter("as_of", codes::IN_THE_FUTURE, rule));
    }
    let calendar = calendars::get_or_default(db, filter.calendar.as_ref()).await?;
    let month = calendar.containing(day, Frequency::Month);
    let period = filter.period.or(month).ok_or_else(|| {
        Problem::parameter("period", codes::REQUIRED, Bilingual::new("bắt buộc phải có", "is required"))
    })?;
    let under = filter.under.unwrap_or_else(|| caller.organization().clone());
    let (document, calendar) = (filter.document, calendar.code);
    let as_of = AsOf { day, ..today };
    compute(db, caller, Ask { under, is_alone: false, document, period, calendar, as_of }).await
}

/// Computes every figure from the snapshot that `db` is.
///
/// # Errors
/// 404 for an organization or document that the caller may not see.
pub async fn compute(db: &mut Db, caller: &Caller, ask: Ask) -> Result<Progress, Problem> {
    let under = organizations::get(db, caller, &ask.under).await?;
    let scope = OrgScope { path: under.path, is_alone: ask.is_alone };
    let documents = match ask.document {
        Some(id) => Some(documents::implementing(db, caller, id).await?),
        None => None,
    };
    let counted = if ask.as_of.day == today(caller.now().utc()) {
        live(db, &scope, documents.clone(), &ask).await?
    } else {
        past(db, &scope, documents.as_deref(), &ask).await?
    };
    let (indicators, coverage) = figures(db, caller, &scope, documents, &ask).await?;
    let (obstacles, proposals) = split(counted.remarks);
    Ok(Progress {
        under: ask.under,
        includes_below: !ask.is_alone,
        document: ask.document,
        period: ask.period,
        calendar: ask.calendar,
        as_of: ask.as_of.day,
        tasks: counted.tasks,
        indicators,
        money: counted.money,
        obstacles,
        proposals,
        coverage,
        computed_at: caller.now(),
    })
}

struct Counted {
    tasks: Tasks,
    money: Money,
    remarks: Vec<Remarks>,
}

/// Today: the database counts groups of the live table.
async fn live(
    db: &mut Db,
    scope: &OrgScope,
    documents: Option<Vec<DocumentId>>,
    ask: &Ask,
) -> Result<Counted, Problem> {
    let mut fold = TaskTotals::on(ask.as_of);
    for group in store::live_groups(db, scope, documents.clone(), ask.as_of.day).await? {
        fold.add(&group.into());
    }
    let (tasks, money) = fold.end(store::names(db, scope).await?);
    Ok(Counted { tasks, money, remarks: store::live_remarks(db, scope, documents, ask.as_of.day).await? })
}

/// A day that is over: each task as it was at its end.
async fn past(db: &mut Db, scope: &OrgScope, documents: Option<&[DocumentId]>, ask: &Ask) -> Result<Counted, Problem> {
    let each = as_of::tasks(db, scope, documents, ask.as_of.day).await?;
    let mut fold = TaskTotals::on(ask.as_of);
    for task in each.values() {
        fold.add(task);
    }
    let ids: Vec<_> = each.keys().copied().collect();
    let (tasks, money) = fold.end(store::names(db, scope).await?);
    Ok(Counted { tasks, money, remarks: store::remarks_on(db, &ids, ask.as_of.day).await? })
}

impl From<LiveGroup> for TaskGroup {
    fn from(group: LiveGroup) -> Self {
        Self {
            state: group.state,
            due_on: group.due_on,
            completed_on: group.completed_on,
            lead: group.lead,
            group: group.group,
            count: group.count,
            percent: group.percent.into(),
            planned_vnd: group.planned_vnd,
            spent_vnd: group.spent_vnd,
        }
    }
}

/// Each indicator that the caller may read, for the organization, and how complete what is below it is.
async fn figures(
    db: &mut Db,
    caller: &Caller,
    scope: &OrgScope,
    documents: Option<Vec<DocumentId>>,
    ask: &Ask,
) -> Result<(Vec<Assessment>, Coverage), Problem> {
    let wanted = Wanted { documents, ..Wanted::default() };
    let subtree = Subtree::at(scope.path.clone());
    let (mut assessments, mut coverage) = (Vec::new(), Coverage::default());
    let mut subjects = Loading::of(indicators(db, caller.subtree(), wanted).await?, subtree, ask.period);
    while let Some(subject) = subjects.next(db).await? {
        assessments.push(subject.assess(&ask.under, scope, ask.period));
        coverage.count(&subject, scope, ask.period);
    }
    Ok((assessments, coverage))
}

fn split(remarks: Vec<Remarks>) -> (Vec<Remark>, Vec<Remark>) {
    let (mut obstacles, mut proposals) = (Vec::new(), Vec::new());
    for (task, code, title, as_of, obstacle, proposal) in remarks {
        let remark = |text| Remark { task, code: code.clone(), title: title.clone(), as_of, text };
        obstacles.extend(obstacle.map(&remark));
        proposals.extend(proposal.map(&remark));
    }
    (obstacles, proposals)
}
