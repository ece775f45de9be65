//! The rules of the house that a search can check: who may import whom, how long a file is, what it is called.

use std::path::Path;

/// Files that may be longer than the rest, each with its reason.
const LONG: &[(&str, &str)] = &[
    ("src/db/schema.rs", "a list of tables"),
    ("src/problem/catalogue.rs", "a list of problems, each entry in two languages"),
];

/// What a derive or its attribute names, in a type that is a column.
const DERIVED: &[&str] = &[
    "diesel::IntoSql::into_sql",
    "diesel::deserialize::FromSqlRow",
    "diesel::dsl::AsExprOf",
    "diesel::expression::AsExpression",
    "diesel::sql_types::Text",
];

/// Rooms that hold no resource; what else has a `model.rs` is a slice.
const ROOMS: &[&str] = &["auth", "clock", "db", "http", "problem", "settings"];

/// Every Rust file below a folder: its path and its text.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(name);
            } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
                found.push((name.clone(), std::fs::read_to_string(&name).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// The code alone: comments would name what only they name.
fn code_of(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Every path that a file uses, whole: `use a::{b, c::d};` is `a::b` and `a::c::d`; paths in the code are found too.
fn paths_of(text: &str) -> Vec<String> {
    let code = code_of(text);
    let mut found = Vec::new();
    for statement in code.split("use ").skip(1) {
        expand("", statement.split(';').next().unwrap_or(""), &mut found);
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    found.extend(
        code.split(|c| !is_part(c)).filter(|word| word.contains("::") && !word.ends_with("::")).map(str::to_owned),
    );
    found
}

fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((start, rest)) = tree.split_once('{') else {
        found.push(format!("{prefix}{}", tree.split(" as ").next().unwrap_or("").trim()));
        return;
    };
    let prefix = format!("{prefix}{}", start.trim());
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[from..at].trim().is_empty() {
                    expand(&prefix, &inner[from..at], found);
                }
                from = (at + 1).min(inner.len());
            }
            _ => {}
        }
    }
}

fn assert_none(faults: &[String], remedy: &str) {
    assert!(faults.is_empty(), "{remedy}\n  {}", faults.join("\n  "));
}

/// Files that use a crate although their place does not allow it.
fn misplaced(names: &[&str], is_allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in sources("src") {
        let is_of = |path: &String| names.iter().any(|name| path.split("::").next() == Some(name));
        let used = paths_of(&text).into_iter().find(|path| is_of(path) && !DERIVED.contains(&path.as_str()));
        if let Some(path) = used.filter(|_| !is_allowed(&file)) {
            faults.push(format!("{file}: {path}"));
        }
    }
    faults
}

fn is_below(file: &str, rooms: &[&str]) -> bool {
    rooms.iter().any(|room| file == format!("src/{room}.rs") || file.starts_with(&format!("src/{room}/")))
}

/// The module path of a file: `src/tasks/progress/store.rs` is `tasks::progress::store`.
fn module_of(file: &str) -> String {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.replace('/', "::")
}

/// Folders of resources, as module paths: `tasks`, `tasks::progress`.
fn slices() -> Vec<String> {
    let models = sources("src").into_iter().filter_map(|(file, _)| file.strip_suffix("/model.rs").map(module_of));
    models.filter(|slice| !ROOMS.iter().any(|room| slice.split("::").next() == Some(room))).collect()
}

/// What a file uses of this crate, from the root: `super` and `self` are resolved.
fn own_paths(file: &str, text: &str) -> Vec<String> {
    let module = module_of(file);
    // `super` of `src/tasks/mod.rs` is the root; of `src/tasks/store.rs` it is `tasks`.
    let parents: Vec<&str> = module.split("::").collect();
    let resolve = |path: String| {
        if let Some(rest) = path.strip_prefix("crate::") {
            return Some(rest.to_owned());
        }
        let ups = path.split("::").take_while(|part| *part == "super").count();
        let rest = path.split("::").skip(ups).collect::<Vec<_>>().join("::");
        (ups > 0 && ups <= parents.len())
            .then(|| [&parents[..parents.len() - ups].join("::"), rest.as_str()].join("::"))
    };
    paths_of(text).into_iter().filter_map(resolve).map(|path| path.trim_start_matches("::").to_owned()).collect()
}

#[test]
fn only_the_rooms_of_http_know_the_framework() {
    let rooms = ["app", "auth", "cli", "http", "me", "openapi", "problem", "routes", "telemetry"];
    let faults = misplaced(&["actix_web"], |file| file.ends_with("/api.rs") || is_below(file, &rooms));
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
        is_store || is_below(file, &["db"]) || file == "src/calendars/column.rs"
    });
    assert_none(&faults, "queries belong to a slice's store.rs; a model.rs takes its derives from crate::db::prelude:");
}

#[test]
fn the_rooms_below_know_no_resource() {
    let slices = slices();
    let mut faults = Vec::new();
    for (file, text) in sources("src").into_iter().filter(|(file, _)| is_below(file, ROOMS)) {
        let of_slice =
            |path: &String| slices.iter().any(|slice| path.starts_with(&format!("{slice}::")) || path == slice);
        // `db::schema::tasks` and the like are tables, not slices.
        faults.extend(own_paths(&file, &text).into_iter().filter(of_slice).map(|path| format!("{file}: {path}")));
    }
    assert_none(
        &faults,
        "db, http, auth, problem, clock and settings serve every slice and import none; turn the dependency around:",
    );
}

#[test]
fn a_slice_is_entered_by_its_rules_model_or_store_and_never_by_its_api() {
    let mut faults = Vec::new();
    for (file, text) in sources("src").into_iter().filter(|(file, _)| !matches!(file.as_str(), "src/routes.rs")) {
        let module = module_of(&file);
        for path in own_paths(&file, &text) {
            let parts: Vec<_> = path.split("::").collect();
            let Some(at) = parts.iter().position(|part| *part == "api") else { continue };
            if at > 0 && !module.starts_with(&parts[..at].join("::")) {
                faults.push(format!("{file}: {path}"));
            }
        }
    }
    assert_none(
        &faults,
        "use the other slice's rules (its mod.rs), its model or its store; only routes.rs knows an api:",
    );
}

#[test]
fn a_store_uses_no_store_of_another_slice() {
    let mut faults = Vec::new();
    for (file, text) in
        sources("src").into_iter().filter(|(file, _)| file.ends_with("/store.rs") || file.contains("/store/"))
    {
        if is_below(&file, &["db"]) {
            continue;
        }
        let module = module_of(&file);
        let own = module.split("::").next();
        for path in own_paths(&file, &text).into_iter().filter(|path| !path.starts_with("db::")) {
            let parts: Vec<_> = path.split("::").collect();
            if let Some(at) = parts.iter().position(|part| *part == "store").filter(|at| *at > 0)
                && parts[..at].first().copied() != own
            {
                faults.push(format!("{file}: {path}"));
            }
        }
    }
    assert_none(&faults, "join through db::schema in your own store, or let the rule in mod.rs call both stores:");
}

#[test]
fn files_are_short() {
    let mut faults = Vec::new();
    for (folder, most) in [("src", 300), ("tests", 600)] {
        for (file, text) in sources(folder) {
            let lines = text.lines().count();
            if lines > most && !LONG.iter().any(|(name, _)| *name == file) {
                faults.push(format!("{file}: {lines} lines, at most {most}"));
            }
        }
    }
    assert_none(&faults, "split the file along what it speaks of (a submodule in a folder of its name):");
}

#[test]
fn handlers_are_short() {
    let mut faults = Vec::new();
    for (file, text) in sources("src").into_iter().filter(|(file, _)| file.ends_with("/api.rs")) {
        let mut body: Option<(String, usize)> = None;
        let mut name = String::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("pub async fn ") {
                rest.split('(').next().unwrap_or("").clone_into(&mut name);
            }
            match &mut body {
                Some((of, lines)) if line == "}" => {
                    if *lines > 15 {
                        faults.push(format!("{file}: {of} has {lines} lines, at most 15"));
                    }
                    body = None;
                }
                Some((_, lines)) => *lines += 1,
                None if !name.is_empty() && line.ends_with('{') => body = Some((std::mem::take(&mut name), 0)),
                None => {}
            }
        }
    }
    assert_none(&faults, "a handler is HTTP in and HTTP out; move what it decides into the slice's mod.rs:");
}

#[test]
fn names_say_what_is_inside() {
    let vague = ["util", "helper", "manager", "common", "misc"];
    let files = sources("src").into_iter().chain(sources("tests")).map(|(file, _)| file);
    let faults: Vec<_> = files
        .filter(|file| file.split(['/', '.', '_']).any(|part| vague.contains(&part.trim_end_matches('s'))))
        .collect();
    assert_none(&faults, "name the file after what it holds:");
}

#[test]
fn every_file_begins_with_what_it_is() {
    let silent = sources("src").into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file);
    let faults: Vec<_> = silent.collect();
    assert_none(&faults, "begin the file with a `//!` line that says what it is for:");
}

#[test]
fn the_map_names_every_room() {
    let map = std::fs::read_to_string("src/lib.rs").unwrap();
    let extra: Vec<_> = map
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//!") && !line.starts_with("pub mod "))
        .collect();
    assert!(extra.is_empty(), "src/lib.rs is the map of the house and nothing else: {extra:?}");
    let table = std::fs::read_to_string("src/routes.rs").unwrap();
    let longest = table
        .lines()
        .filter(|line| line.trim_start().starts_with(".service("))
        .find(|line| line.matches(".service(").count() > 1);
    assert_eq!(longest, None, "src/routes.rs has one line for each operation");
}

#[test]
fn the_search_itself_finds_what_it_should() {
    let text = "use crate::{auth::Caller, tasks::{self, api::get as fetch}};\nfn f() { crate::documents::store::find(); }\n// use diesel::x;";
    let found = own_paths("src/reports/mod.rs", text);
    for path in ["auth::Caller", "tasks::self", "tasks::api::get", "documents::store::find"] {
        assert!(found.iter().any(|each| each == path), "{path} in {found:?}");
    }
    assert_eq!(own_paths("src/tasks/progress/store.rs", "use super::super::store;"), ["tasks::store", "tasks::store"]);
    assert_eq!(own_paths("src/tasks/mod.rs", "use super::documents::api;"), ["documents::api", "documents::api"]);
    assert!(!paths_of(text).iter().any(|path| path.starts_with("diesel")));
}
