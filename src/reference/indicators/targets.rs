//! The targets of an indicator: one set, given whole, with a version of its own.

use std::collections::{HashMap, HashSet};

use super::{
    model::{Indicator, IndicatorTargets, Target},
    store, with_targets,
};
use crate::{
    base::{
        auth::Caller,
        db::{
            Db, QueryError,
            types::{IndicatorCode, Instant, OrgCode},
        },
        i18n::{Bilingual, bilingual},
        ingest,
        log::Subject,
        problem::{Problem, Violations, codes},
        resource::{self, Admitted, Outcome, Precondition, Recorded, Resource},
    },
    reference::{
        calendars::YEARS,
        organizations::{self, problems::UNKNOWN_ORGANIZATION},
    },
};

/// More than every organization of a province over ten years.
const MAX_TARGETS: usize = 5_000;

/// The targets of one indicator.
///
/// # Errors
/// 404 when the indicator may not be read.
pub async fn get_targets(db: &mut Db, caller: &Caller, code: &IndicatorCode) -> Result<IndicatorTargets, Problem> {
    super::get(db, caller, code).await.map(view)
}

/// Replaces the whole set; what is given again makes no version.
///
/// # Errors
/// 404, 412, 428 when there is a set and no condition came, 422 with the row's pointer.
pub async fn put_targets(
    db: &mut Db,
    caller: &Caller,
    code: &IndicatorCode,
    precondition: Option<&Precondition>,
    targets: Vec<Target>,
) -> Result<IndicatorTargets, Problem> {
    let current = resource::admit(super::lock(db, caller, code).await?.map(view), caller, precondition)?;
    if precondition.is_none() && current.version > 0 {
        return Err(Precondition::required());
    }
    set(db, caller, &current, targets).await.map(|(set, _)| set)
}

/// Gives a locked indicator its targets, unless they are so already.
pub(super) async fn set(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<IndicatorTargets>,
    targets: Vec<Target>,
) -> Result<(IndicatorTargets, Outcome), Problem> {
    let next = IndicatorTargets { targets, ..IndicatorTargets::clone(current) };
    let rules = async |db: &mut Db, next: &mut IndicatorTargets| check(db, caller, &next.targets).await;
    resource::commit(db, caller, current, next, None, rules).await
}

/// Gives each indicator its targets.
pub(super) async fn attach(db: &mut Db, indicators: &mut [Indicator]) -> Result<(), Problem> {
    let codes = indicators.iter().filter(|one| one.targets_version > 0).map(|one| one.code.clone()).collect::<Vec<_>>();
    if codes.is_empty() {
        return Ok(());
    }
    let mut sets: HashMap<IndicatorCode, Vec<Target>> = HashMap::new();
    for (code, target) in store::targets_of(db, codes).await? {
        sets.entry(code).or_default().push(target);
    }
    for indicator in indicators {
        let set = sets.remove(&indicator.code).unwrap_or_default();
        with_targets(indicator, set);
    }
    Ok(())
}

async fn check(db: &mut Db, caller: &Caller, targets: &[Target]) -> Result<(), Problem> {
    if targets.len() > MAX_TARGETS {
        return Err(Problem::new(
            &ingest::problems::TOO_MANY_ROWS,
            bilingual!(
                "Nhiều nhất {MAX_TARGETS} mục tiêu một chỉ tiêu.",
                "At most {MAX_TARGETS} targets for an indicator."
            ),
        ));
    }
    let codes = targets.iter().filter_map(|target| target.organization.clone()).collect();
    let known: HashSet<_> = organizations::store::known(db, caller.subtree(), codes).await?.into_iter().collect();
    let mut seen = HashMap::new();
    Violations::check(|violations| {
        for (index, target) in targets.iter().enumerate() {
            let mut row = violations.at(index);
            if let Some(first) = seen.insert((&target.organization, target.year), index + 1) {
                let rule = bilingual!(
                    "cùng tổ chức và năm với dòng {first}; mỗi cặp chỉ có một mục tiêu",
                    "same organization and year as row {first}; each pair has one target"
                );
                row.here(codes::DUPLICATE_ROW, rule);
            }
            if target.year.is_some_and(|year| !YEARS.contains(&year)) {
                let rule = Bilingual::new("phải từ 2000 đến 2100", "must be from 2000 to 2100");
                row.add("year", codes::OUT_OF_RANGE, rule);
            }
            if let Some(code) = target.organization.as_ref().filter(|code| !known.contains(code)) {
                row.add("organization", UNKNOWN_ORGANIZATION, organizations::problems::unknown(code));
            }
        }
    })
}

/// The targets of an indicator as a set of its own.
pub(super) fn view(indicator: Indicator) -> IndicatorTargets {
    IndicatorTargets {
        updated_at: indicator.targets_updated_at.unwrap_or(indicator.created_at),
        indicator: indicator.code,
        targets: indicator.targets.0,
        version: indicator.targets_version,
        organization: indicator.organization,
    }
}

impl Recorded for IndicatorTargets {
    const SUBJECT: Subject = Subject::Targets;

    fn key(&self) -> String {
        self.indicator.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for IndicatorTargets {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.organization)
    }

    fn place(&self) -> String {
        format!("/v1/indicators/{}/targets", self.indicator)
    }

    fn stamp(&mut self, version: i32, at: Instant) {
        (self.version, self.updated_at) = (version, at);
    }

    async fn insert(&self, db: &mut Db) -> Result<usize, QueryError> {
        store::replace_targets(db, self).await.map(|()| 1)
    }

    async fn replace(&self, db: &mut Db, _: &Self) -> Result<(), QueryError> {
        store::replace_targets(db, self).await
    }
}
