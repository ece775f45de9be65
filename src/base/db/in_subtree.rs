//! Whether a row is of a part of the tree, where one row or few are asked for.

/// Whether the organization of a row lies in a part of the tree (or above it), for a query about one row or few. SQLite
/// would make the list of the part's organizations first, also for one row, so it is asked for each row; PostgreSQL
/// would plan that question anew for every request, and joins the list row by row.
macro_rules! in_subtree {
    ($organization:expr, $under:expr $(, or $above:ident)?) => {{
        use $crate::base::db::schema::organizations::{self as known, code, path};
        let part = || {
            let (from, to) = $under.range();
            let place = path.ge(from).and(path.lt(to))$(.or(path.eq_any($under.$above())))?;
            known::table.filter(place).select(code)
        };
        $crate::base::db::PerBackend(
            $organization.eq_any(part()),
            diesel::dsl::exists(part().filter(code.eq($organization))),
        )
    }};
}
pub(crate) use in_subtree;
