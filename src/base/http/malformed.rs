//! The refusal of a header that cannot be read.

use crate::base::{
    i18n::Bilingual,
    problem::{Place, Problem, Violation, codes, kinds},
};

/// 400 that names the header and its rule.
pub(super) fn malformed_header(name: &str, rule: Bilingual) -> Problem {
    let mut problem = Problem::new(&kinds::MALFORMED_REQUEST, rule.clone());
    problem.errors =
        vec![Violation { place: Place::Header(name.to_owned()), code: codes::INVALID_VALUE, detail: rule }];
    problem
}
