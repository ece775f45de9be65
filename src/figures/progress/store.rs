//! What progress reads of tasks: live groups, single tasks as of a date, and what updates say.

use std::collections::BTreeMap;

use diesel::{
    dsl::{count_star, exists, not, sql},
    sql_types::{BigInt, Bool, Nullable},
};

use crate::{
    base::{
        db::{
            prelude::*,
            schema::{changes, organizations, progress_updates, tasks},
            types::{Day, Decimal, DocumentId, Inline, Instant, LongText, OrgCode, ShortText, TaskId},
        },
        log::Subject,
    },
    figures::rollup::combine::OrgScope,
    work::tasks::model::TaskState,
};

/// How many ids go into one statement.
const CHUNK: usize = 1000;

/// Tasks of the live table that are alike, and their sums.
#[derive(Debug, Queryable)]
pub struct LiveGroup {
    pub state: TaskState,
    pub due_on: Option<Day>,
    pub completed_on: Option<Day>,
    pub lead: OrgCode,
    pub group: Option<Inline>,
    pub count: i64,
    pub percent: i64,
    pub planned_vnd: Option<i64>,
    pub spent_vnd: Option<i64>,
}

/// One task of the live table.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tasks)]
pub struct LiveTask {
    pub id: TaskId,
    pub state: TaskState,
    pub due_on: Option<Day>,
    pub completed_on: Option<Day>,
    pub lead: OrgCode,
    pub group: Option<Inline>,
    pub document: Option<DocumentId>,
    pub assigned_on: Option<Day>,
    pub percent: Decimal,
    pub planned_vnd: Option<i64>,
    pub spent_vnd: Option<i64>,
    pub created_at: Instant,
}

/// What an update said: task, percent, spent.
pub type Said = (TaskId, Decimal, Option<i64>);

/// The latest remarks on a task: its id, code and title, the day, obstacles and proposals.
pub type Remarks = (TaskId, Option<String>, ShortText, Day, Option<LongText>, Option<LongText>);

/// Counts and sums of the tasks that were assigned by the day, in one pass of the database.
pub async fn live_groups(
    db: &mut Db,
    scope: &OrgScope,
    documents: Option<Vec<DocumentId>>,
    day: Day,
) -> QueryResult<Vec<LiveGroup>> {
    let scope = scope.clone();
    both!(db, |c| {
        let (from, to) = scope.range();
        let mut query = tasks::table
            .inner_join(organizations::table)
            .group_by((tasks::state, tasks::due_on, tasks::completed_on, tasks::lead, tasks::group))
            .select((
                tasks::state,
                tasks::due_on,
                tasks::completed_on,
                tasks::lead,
                tasks::group,
                count_star(),
                // PostgreSQL adds bigint up to numeric; both databases have room for the sums here.
                sql::<BigInt>("CAST(SUM(tasks.percent) AS BIGINT)"),
                sql::<Nullable<BigInt>>("CAST(SUM(tasks.planned_vnd) AS BIGINT)"),
                sql::<Nullable<BigInt>>("CAST(SUM(tasks.spent_vnd) AS BIGINT)"),
            ))
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .filter(tasks::assigned_on.is_null().or(tasks::assigned_on.le(day)))
            .into_boxed();
        if let Some(documents) = documents {
            query = query.filter(tasks::document.eq_any(documents));
        }
        query.load(c)
    })
}

/// Every task of the reach as it is now.
pub async fn live_tasks(db: &mut Db, scope: &OrgScope) -> QueryResult<Vec<LiveTask>> {
    let scope = scope.clone();
    both!(db, |c| {
        let (from, to) = scope.range();
        tasks::table
            .inner_join(organizations::table)
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .select(LiveTask::as_select())
            .load(c)
    })
}

/// The ids of the tasks that changed at that moment or later.
pub async fn changed_since(db: &mut Db, end: Instant) -> QueryResult<Vec<String>> {
    both!(db, |c| changes::table
        .filter(changes::subject.eq(Subject::Task).and(changes::recorded_at.ge(end)))
        .select(changes::subject_id)
        .distinct()
        .load(c))
}

/// Of the tasks that changed at that moment or later, the version that held before it, or else the first: id and content.
pub async fn versions_before(db: &mut Db, scope: &OrgScope, end: Instant) -> QueryResult<Vec<(String, String)>> {
    let scope = scope.clone();
    both!(db, |c| {
        let (from, to) = scope.range();
        let (between, later) = diesel::alias!(changes as between, changes as later);
        let is_followed = exists(
            later
                .filter(later.field(changes::subject).eq(changes::subject))
                .filter(later.field(changes::subject_id).eq(changes::subject_id))
                .filter(later.field(changes::version).gt(changes::version))
                .filter(later.field(changes::recorded_at).ge(end)),
        );
        let is_replaced = exists(
            between
                .filter(between.field(changes::subject).eq(changes::subject))
                .filter(between.field(changes::subject_id).eq(changes::subject_id))
                .filter(between.field(changes::version).gt(changes::version))
                .filter(between.field(changes::recorded_at).lt(end)),
        );
        changes::table
            .inner_join(organizations::table.on(changes::organization.eq(organizations::code.nullable())))
            // Not a parameter: the index of the log of tasks is found by it.
            .filter(sql::<Bool>("changes.subject = 'task'"))
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .filter(
                (changes::recorded_at.lt(end).and(is_followed).and(not(is_replaced)))
                    .or(changes::recorded_at.ge(end).and(changes::version.eq(1))),
            )
            .order((changes::subject_id, changes::version))
            .select((changes::subject_id, changes::content))
            .load(c)
    })
}

/// What the updates of these tasks said up to the day, the latest last.
pub async fn said(db: &mut Db, ids: &[TaskId], day: Day) -> QueryResult<Vec<Said>> {
    let mut all = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let ids = chunk.to_vec();
        all.extend(both!(db, |c| progress_updates::table
            .filter(progress_updates::task.eq_any(ids).and(progress_updates::as_of.le(day)))
            .order((progress_updates::task, progress_updates::as_of, progress_updates::id))
            .select((progress_updates::task, progress_updates::percent, progress_updates::spent_vnd))
            .load::<Said>(c))?);
    }
    Ok(all)
}

/// The latest update of each task up to a day, when it names an obstacle or a proposal; "nothing to report" takes none back.
macro_rules! remarks {
    ($day:expr) => {{
        let later = diesel::alias!(progress_updates as later);
        let is_replaced = exists(
            later
                .filter(later.field(progress_updates::task).eq(progress_updates::task))
                .filter(later.field(progress_updates::nothing_to_report).eq(false))
                .filter(later.field(progress_updates::as_of).le($day))
                .filter(
                    later.field(progress_updates::as_of).gt(progress_updates::as_of).or(later
                        .field(progress_updates::as_of)
                        .eq(progress_updates::as_of)
                        .and(later.field(progress_updates::id).gt(progress_updates::id))),
                ),
        );
        progress_updates::table
            .inner_join(tasks::table.inner_join(organizations::table))
            .filter(progress_updates::as_of.le($day).and(progress_updates::nothing_to_report.eq(false)))
            .filter(progress_updates::obstacles.is_not_null().or(progress_updates::proposals.is_not_null()))
            .filter(not(is_replaced))
            .order((progress_updates::as_of.desc(), tasks::id))
            .select((
                tasks::id,
                tasks::code,
                tasks::title,
                progress_updates::as_of,
                progress_updates::obstacles,
                progress_updates::proposals,
            ))
    }};
}

/// What the latest update of each live task up to the day says of obstacles and proposals.
pub async fn live_remarks(
    db: &mut Db,
    scope: &OrgScope,
    documents: Option<Vec<DocumentId>>,
    day: Day,
) -> QueryResult<Vec<Remarks>> {
    let scope = scope.clone();
    both!(db, |c| {
        let (from, to) = scope.range();
        let mut query = remarks!(day)
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .filter(tasks::assigned_on.is_null().or(tasks::assigned_on.le(day)))
            .into_boxed();
        if let Some(documents) = documents {
            query = query.filter(tasks::document.eq_any(documents));
        }
        query.load(c)
    })
}

/// The same for these tasks.
pub async fn remarks_on(db: &mut Db, ids: &[TaskId], day: Day) -> QueryResult<Vec<Remarks>> {
    let mut all = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let ids = chunk.to_vec();
        all.extend(both!(db, |c| remarks!(day).filter(tasks::id.eq_any(ids)).load::<Remarks>(c))?);
    }
    Ok(all)
}

/// The names of the organizations of the reach.
pub async fn names(db: &mut Db, scope: &OrgScope) -> QueryResult<BTreeMap<OrgCode, ShortText>> {
    let scope = scope.clone();
    let rows: Vec<(OrgCode, ShortText)> = both!(db, |c| {
        let (from, to) = scope.range();
        organizations::table
            .filter(organizations::path.ge(from).and(organizations::path.lt(to)))
            .select((organizations::code, organizations::name))
            .load(c)
    })?;
    Ok(rows.into_iter().collect())
}
