//! The refusal of a header that cannot be read.

use crate::base::{
    i18n::Bilingual,
    problem::{Fault, Place, Problem},
};

/// 400 that names the header and its rule.
pub(super) fn malformed_header(name: &str, rule: Bilingual) -> Problem {
    let mut problem = Problem::new("malformed-request", rule.clone());
    problem.errors = vec![Fault { place: Place::Header(name.to_owned()), code: "invalid-value", detail: rule }];
    problem
}
