//! The targets of an indicator: one set, given whole, with a version of its own.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

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
        log::{HistoryEntry, Subject},
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

/// Gives a locked indicator its targets, unless they are so already. Those that the caller may not know stay, and are not
/// in the answer.
pub(super) async fn set(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<IndicatorTargets>,
    targets: Vec<Target>,
) -> Result<(IndicatorTargets, Outcome), Problem> {
    let visible = store::visible_targets(db, caller.subtree(), vec![current.indicator.clone()]).await?;
    let visible: Vec<Target> = visible.into_iter().map(|(_, target)| target).collect();
    let hidden = current.targets.iter().filter(|target| !visible.contains(target)).cloned();
    let whole =
        if targets == visible { current.targets.clone() } else { targets.iter().cloned().chain(hidden).collect() };
    let next = IndicatorTargets { targets: whole, ..IndicatorTargets::clone(current) };
    let rules = async |db: &mut Db, _: &mut IndicatorTargets| check(db, caller, &visible, &targets).await;
    let (set, outcome) = resource::commit(db, caller, current, next, None, rules).await?;
    Ok((IndicatorTargets { targets, ..set }, outcome))
}

/// Gives each indicator all its targets.
pub(super) async fn attach(db: &mut Db, indicators: &mut [Indicator]) -> Result<(), Problem> {
    let codes = targeted(indicators);
    if !codes.is_empty() {
        put(indicators, store::targets_of(db, codes).await?);
    }
    Ok(())
}

/// Gives each indicator those of its targets that the caller may know.
pub(super) async fn attach_visible(db: &mut Db, caller: &Caller, indicators: &mut [Indicator]) -> Result<(), Problem> {
    let codes = targeted(indicators);
    if !codes.is_empty() {
        put(indicators, store::visible_targets(db, caller.subtree(), codes).await?);
    }
    Ok(())
}

/// One indicator with those of its targets that the caller may know.
pub(super) async fn as_visible(db: &mut Db, caller: &Caller, mut indicator: Indicator) -> Result<Indicator, Problem> {
    attach_visible(db, caller, std::slice::from_mut(&mut indicator)).await?;
    Ok(indicator)
}

/// Takes out of versions what the caller may not know of their targets.
pub(super) async fn hide(db: &mut Db, caller: &Caller, versions: &mut [HistoryEntry]) -> Result<(), Problem> {
    let owner = |target: &Value| target.get("organization")?.as_str()?.parse::<OrgCode>().ok();
    let sets = || versions.iter().filter_map(|version| version.content.get("targets")?.as_array());
    let codes: HashSet<OrgCode> = sets().flatten().filter_map(owner).collect();
    if codes.is_empty() {
        return Ok(());
    }
    let known = organizations::store::known_near(db, caller.subtree(), codes.into_iter().collect()).await?;
    for version in versions {
        if let Some(targets) = version.content.get_mut("targets").and_then(Value::as_array_mut) {
            targets.retain(|target| owner(target).is_none_or(|code| known.contains(&code)));
        }
    }
    Ok(())
}

fn targeted(indicators: &[Indicator]) -> Vec<IndicatorCode> {
    indicators.iter().filter(|one| one.targets_version > 0).map(|one| one.code.clone()).collect()
}

fn put(indicators: &mut [Indicator], targets: Vec<(IndicatorCode, Target)>) {
    let mut sets: HashMap<IndicatorCode, Vec<Target>> = HashMap::new();
    for (code, target) in targets {
        sets.entry(code).or_default().push(target);
    }
    for indicator in indicators {
        let set = sets.remove(&indicator.code).unwrap_or_default();
        with_targets(indicator, set);
    }
}

async fn check(db: &mut Db, caller: &Caller, before: &[Target], targets: &[Target]) -> Result<(), Problem> {
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
    let mut known: HashSet<_> = organizations::store::known(db, caller.subtree(), codes).await?.into_iter().collect();
    // What was there before and is sent back is not asked again, such as a target of an organization above.
    known.extend(
        before.iter().filter(|target| targets.contains(target)).filter_map(|target| target.organization.clone()),
    );
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
