//! The tree in the database.

use diesel::{
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{Array, Text},
};

use super::model::{Organization, OrganizationFilter};
use crate::base::{
    db::{
        Above, Among, Inside,
        prelude::*,
        schema::organizations::{self, dsl},
        types::OrgCode,
    },
    subtree::Subtree,
};

/// Rows of a part of the tree.
macro_rules! within {
    ($under:expr) => {
        organizations::table.filter(Among::of(&$under))
    };
}

/// Rows of a part of the tree, of those with some codes.
macro_rules! those_within {
    ($under:expr, $codes:expr) => {
        organizations::table.filter($codes.and(Inside::of(&$under)))
    };
}

/// One organization of the part.
pub async fn find(db: &mut Db, under: &Subtree, code: &OrgCode) -> QueryResult<Option<Organization>> {
    let (under, code) = (under.clone(), code.clone());
    both!(db, |c| those_within!(under, dsl::code.eq(code)).select(Organization::as_select()).load(c)).map(only)
}

/// One organization of the part, kept from change by others until the transaction ends. What refers to it goes on.
pub async fn lock(db: &mut Db, under: &Subtree, code: &OrgCode) -> QueryResult<Option<Organization>> {
    let (under, code) = (under.clone(), code.clone());
    both!(
        db,
        pg | c | those_within!(under, dsl::code.eq(code)).select(Organization::as_select()).for_no_key_update().load(c),
        sqlite | c | those_within!(under, dsl::code.eq(code)).select(Organization::as_select()).load(c)
    )
    .map(only)
}

/// Keeps other changes of the tree waiting until the transaction ends; readers, and rows that refer to an organization,
/// go on. Paths are made from other rows' paths, so two changes at once could leave a row on a path that is no more.
pub async fn lock_tree(db: &mut Db) -> QueryResult<()> {
    let lock = "LOCK TABLE organizations IN SHARE ROW EXCLUSIVE MODE";
    both!(db, pg | c | diesel::sql_query(lock).execute(c)).transpose().map(drop)
}

/// The organizations of the part that match, by path, after the path `after`.
pub async fn list(
    db: &mut Db,
    under: &Subtree,
    filter: &OrganizationFilter,
    after: Option<String>,
    rows: i64,
) -> QueryResult<Vec<Organization>> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = within!(under).into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(dsl::kind.eq(kind));
        }
        if let Some(after) = after {
            query = query.filter(dsl::path.gt(after));
        }
        query.order(dsl::path).limit(rows).select(Organization::as_select()).load(c)
    })
}

/// How many organizations of the part match.
pub async fn count(db: &mut Db, under: &Subtree, filter: &OrganizationFilter) -> QueryResult<i64> {
    let (under, filter) = (under.clone(), filter.clone());
    both!(db, |c| {
        let mut query = within!(under).into_boxed();
        if let Some(kind) = filter.kind {
            query = query.filter(dsl::kind.eq(kind));
        }
        query.count().get_result(c)
    })
}

/// Which of the codes are in the part.
pub async fn known(db: &mut Db, under: &Subtree, codes: Vec<OrgCode>) -> QueryResult<Vec<OrgCode>> {
    let under = under.clone();
    both!(
        db,
        pg | c | Known { codes, place: Inside::of(&under) }.load(c),
        sqlite | c | those_within!(under, dsl::code.eq_any(codes)).select(dsl::code).load(c)
    )
}

/// Which of the codes are in the part or above it.
pub async fn known_near(db: &mut Db, under: &Subtree, codes: Vec<OrgCode>) -> QueryResult<Vec<OrgCode>> {
    let under = under.clone();
    both!(db, |c| organizations::table
        .filter(dsl::code.eq_any(codes))
        .filter(Inside::of(&under).or(Above::of(&under)))
        .select(dsl::code)
        .load(c))
}

/// Adds an organization.
pub async fn insert(db: &mut Db, organization: &Organization) -> QueryResult<usize> {
    let row = organization.clone();
    both!(db, |c| diesel::insert_into(organizations::table).values(row).execute(c))
}

/// Puts a new version in the place of the old.
pub async fn replace(db: &mut Db, organization: &Organization) -> QueryResult<usize> {
    let row = organization.clone();
    both!(db, |c| diesel::update(organizations::table.find(row.code.clone())).set(row).execute(c))
}

/// Moves everything at and below the path `from` to the path `to`; what lies below keeps its version, for the path is
/// no part of it.
pub async fn move_subtree(db: &mut Db, from: &str, to: &str) -> QueryResult<usize> {
    use diesel::{dsl::sql, sql_types::Text};
    let (under, to) = (Subtree::at(from.to_owned()), to.to_owned());
    let tail = format!("{}", from.chars().count() + 1);
    both!(db, |c| {
        let (low, high) = under.range();
        diesel::update(organizations::table.filter(dsl::path.ge(low).and(dsl::path.lt(high))))
            .set(dsl::path.eq(to.into_sql::<Text>().concat(sql::<Text>(&format!("substr(path, {tail})")))))
            .execute(c)
    })
}

/// PostgreSQL: those of many codes that are in a part. As `= ANY` it would be compared code by code with every row of
/// the part, once its plan is kept: 19 ms for a push of a thousand figures.
struct Known {
    codes: Vec<OrgCode>,
    place: Inside,
}

impl QueryId for Known {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Known {
    type SqlType = Text;
}

impl QueryFragment<Pg> for Known {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT organizations.code FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.codes)?;
        out.push_sql(") AS wanted (code) JOIN organizations ON organizations.code = wanted.code WHERE ");
        self.place.walk_ast(out)
    }
}
