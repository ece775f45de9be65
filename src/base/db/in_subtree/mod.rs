//! Whether a row is of a part of the tree.
//!
//! A caller's place was read when its token was last looked at, and its organization may have moved since. So no statement
//! takes the path that was read then, only its last part: the code, which never changes. Where the organization stands is
//! read by each statement itself, together with its data.

mod path;
mod place;

pub use path::LeadsThrough;
pub use place::{Above, Among, Inside};

/// Whether the organization of a row lies in a part of the tree (or above it), for a query about one row or few. SQLite
/// would make the list of the part's organizations first, also for one row, so it is asked for each row; PostgreSQL
/// would plan that question anew for every request, and joins the list row by row.
macro_rules! in_subtree {
    // For a row that is found by its key. Joined, PostgreSQL may go through the organizations in their order until it
    // meets that of the row.
    ($organization:expr, $under:expr, alone) => {{
        use $crate::base::db::schema::organizations::{self as known, code};
        let place = known::table.filter($crate::base::db::Inside::of(&$under));
        $crate::base::db::PerBackend(
            $crate::base::db::LeadsThrough::of(&$under, $organization),
            diesel::dsl::exists(place.filter(code.eq($organization)).select(code)),
        )
    }};
    ($organization:expr, $under:expr $(, or $above:ident)?) => {{
        use $crate::base::db::schema::organizations::{self as known, code};
        let part = || {
            let place = $crate::base::db::Inside::of(&$under)$(.or($crate::base::db::$above::of(&$under)))?;
            known::table.filter(place).select(code)
        };
        $crate::base::db::PerBackend(
            $organization.eq_any(part()),
            diesel::dsl::exists(part().filter(code.eq($organization))),
        )
    }};
}
pub(crate) use in_subtree;
