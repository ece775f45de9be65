//! The administrative tree (cây tổ chức). Organizations are succeeded, never deleted, so that what they reported stays.

pub mod api;
pub mod model;
pub mod problems;
pub mod store;

use model::{Organization, OrganizationCreate, OrganizationFilter, OrganizationPatch};

use crate::base::{
    auth::Caller,
    db::{
        Db, QueryError,
        types::{Instant, OrgCode},
    },
    i18n::{Bilingual, bilingual},
    log::Subject,
    page::{Page, PageRequest},
    problem::{OrNotFound, Problem, Violations, codes},
    resource::{self, Outcome, Precondition, Recorded, Resource},
    subtree::Subtree,
};

/// The most official codes of one organization.
const MAX_IDENTIFIERS: usize = 50;

/// One page of the organizations that the caller may see.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn list(
    db: &mut Db,
    caller: &Caller,
    filter: &OrganizationFilter,
    page: &PageRequest,
) -> Result<Page<Organization>, Problem> {
    let under = narrow(db, caller, filter.under.as_ref()).await?;
    let after = page.after()?;
    let rows = store::list(db, &under, filter, after, page.rows()).await?;
    let total = if page.count { Some(store::count(db, &under, filter).await?) } else { None };
    Ok(page.cut(rows, total, |organization| organization.path.clone()))
}

/// One organization.
///
/// # Errors
/// 404 when it is not in the caller's part of the tree.
pub async fn get(db: &mut Db, caller: &Caller, code: &OrgCode) -> Result<Organization, Problem> {
    store::find(db, caller.subtree(), code).await?.or_404("organization")
}

/// Adds an organization below one of the caller's; only the operator adds a root.
///
/// # Errors
/// 409 when the code is taken, 422 when the parent is not there.
pub async fn create(db: &mut Db, caller: &Caller, new: OrganizationCreate) -> Result<Organization, Problem> {
    store::lock_tree(db).await?;
    let path = match &new.parent {
        Some(parent) => parent_path(db, caller, parent).await?,
        None if caller.subtree().path().is_empty() => String::new(),
        None => {
            return Err(Problem::field(
                "parent",
                codes::REQUIRED,
                Bilingual::new(
                    "phải là một tổ chức trong phạm vi của hệ thống gọi",
                    "must be an organization in the caller's part of the tree",
                ),
            ));
        }
    };
    let organization = new.into_organization(&path, caller.now());
    resource::create(db, caller, organization, async |_, first| check(first)).await
}

/// Changes an organization; a new parent moves its whole subtree.
///
/// # Errors
/// 404, 412 when the version is stale, 422 when the new parent is inside the subtree.
pub async fn update(
    db: &mut Db,
    caller: &Caller,
    code: &OrgCode,
    precondition: Option<&Precondition>,
    patch: OrganizationPatch,
) -> Result<(Organization, Outcome), Problem> {
    change(db, caller, code, precondition, |current| current.patched(patch)).await
}

async fn change(
    db: &mut Db,
    caller: &Caller,
    code: &OrgCode,
    precondition: Option<&Precondition>,
    make: impl FnOnce(Organization) -> Organization,
) -> Result<(Organization, Outcome), Problem> {
    store::lock_tree(db).await?;
    let current = resource::admit(store::lock(db, caller.subtree(), code).await?, caller, precondition)?;
    let next = make(current.clone());
    resource::commit(db, caller, &current, next, None, async |db, next| {
        check(next)?;
        if next.parent != current.parent {
            next.path = moved(db, caller, &current, next.parent.as_ref()).await?;
        }
        Ok(())
    })
    .await
}

/// Adds an organization, or brings it to what `new` says; nothing is recorded when it says so already.
///
/// # Errors
/// As [`create`] and [`update`].
pub async fn put(db: &mut Db, caller: &Caller, new: OrganizationCreate) -> Result<(Organization, Outcome), Problem> {
    if store::find(db, caller.subtree(), &new.code).await?.is_none() {
        return Ok((create(db, caller, new).await?, Outcome::Created));
    }
    let code = new.code.clone();
    change(db, caller, &code, None, |current| current.replaced(new)).await
}

/// The path of an organization below another parent.
async fn moved(
    db: &mut Db,
    caller: &Caller,
    current: &Organization,
    parent: Option<&OrgCode>,
) -> Result<String, Problem> {
    let Some(parent) = parent else {
        let rule = Bilingual::new("không thể bỏ tổ chức cấp trên", "the parent cannot be taken away");
        return Err(Problem::field("parent", codes::REQUIRED, rule));
    };
    let path = format!("{}{}/", parent_path(db, caller, parent).await?, current.code);
    if path.starts_with(&current.path) {
        let rule = Bilingual::new("không thể nằm trong chính cây con của nó", "must not be inside its own subtree");
        return Err(Problem::field("parent", codes::CYCLE, rule));
    }
    Ok(path)
}

/// The part of the tree that a request is about: `under`, or all that the caller has.
///
/// # Errors
/// 404 when `under` is not in the caller's part of the tree.
pub async fn narrow(db: &mut Db, caller: &Caller, under: Option<&OrgCode>) -> Result<Subtree, Problem> {
    match under {
        None => Ok(caller.subtree().clone()),
        Some(code) => Ok(Subtree::at(get(db, caller, code).await?.path)),
    }
}

/// Checks that organizations named in a field are in the caller's part of the tree.
///
/// # Errors
/// 422 with the field's pointer.
pub async fn require(db: &mut Db, caller: &Caller, field: &'static str, codes: &[OrgCode]) -> Result<(), Problem> {
    let known = store::known(db, caller.subtree(), codes.to_vec()).await?;
    match codes.iter().find(|code| !known.contains(code)) {
        None => Ok(()),
        Some(code) => Err(Problem::field(field, problems::UNKNOWN_ORGANIZATION, problems::unknown(code))),
    }
}

async fn parent_path(db: &mut Db, caller: &Caller, parent: &OrgCode) -> Result<String, Problem> {
    require(db, caller, "parent", std::slice::from_ref(parent)).await?;
    // Locked, so that the parent is not moved away meanwhile.
    Ok(store::lock(db, caller.subtree(), parent).await?.or_404("organization")?.path)
}

fn check(next: &Organization) -> Result<(), Problem> {
    Violations::check(|violations| {
        if next.identifiers.len() > MAX_IDENTIFIERS {
            let rule = bilingual!("nhiều nhất {MAX_IDENTIFIERS}", "at most {MAX_IDENTIFIERS}");
            violations.add("identifiers", codes::TOO_MANY, rule);
        }
        if let (Some(from), Some(to)) = (next.valid_from, next.valid_to)
            && to < from
        {
            let rule = Bilingual::new("không được trước valid_from", "must not be before valid_from");
            violations.add("valid_to", problems::BEFORE_VALID_FROM, rule);
        }
    })
}

impl Recorded for Organization {
    const SUBJECT: Subject = Subject::Organization;

    fn key(&self) -> String {
        self.code.to_string()
    }

    fn recorded_at(&self) -> Instant {
        self.updated_at
    }

    fn content(&self) -> Result<String, Problem> {
        resource::json(self)
    }
}

impl Resource for Organization {
    fn organization(&self) -> Option<&OrgCode> {
        Some(&self.code)
    }

    fn place(&self) -> String {
        format!("/v1/organizations/{}", self.code)
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

    async fn replace(&self, db: &mut Db, current: &Self) -> Result<(), QueryError> {
        if self.path != current.path {
            store::move_subtree(db, &current.path, &self.path).await?;
        }
        store::replace(db, self).await.map(drop)
    }
}
