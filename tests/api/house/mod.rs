//! The rules of the house that a search can check: how long a file and a handler are, and what they are called.
//! Who may use whom is checked in `rooms`.

mod graph;
mod handlers;
mod planted;
mod problems;
mod rooms;
mod sources;

use std::sync::LazyLock;

use handlers::Handler;
use sources::{Source, files};

/// Files that may be longer than the rest, each with its reason.
const LONG: &[(&str, &str)] = &[("src/base/db/schema.rs", "a list of tables")];

/// The service's own sources, read once.
static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| sources::read_folder("src"));

/// Every handler, with its file.
pub fn handlers() -> impl Iterator<Item = (&'static str, &'static Handler)> {
    SOURCES.iter().flat_map(|source| source.handlers.iter().map(|handler| (source.file.as_str(), handler)))
}

fn assert_none(faults: &[String], remedy: &str) {
    assert!(faults.is_empty(), "{remedy}\n  {}", faults.join("\n  "));
}

#[test]
fn files_are_short() {
    let mut faults = Vec::new();
    for (folder, most) in [("src", 300), ("tests", 600)] {
        for (file, text) in files(folder) {
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
    let long = handlers().filter(|(_, handler)| handler.body > 15);
    let faults: Vec<_> =
        long.map(|(file, of)| format!("{file}: {} has {} lines, at most 15", of.name, of.body)).collect();
    assert_none(&faults, "a handler is HTTP in and HTTP out; move what it decides into the slice's mod.rs:");
}

#[test]
fn attributes_are_a_third_of_their_handlers_at_most() {
    let (attributes, lines) = handlers()
        .fold((0, 0), |(attributes, lines), (_, handler)| (attributes + handler.attributes, lines + handler.lines));
    assert!(
        attributes * 100 <= lines * 35,
        "{attributes} lines of attributes on {lines} of handlers; what many repeat is added in src/server/openapi"
    );
}

#[test]
fn attributes_are_within_the_line() {
    let mut faults = Vec::new();
    for (file, handler) in handlers() {
        let width = handler.widest_attribute;
        if width > 120 {
            faults.push(format!("{file}: an attribute of {} is {width} columns wide, at most 120", handler.name));
        }
    }
    assert_none(&faults, "rustfmt leaves attributes alone; break the line by hand:");
}

#[test]
fn names_say_what_is_inside() {
    let vague = ["util", "helper", "manager", "common", "misc"];
    let files = files("src").into_iter().chain(files("tests")).map(|(file, _)| file);
    let faults: Vec<_> = files
        .filter(|file| file.split(['/', '.', '_']).any(|part| vague.contains(&part.trim_end_matches('s'))))
        .collect();
    assert_none(&faults, "name the file after what it holds:");
}

#[test]
fn every_file_begins_with_what_it_is() {
    let silent = files("src").into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file);
    let faults: Vec<_> = silent.collect();
    assert_none(&faults, "begin the file with a `//!` line that says what it is for:");
}

#[test]
fn the_map_and_the_table_of_urls_hold_nothing_else() {
    let map = std::fs::read_to_string("src/lib.rs").unwrap();
    let extra: Vec<_> = map
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("//!") && !line.starts_with("pub mod "))
        .collect();
    assert!(extra.is_empty(), "src/lib.rs is the map of the house and nothing else: {extra:?}");
    let table = std::fs::read_to_string("src/server/routes.rs").unwrap();
    let (_, table) = table.split_once("\ntable! {").unwrap();
    let crowded: Vec<_> = table.lines().filter(|line| line.matches("::").count() > 4 || line.contains(", ")).collect();
    assert!(crowded.is_empty(), "src/server/routes.rs has one line for each operation: {crowded:?}");
}
