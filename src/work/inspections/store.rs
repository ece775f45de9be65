//! Inspections in the database.

use super::model::{Inspection, InspectionFilter};
use crate::base::{
    db::{
        Among, in_subtree,
        prelude::*,
        schema::{
            inspection_tasks as looked_at,
            inspections::{self, dsl},
            organizations,
        },
        types::{InspectionId, TaskId},
    },
    subtree::Subtree,
};

/// Inspections by the organizations of a part of the tree.
macro_rules! within {
    ($under:expr) => {
        inspections::table.filter(
            dsl::organization.eq_any(organizations::table.filter(Among::of(&$under)).select(organizations::code)),
        )
    };
}

/// One inspection, when its organization is in the part.
macro_rules! one {
    ($under:expr) => {
        inspections::table.filter(in_subtree!(dsl::organization, $under, alone))
    };
}

/// Inspections of the part that match.
macro_rules! matching {
    ($under:expr, $filter:expr) => {{
        let mut query = within!($under).into_boxed();
        if let Some(kind) = $filter.kind {
            query = query.filter(dsl::kind.eq(kind));
        }
        if let Some(task) = $filter.task {
            let looking = looked_at::table.filter(looked_at::task.eq(task)).select(looked_at::inspection);
            query = query.filter(dsl::id.eq_any(looking));
        }
        if let Some(from) = $filter.held_from {
            query = query.filter(dsl::held_on.ge(from));
        }
        if let Some(to) = $filter.held_to {
            query = query.filter(dsl::held_on.le(to));
        }
        query
    }};
}

/// One inspection of the part.
pub async fn find(db: &mut Db, under: &Subtree, id: InspectionId) -> QueryResult<Option<Inspection>> {
    let under = under.clone();
    both!(db, |c| one!(under).filter(dsl::id.eq(id)).select(Inspection::as_select()).load(c)).map(only)
}

/// One inspection of the part, kept from change by others until the transaction ends.
pub async fn lock(db: &mut Db, under: &Subtree, id: InspectionId) -> QueryResult<Option<Inspection>> {
    both!(db, pg | c | inspections::table.find(id).select(dsl::id).for_no_key_update().load::<InspectionId>(c))
        .transpose()?;
    // A statement of its own: the one that waited for the lock would still see the tasks of before.
    find(db, under, id).await
}

/// The inspections that match, by id, after the id `after`.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &InspectionFilter,
    after: Option<InspectionId>,
    rows: i64,
) -> QueryResult<Vec<Inspection>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = matching!(under, filter);
        if let Some(after) = after {
            query = query.filter(dsl::id.gt(after));
        }
        query.order(dsl::id).limit(rows).select(Inspection::as_select()).load(c)
    })
}

/// How many inspections match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &InspectionFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| matching!(under, filter).count().get_result(c))
}

/// Adds an inspection.
pub async fn insert(db: &mut Db, inspection: &Inspection) -> QueryResult<usize> {
    let row = inspection.clone();
    both!(db, |c| diesel::insert_into(inspections::table).values(row).execute(c))?;
    look_at(db, inspection).await.map(|()| 1)
}

/// Puts a new version in the place of the old.
pub async fn replace(db: &mut Db, inspection: &Inspection) -> QueryResult<()> {
    let (row, id) = (inspection.clone(), inspection.id);
    both!(db, |c| diesel::update(inspections::table.find(id)).set(row).execute(c))?;
    both!(db, |c| diesel::delete(looked_at::table.filter(looked_at::inspection.eq(id))).execute(c))?;
    look_at(db, inspection).await
}

async fn look_at(db: &mut Db, inspection: &Inspection) -> QueryResult<()> {
    let id = inspection.id;
    let row = move |task: &TaskId| (looked_at::inspection.eq(id), looked_at::task.eq(*task));
    let rows: Vec<_> = inspection.tasks.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    both!(db, |c| diesel::insert_into(looked_at::table).values(rows).execute(c)).map(drop)
}
