//! Indicators (chỉ tiêu): what is measured, in which unit, and what it must reach. A changed definition is a new
//! version; figures keep the version that they were reported under.

pub mod api;
pub mod model;
pub mod store;
mod target;
mod targets;

use model::{Indicator, IndicatorCreate, IndicatorFilter, IndicatorPatch, Target};
pub use targets::{get_targets, put_targets};

use crate::{
    base::{
        auth::Caller,
        db::{
            Db,
            types::{DocumentId, IndicatorCode, JsonText, OrgCode},
        },
        http::IfMatch,
        i18n::{Bilingual, bilingual},
        log::{self, Outcome, Subject},
        page::{Page, PageRequest},
        problem::{Fault, OrNotFound, Place, Problem},
        resource::Versioned,
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
    targets::attach(db, &mut rows).await?;
    Ok(page.cut(rows, total, |indicator| indicator.code.to_string()))
}

/// One indicator with its targets.
///
/// # Errors
/// 404 when its owner is neither in the caller's part of the tree nor above it.
pub async fn get(db: &mut Db, caller: &Caller, code: &IndicatorCode) -> Result<Indicator, Problem> {
    let mut rows = vec![store::find(db, caller.subtree(), code).await?.or_404("indicator")?];
    targets::attach(db, &mut rows).await?;
    rows.pop().or_404("indicator")
}

/// Defines an indicator.
///
/// # Errors
/// 409 when the code is taken, 422 when the owner or the document is not there.
pub async fn create(db: &mut Db, caller: &Caller, mut new: IndicatorCreate) -> Result<Indicator, Problem> {
    let organization = new.organization.take().unwrap_or_else(|| caller.organization().clone());
    let indicator = new.into_indicator(organization, caller.now());
    check(db, caller, &indicator.organization, indicator.document).await?;
    if !store::insert(db, &indicator).await? {
        let code = &indicator.code;
        return Err(Problem::new(
            "already-exists",
            bilingual!(
                "Đã có chỉ tiêu {code}; hãy dùng mã khác.",
                "The indicator {code} exists already; use another code."
            ),
        ));
    }
    record(db, caller, &indicator).await?;
    Ok(indicator)
}

/// Changes a definition; a patch that says what is so already makes no version.
///
/// # Errors
/// 404, 412 when the version is stale, 422 when kind, flow or unit would change under figures.
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    code: &IndicatorCode,
    etag: &IfMatch,
    patch: IndicatorPatch,
) -> Result<Indicator, Problem> {
    let current = lock(db, caller, code).await?.or_404("indicator")?;
    etag.check(current.version())?;
    let next = current.patched(patch);
    Ok(redefine(db, caller, &current, next).await?.0)
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
            let organization = new.organization.clone().unwrap_or_else(|| current.organization.clone());
            let next = current.redefined(new, organization);
            redefine(db, caller, &current, next).await?
        }
    };
    let has_changed = targets::set(db, caller, &mut indicator, targets).await?;
    Ok((indicator, if has_changed && outcome == Outcome::Unchanged { Outcome::Updated } else { outcome }))
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
    current: &Indicator,
    mut next: Indicator,
) -> Result<(Indicator, Outcome), Problem> {
    if next == *current {
        return Ok((next, Outcome::Unchanged));
    }
    check(db, caller, &next.organization, next.document).await?;
    let fixed = fixed_changes(current, &next);
    if !fixed.is_empty() && store::has_observations(db, &next.code).await? {
        return Err(Problem::body(fixed));
    }
    next.version += 1;
    next.updated_at = caller.now();
    store::replace(db, &next).await?;
    record(db, caller, &next).await?;
    Ok((next, Outcome::Updated))
}

/// What must not change once there are figures: they would mean something else.
fn fixed_changes(current: &Indicator, next: &Indicator) -> Vec<Fault> {
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
    changes
        .iter()
        .filter(|(_, is_changed)| *is_changed)
        .map(|(field, _)| Fault {
            place: Place::Pointer(format!("#/{field}")),
            code: "fixed-by-observations",
            detail: rule.clone(),
        })
        .collect()
}

async fn check(
    db: &mut Db,
    caller: &Caller,
    organization: &OrgCode,
    document: Option<DocumentId>,
) -> Result<(), Problem> {
    organizations::require(db, caller, "organization", std::slice::from_ref(organization)).await?;
    match document {
        Some(id) => documents::require(db, caller, "document", id).await,
        None => Ok(()),
    }
}

async fn record(db: &mut Db, caller: &Caller, indicator: &Indicator) -> Result<(), Problem> {
    let Indicator { code, version, organization, .. } = indicator;
    log::append(db, caller, Subject::Indicator, code, *version, organization, indicator).await
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
