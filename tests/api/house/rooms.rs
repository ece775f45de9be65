//! Who may use whom: floors, rooms, and the files of a slice; CONTRIBUTING's tables say the same in words.

use super::{
    SOURCES, assert_none,
    graph::{Crate, Rooms, Target, room_of},
    sources::Module,
};

/// The floors, lowest first: each may use itself and those before it.
const FLOORS: &[&str] = &["base", "reference", "access", "work", "figures", "exchange", "pages", "server", "cli"];

/// Floors whose rooms are slices.
const SLICES: &[&str] = &["reference", "access", "work", "figures", "exchange"];

/// Places outside a slice's `api.rs` that know the web framework.
const WITH_FRAMEWORK: &[&str] = &["base/auth", "base/http", "base/problem", "pages", "server", "cli"];

/// What a derive or its attribute names, in a type that is a column.
const DERIVED: &[&str] = &[
    "diesel::IntoSql::into_sql",
    "diesel::deserialize::FromSqlRow",
    "diesel::dsl::AsExprOf",
    "diesel::expression::AsExpression",
    "diesel::sql_types::Text",
];

/// What a file of a slice does, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `api.rs`: HTTP in, HTTP out.
    Api,
    /// `store.rs` and what is in `store/`: queries.
    Store,
    /// `model.rs`: types on the wire and in the table.
    Model,
    /// `mod.rs` and everything else.
    Rules,
}

impl Kind {
    /// That of a module; none outside slices.
    fn of(path: &[String]) -> Option<Self> {
        let floor = path.first().filter(|_| path.len() > 1)?;
        let has = |name: &str| path[2..].iter().any(|piece| piece == name);
        SLICES.contains(&floor.as_str()).then(|| match () {
            () if has("api") => Self::Api,
            () if has("store") => Self::Store,
            () if has("model") => Self::Model,
            () => Self::Rules,
        })
    }

    /// Rooms of base that such a file does without.
    fn closed(self) -> &'static [&'static str] {
        match self {
            Self::Api => &[],
            Self::Rules => &["base::http"],
            Self::Model => &["base::http", "base::auth", "base::settings", "base::validation"],
            Self::Store => {
                &["base::http", "base::auth", "base::settings", "base::validation", "base::problem", "base::clock"]
            }
        }
    }

    /// Why a path from such a file to a module may not be; none when it may.
    fn objection(self, from: &[String], to: &[String]) -> Option<&'static str> {
        let is_own = room_of(from) == room_of(to);
        // Scopes are what a client and a token are made of: data there, not the right of a caller.
        let is_data = from[0] == "access" && room_of(to) == "base::auth";
        if self.closed().contains(&room_of(to).as_str()) && !is_data {
            return Some("is closed to it");
        }
        match (self, Self::of(to)?) {
            (_, Self::Api) if from != to => Some("only the table of URLs enters an api"),
            (Self::Api | Self::Model, Self::Store) => Some("the rules ask the store"),
            (Self::Store, Self::Store) if !is_own => {
                Some("join through db::schema in your own store, or let the rule call both")
            }
            _ => None,
        }
    }
}

fn modules() -> impl Iterator<Item = &'static Module> {
    SOURCES.iter().flat_map(|source| &source.modules)
}

/// Uses of another crate in modules whose place does not allow it.
fn misplaced(names: &[&str], is_allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let crates = Crate::of(&SOURCES);
    let mut faults = Vec::new();
    for module in modules().filter(|module| !is_allowed(&module.file)) {
        for path in &module.uses {
            let Target::Foreign(foreign) = crates.resolve(module, path) else { continue };
            let whole = foreign.join("::");
            if foreign.len() > 1 && names.contains(&foreign[0].as_str()) && !DERIVED.contains(&whole.as_str()) {
                faults.push(format!("{}: {whole}", module.file));
            }
        }
    }
    faults
}

#[test]
fn a_floor_uses_only_those_below_it() {
    let height = |room: &str| {
        let floor = room.split("::").next().unwrap();
        FLOORS.iter().position(|each| *each == floor).unwrap_or_else(|| panic!("{floor} is no floor of {FLOORS:?}"))
    };
    let mut faults = Vec::new();
    for (room, arrows) in &Rooms::of(&SOURCES).0 {
        let up = arrows.iter().filter(|(to, _)| height(to) > height(room));
        faults.extend(up.map(|(to, place)| format!("{room} → {to}   ({place})")));
    }
    assert_none(&faults, "turn the dependency around, or move what is needed to a lower floor:");
}

#[test]
fn rooms_have_no_circle() {
    let rooms = Rooms::of(&SOURCES);
    assert!(rooms.0.len() > 40 && rooms.arrows() > 200, "{} rooms, {} arrows", rooms.0.len(), rooms.arrows());
    assert_none(&rooms.circles(), "move what both sides need into a room below both; these use each other:");
}

#[test]
fn only_the_rooms_of_http_know_the_framework() {
    let faults = misplaced(&["actix_web"], |file| {
        file.ends_with("/api.rs") || WITH_FRAMEWORK.iter().any(|room| file.starts_with(&format!("src/{room}/")))
    });
    assert_none(
        &faults,
        "actix_web belongs to a slice's api.rs; move what HTTP needs there, and pass plain values on:",
    );
}

#[test]
fn only_stores_know_the_database() {
    let names = ["diesel", "diesel_async", "diesel_migrations", "tokio_postgres", "libsqlite3_sys"];
    let faults = misplaced(&names, |file| {
        let is_store = file.ends_with("/store.rs") || file.contains("/store/");
        is_store || file.starts_with("src/base/db/") || file == "src/reference/calendars/column.rs"
    });
    assert_none(&faults, "queries belong to a slice's store.rs; a model.rs takes its derives from base::db::prelude:");
}

#[test]
fn the_files_of_a_slice_use_what_their_kind_may() {
    let crates = Crate::of(&SOURCES);
    let mut faults = Vec::new();
    for module in modules() {
        let Some(kind) = Kind::of(&module.path) else { continue };
        for path in &module.uses {
            let Target::Own(passed) = crates.resolve(module, path) else { continue };
            let objection = passed.iter().find_map(|to| kind.objection(&module.path, to));
            faults.extend(objection.map(|why| format!("{}: {}: {why}", module.file, path.join("::"))));
        }
    }
    assert_none(&faults, "see the table of files in CONTRIBUTING.md:");
}

#[test]
fn only_the_table_of_urls_enters_an_api() {
    let crates = Crate::of(&SOURCES);
    let mut faults = Vec::new();
    for module in modules().filter(|module| module.file != "src/server/routes.rs") {
        for path in &module.uses {
            let Target::Own(passed) = crates.resolve(module, path) else { continue };
            let is_api = |to: &&Vec<String>| to.last().is_some_and(|name| name == "api") && **to != module.path;
            faults.extend(passed.iter().find(is_api).map(|_| format!("{}: {}", module.file, path.join("::"))));
        }
    }
    assert_none(&faults, "use the other slice's rules (its mod.rs), its model or its store:");
}
