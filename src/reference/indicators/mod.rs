//! Indicators (chỉ tiêu): what is measured, in which unit, and what it must reach. A changed definition is a new
//! version; figures keep the version that they were reported under.

pub mod api;
pub mod model;
pub mod problems;
pub mod store;
mod target;
mod targets;

use model::{Indicator, IndicatorCreate, IndicatorFilter, IndicatorPatch, Target};
pub use targets::{get_targets, put_targets};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db, QueryError,
            types::{IndicatorCode, Instant, JsonText, OrgCode},
        },
        i18n::Bilingual,
        log::{self, HistoryEntry, Subject},
        page::{Page, PageRequest},
        problem::{OrNotFound, Problem, Violations},
        resource::{self, Admitted, Outcome, Precondition, Recorded, Resource},
    },
    reference::{documents, organizations},
};

/// One page of the indicators defined in the caller's part of the tree or above it.
///
/// # Errors
/// `invalid-cursor`.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &IndicatorFilter,
    page: &PageRequest,
) -> Result<Page<Indicator>, Problem> {
    let after = page.after()?;
    let mut rows = store::list(db, caller.subtree(), filter, after, page.rows()).await?;
    let total = if page.count { Some(store::count(db, caller.subtree(), filter).await?) } else { None };
    targets::attach_visible(db, caller, &mut rows).await?;
    Ok(page.cut(rows, total, |indicator| indicator.code.to_string()))
}

/// One indicator with those of its targets that the caller may know.
///
/// # Errors
/// 404 when its owner is neither in the caller's part of the tree nor above it.
pub async fn get(db: &mut Db, caller: &Caller, code: &IndicatorCode) -> Result<Indicator, Problem> {
    let found = store::find(db, caller.subtree(), code).await?.or_404("indicator")?;
    targets::as_visible(db, caller, found).await
}

/// Every version of an indicator, with what the caller may know of the targets of that time.
///
/// # Errors
/// As [`get`]; `invalid-cursor`.
pub async fn history(
    db: &mut Db,
    caller: &Caller,
    code: &IndicatorCode,
    page: &PageRequest,
) -> Result<Page<HistoryEntry>, Problem> {
    store::find(db, caller.subtree(), code).await?.or_404("indicator")?;
    let mut versions = log::history(db, Subject::Indicator, code, page).await?;
    targets::hide(db, caller, &mut versions.items).await?;
    Ok(versions)
}

/// Defines an indicator.
///
/// # Errors
/// 409 when the code is taken, 422 when the owner or the document is not there.
pub async fn create(db: &mut Db, caller: &Caller, new: IndicatorCreate) -> Result<Indicator, Problem> {
    let indicator = new.into_indicator(caller.organization().clone(), caller.now());
    resource::create(db, caller, indicator, async |db, first| check(db, caller, None, first).await).await
}

/// Changes a definition; a patch that says what is so already makes no version.
///
/// # Errors
/// 404, 412 when the version is stale, 422 when kind, flow or unit would change under figures.
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    code: &IndicatorCode,
    precondition: &Precondition,
    patch: IndicatorPatch,
) -> Result<Indicator, Problem> {
    let current = resource::admit(lock(db, caller, code).await?, caller, Some(precondition))?;
    let next = current.clone().patched(patch).searchable();
    let (indicator, _) = redefine(db, caller, &current, next).await?;
    targets::as_visible(db, caller, indicator).await
}

/// Creates an indicator with its targets or brings it to what is given; what is so already stays untouched.
///
/// # Errors
/// As [`create`], [`update`] and [`put_targets`].
pub async fn put(
    db: &mut Db,
    caller: &Caller,
    new: IndicatorCreate,
    targets: Vec<Target>,
) -> Result<(Indicator, Outcome), Problem> {
    let (mut indicator, outcome) = match lock(db, caller, &new.code).await? {
        None => (create(db, caller, new).await?, Outcome::Created),
        Some(current) => {
            let current = resource::admit(Some(current), caller, None)?;
            let next = current.clone().replaced(new, current.organization.clone()).searchable();
            redefine(db, caller, &current, next).await?
        }
    };
    let current = resource::admit(Some(targets::view(indicator.clone())), caller, None)?;
    let (set, set_outcome) = targets::set(db, caller, &current, targets).await?;
    (indicator.targets, indicator.targets_version) = (JsonText(set.targets), set.version);
    Ok((indicator, if outcome == Outcome::Unchanged { set_outcome } else { outcome }))
}

async fn lock(db: &mut Db, caller: &Caller, code: &IndicatorCode) -> Result<Option<Indicator>, Problem> {
    let mut rows: Vec<_> = store::lock(db, caller.subtree(), code).await?.into_iter().collect();
    targets::attach(db, &mut rows).await?;
    Ok(rows.pop())
}

/// Puts `next` in the place of `current` when they differ.
async fn redefine(
    db: &mut Db,
    caller: &Caller,
    current: &Admitted<Indicator>,
    next: Indicator,
) -> Result<(Indicator, Outcome), Problem> {
    let rules = async |db: &mut Db, next: &mut Indicator| check(db, caller, Some(current), next).await;
    resource::commit(db, caller, current, next, None, rules).await
}

/// What must not change once there are figures: they would mean something else.
fn fixed_changes(current: &Indicator, next: &Indicator) -> Violations {
    let changes = [
        ("kind", current.kind != next.kind),
        ("flow", current.flow != next.flow),
        ("unit", current.unit != next.unit),
        ("frequency", current.frequency != next.frequency),
    ];
    let rule = Bilingual::new(
        "không đổi được khi đã có số liệu; hãy tạo một chỉ tiêu mới",
        "cannot change once there are figures; define a new indicator",
    );
    let mut violations = Violations::in_body();
    for (field, _) in changes.into_iter().filter(|(_, is_changed)| *is_changed) {
        violations.add(field, problems::FIXED_BY_OBSERVATIONS, rule.clone());
    }
    violations
}

async fn check(db: &mut Db, caller: &Caller, current: Option<&Indicator>, next: &Indicator) -> Result<(), Problem> {
    organizations::require(db, caller, "organization", std::slice::from_ref(&next.organization)).await?;
    if let Some(document) = next.document {
        documents::require(db, caller, "document", document).await?;
    }
    let fixed = current.map_or_else(Violations::in_body, |current| fixed_changes(current, next));
    if !fixed.is_empty() && store::has_observations(db, &next.code).await? {
        return Err(fixed.into());
    }
    Ok(())
}

impl Recorded for Indicator {
    const SUBJECT: Subject = Subject::Indicator;

    fn key(&self) -> String {
        self.code.to_string()
    }

    fn number(&self) -> i32 {
        self.version
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for Indicator {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.organization)
    }

    fn place(&self) -> String {
        format!("/v1/indicators/{}", self.code)
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
        store::replace(db, self).await.map(drop)
    }
}

/// Keeps readable indicators from being redefined until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn hold(db: &mut Db, caller: &Caller, codes: Vec<IndicatorCode>) -> Result<Vec<Indicator>, Problem> {
    Ok(store::hold(db, caller.subtree(), codes).await?)
}

/// The targets of an indicator that was just read.
fn with_targets(indicator: &mut Indicator, targets: Vec<Target>) {
    indicator.targets = JsonText(targets);
}
