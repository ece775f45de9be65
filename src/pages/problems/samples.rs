//! Problems as the service gave them in a test, to show what a program will see.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
use serde_json::Value;

use crate::base::i18n::Language;

/// What `tests/api/examples` recorded; the test that records it fails when the service no longer answers so.
const RECORDED: &str = include_str!("../../../openapi/examples.json");

/// The recorded bodies; the rest of the file belongs to the document.
#[derive(Deserialize)]
struct Recorded {
    problems: BTreeMap<String, InBoth>,
}

/// The body of a problem in both languages.
#[derive(Deserialize)]
struct InBoth {
    vi: Value,
    en: Value,
}

/// The recorded body of a problem.
#[must_use]
pub fn example_of_problem(slug: &str, language: Language) -> Option<&'static Value> {
    static READ: LazyLock<Recorded> =
        LazyLock::new(|| serde_json::from_str(RECORDED).unwrap_or(Recorded { problems: BTreeMap::new() }));
    let problem = READ.problems.get(slug)?;
    Some(match language {
        Language::Vi => &problem.vi,
        Language::En => &problem.en,
    })
}
