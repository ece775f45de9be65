//! Kinds of problems and codes of violations: each is declared once, by its owner, and the catalogue has all of them.

use std::collections::BTreeMap;

use tiendo::pages::problems::catalogue::CATALOGUE;

use super::sources::files;

/// The text literals that follow each `mark` in the sources of the service, tests within them left out, by file.
fn declared(mark: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (file, text) in files("src") {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let literals = code.split(mark).skip(1).filter_map(|rest| rest.split('"').nth(1));
        found.extend(literals.map(|literal| (literal.to_owned(), file.clone())));
    }
    found
}

fn assert_each_once(declared: &[(String, String)]) {
    let mut files = BTreeMap::<&str, Vec<&str>>::new();
    for (literal, file) in declared {
        files.entry(literal).or_default().push(file);
    }
    files.retain(|_, files| files.len() > 1);
    assert!(files.is_empty(), "declared more than once: {files:?}");
}

#[test]
fn every_kind_that_is_declared_is_in_the_catalogue() {
    let declared = declared(": ProblemKind = ProblemKind {");
    assert!(declared.len() >= 30, "only {} kinds are found in the sources", declared.len());
    assert_each_once(&declared);
    let mut declared: Vec<_> = declared.iter().map(|(slug, _)| slug.as_str()).collect();
    let mut gathered: Vec<_> = CATALOGUE.iter().map(|kind| kind.slug).collect();
    declared.sort_unstable();
    gathered.sort_unstable();
    assert_eq!(declared, gathered, "src/pages/problems/catalogue.rs gathers what the owners declare");
}

#[test]
fn the_catalogue_is_ordered_by_status() {
    assert!(CATALOGUE.is_sorted_by_key(|kind| kind.status));
}

#[test]
fn every_code_is_declared_once_and_by_its_owner() {
    let declared = declared(": Code = Code::new(");
    assert!(declared.len() >= 30, "only {} codes are found in the sources", declared.len());
    assert_each_once(&declared);
    let elsewhere: Vec<_> = declared
        .iter()
        .filter(|(_, file)| !file.ends_with("/problems.rs") && file != "src/base/problem/codes.rs")
        .collect();
    assert!(elsewhere.is_empty(), "a code stands in its owner's problems.rs: {elsewhere:?}");
}
