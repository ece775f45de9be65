//! The document explains itself: every operation, every good answer and every parameter, to somebody who knows HTTP only.

use serde_json::Value;

use crate::openapi::{document, operations};

/// The shortest text that can say what an operation is for and when to use it.
const LEAST: usize = 80;

/// What the document says where nobody wrote a description.
const UNSAID: &str = "The answer.";

/// Fails with every fault at once.
fn assert_none(faults: &[String], remedy: &str) {
    assert!(faults.is_empty(), "{remedy}\n  {}", faults.join("\n  "));
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or("").trim()
}

/// What is wrong with the words of an operation.
fn fault(operation: &Value) -> Option<String> {
    let (summary, description) = (text(operation, "summary"), text(operation, "description"));
    let length = description.chars().count();
    if length < LEAST {
        return Some(format!("its description has {length} characters: {description:?}"));
    }
    if description == summary {
        return Some("its description is its summary".to_owned());
    }
    // rustdoc's sections are for those who call the function.
    let is_heading = |line: &str| line.trim_start().starts_with('#');
    description.lines().find(|line| is_heading(line)).map(|line| format!("a section {line:?} in its description"))
}

/// What is wrong with the words of a parameter.
fn fault_of_parameter(parameter: &Value) -> Option<&'static str> {
    let description = text(parameter, "description");
    if description.is_empty() {
        Some("has no description")
    } else if description.eq_ignore_ascii_case(text(parameter, "name")) {
        Some("says its name only")
    } else {
        None
    }
}

#[test]
fn every_operation_says_what_it_is_for_and_when_to_use_it() {
    let document = document();
    let operations = operations(&document);
    assert!(operations.len() > 50, "only {} operations", operations.len());
    let faulty = operations.iter().filter_map(|(name, operation)| Some(format!("{name}: {}", fault(operation)?)));
    assert_none(
        &faulty.collect::<Vec<_>>(),
        &format!("write at least {LEAST} characters in the doc comment below its first line, without sections:"),
    );
}

#[test]
fn no_two_operations_are_described_alike() {
    let document = document();
    let mut faults = Vec::new();
    for field in ["summary", "description"] {
        let mut known = std::collections::BTreeMap::new();
        for (name, operation) in operations(&document) {
            if let Some(other) = known.insert(text(operation, field), name.clone()) {
                faults.push(format!("{name} has the {field} of {other}"));
            }
        }
    }
    assert_none(&faults, "say what tells one from the other:");
}

#[test]
fn every_good_answer_says_what_it_holds() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        let responses = operation["responses"].as_object().unwrap();
        let good: Vec<_> = responses.iter().filter(|(status, _)| status.starts_with('2')).collect();
        assert!(!good.is_empty(), "{name}: no 2xx response");
        for (status, response) in good {
            let said = text(response, "description");
            if said.is_empty() || said == UNSAID {
                faults.push(format!("{name}: {status}"));
            }
        }
    }
    assert_none(&faults, "write description = \"…\" in the responses(…) of:");
}

#[test]
fn every_parameter_says_what_it_means() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            if let Some(fault) = fault_of_parameter(parameter) {
                faults.push(format!("{name}: {} {fault}", parameter["name"]));
            }
        }
    }
    assert_none(&faults, "write a doc line above the field, or description = \"…\" in params(…):");
}

#[test]
fn the_noun_of_a_description_has_its_vietnamese_term() {
    let document = document();
    let mut faults = Vec::new();
    for (name, operation) in operations(&document) {
        // Who runs the service or sets up OAuth meets no noun of the domain.
        let is_technical = operation["security"].as_array().is_some_and(Vec::is_empty);
        let is_vietnamese = text(operation, "description").chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        if !is_technical && !is_vietnamese {
            faults.push(name);
        }
    }
    assert_none(&faults, "name the noun in Vietnamese once, in brackets, in the description of:");
}
