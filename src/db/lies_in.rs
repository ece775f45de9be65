//! Whether a row is of a part of the tree, where one row or few are asked for.

/// Whether the organization of a row lies in a part of the tree (or above it), for a query about one row or few. SQLite
/// would make the list of the part's organizations first, also for one row, so it is asked for each row; PostgreSQL
/// would plan that question anew for every request, and joins the list row by row.
macro_rules! lies_in {
    ($organization:expr, $under:expr) => {{
        let part = || {
            let (from, to) = $under.range();
            $crate::db::schema::organizations::table
                .filter($crate::db::schema::organizations::path.ge(from).and($crate::db::schema::organizations::path.lt(to)))
                .select($crate::db::schema::organizations::code)
        };
        lies_in!(@ $organization, part)
    }};
    ($organization:expr, $under:expr, or above) => {{
        let part = || {
            let (from, to) = $under.range();
            let above = $crate::db::schema::organizations::path.eq_any($under.ancestors());
            $crate::db::schema::organizations::table
                .filter($crate::db::schema::organizations::path.ge(from).and($crate::db::schema::organizations::path.lt(to)).or(above))
                .select($crate::db::schema::organizations::code)
        };
        lies_in!(@ $organization, part)
    }};
    (@ $organization:expr, $part:ident) => {
        $crate::db::BestForm(
            $organization.eq_any($part()),
            diesel::dsl::exists($part().filter($crate::db::schema::organizations::code.eq($organization))),
        )
    };
}
pub(crate) use lies_in;
