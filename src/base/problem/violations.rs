//! Collects every rule that a request breaks, each with its place, so that its sender mends all of them at once.

use std::ops::{Deref, DerefMut};

use super::{
    Code, Problem, codes, kinds,
    place::{Place, Step},
};
use crate::base::i18n::{Bilingual, bilingual};

/// How many violations one answer lists; of the rest it says how many they are.
const MAX_LISTED: usize = 100;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// Which rule, for programs.
    pub code: Code,
    /// The rule and the way out, for people.
    pub detail: Bilingual,
}

/// The rules that a request breaks. A check takes `&mut Violations` and names places relative to where it was put by
/// [`Violations::at`], so that it serves a body, a row of a push and a record of a file alike. Nothing is allocated
/// for a place before a rule is broken there, but for the path itself, once.
#[derive(Debug)]
pub struct Violations {
    path: Vec<Step>,
    listed: Vec<Violation>,
    unlisted: usize,
    is_query: bool,
}

impl Violations {
    /// Those of a JSON body: places are pointers, the problem is `invalid-body`.
    #[must_use]
    pub const fn in_body() -> Self {
        Self { path: Vec::new(), listed: Vec::new(), unlisted: 0, is_query: false }
    }

    /// Those of a query: places are parameters, the problem is `invalid-parameter`.
    #[must_use]
    pub fn in_query() -> Self {
        Self { is_query: true, ..Self::in_body() }
    }

    /// Runs one check over a body that is wrong in no other way.
    ///
    /// # Errors
    /// `invalid-body` when it found something.
    pub fn check(check: impl FnOnce(&mut Self)) -> Result<(), Problem> {
        let mut violations = Self::in_body();
        check(&mut violations);
        violations.into_result()
    }

    /// The same collector, one step further in until the answer is dropped.
    pub fn at(&mut self, step: impl Into<Step>) -> Nested<'_> {
        let depth = self.path.len();
        self.path.push(step.into());
        Nested { violations: self, depth }
    }

    /// Notes a rule that a field, an item or a parameter breaks.
    pub fn add(&mut self, step: impl Into<Step>, code: Code, rule: Bilingual) {
        self.at(step).here(code, rule);
    }

    /// Notes a rule that breaks where this is put, as a whole.
    pub fn here(&mut self, code: Code, rule: Bilingual) {
        if self.listed.len() < MAX_LISTED {
            let place = self.place();
            self.listed.push(Violation { place, code, detail: rule });
        } else {
            self.unlisted += 1;
        }
    }

    /// Takes over what another check found in the part that is here: its pointers begin at that part.
    pub fn extend(&mut self, found: impl IntoIterator<Item = Violation>) {
        for mut violation in found {
            // What another check did not list was counted by it, and stays counted.
            if self.listed.len() >= MAX_LISTED && violation.code != codes::MORE_VIOLATIONS {
                self.unlisted += 1;
                continue;
            }
            if let Place::Pointer(pointer) = &mut violation.place
                && !self.path.is_empty()
            {
                let mut whole = self.pointer();
                whole.push_str(pointer.trim_start_matches('#'));
                *pointer = whole;
            }
            self.listed.push(violation);
        }
    }

    /// Takes over what another collector found in the part that is here, with the number of what it did not list.
    pub fn merge(&mut self, other: Self) {
        self.extend(other.listed);
        self.unlisted += other.unlisted;
    }

    /// Takes over a problem with the part that is here; one that names no place is a violation of that part, told by
    /// `code`.
    pub fn merge_problem(&mut self, problem: Problem, code: Code) {
        if problem.errors.is_empty() {
            self.here(code, problem.detail);
        } else {
            self.extend(problem.errors);
        }
    }

    /// Whether no rule is broken so far.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// What was found so far; the collector is empty again, and stays where it is put.
    #[must_use]
    pub fn take(&mut self) -> Vec<Violation> {
        if self.unlisted > 0 {
            let (more, place) = (std::mem::take(&mut self.unlisted), self.place());
            let detail = bilingual!("và {more} lỗi nữa, không nêu ở đây", "and {more} more that are not listed");
            self.listed.push(Violation { place, code: codes::MORE_VIOLATIONS, detail });
        }
        std::mem::take(&mut self.listed)
    }

    /// Passes when no rule is broken.
    ///
    /// # Errors
    /// 422 `invalid-body` or 400 `invalid-parameter` with every violation.
    pub fn into_result(self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }

    fn pointer(&self) -> String {
        let mut pointer = "#".to_owned();
        self.path.iter().for_each(|step| step.push_onto(&mut pointer));
        pointer
    }

    fn place(&self) -> Place {
        match self.path.last() {
            Some(Step::Field(name)) if self.is_query => Place::Parameter(name.clone().into_owned()),
            _ => Place::Pointer(self.pointer()),
        }
    }
}

impl From<Violations> for Problem {
    fn from(mut violations: Violations) -> Self {
        let mut problem = if violations.is_query {
            Self::new(
                &kinds::INVALID_PARAMETER,
                Bilingual::new(
                    "Tham số truy vấn không hợp lệ; xem errors.",
                    "A query parameter is not valid; see errors.",
                ),
            )
        } else {
            Self::new(
                &kinds::INVALID_BODY,
                Bilingual::new(
                    "Nội dung gửi có trường không hợp lệ; xem errors.",
                    "The body has fields that are not valid; see errors.",
                ),
            )
        };
        problem.errors = violations.take();
        problem
    }
}

/// A collector put further in; dropped, the collector is back where it was.
#[derive(Debug)]
#[must_use = "a place is left again at once when it is not kept"]
pub struct Nested<'a> {
    violations: &'a mut Violations,
    depth: usize,
}

impl Nested<'_> {
    /// Another step further in; the whole way is gone back at once.
    pub fn at(self, step: impl Into<Step>) -> Self {
        self.violations.path.push(step.into());
        self
    }
}

impl Deref for Nested<'_> {
    type Target = Violations;

    fn deref(&self) -> &Violations {
        self.violations
    }
}

impl DerefMut for Nested<'_> {
    fn deref_mut(&mut self) -> &mut Violations {
        self.violations
    }
}

impl Drop for Nested<'_> {
    fn drop(&mut self) {
        self.violations.path.truncate(self.depth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Bilingual = Bilingual::new("sai", "wrong");

    fn places(found: &[Violation]) -> Vec<String> {
        found.iter().map(|violation| violation.place.to_string()).collect()
    }

    #[test]
    fn nested_places_are_escaped_and_left_again() {
        let mut violations = Violations::in_body();
        {
            let mut finding = violations.at("findings").at(3);
            finding.add("due_on", codes::REQUIRED, RULE);
            finding.at("a/b~c").here(codes::REQUIRED, RULE);
        }
        violations.add("tasks", codes::DUPLICATE, RULE);
        violations.here(codes::WRONG_TYPE, RULE);
        let found = places(&violations.take());
        assert_eq!(found, ["#/findings/3/due_on", "#/findings/3/a~1b~0c", "#/tasks", "#"]);
    }

    #[test]
    fn what_another_check_found_is_put_where_it_belongs() {
        let mut inner = Violations::in_body();
        inner.add("url", codes::INVALID_VALUE, RULE);
        inner.here(codes::REQUIRED, RULE);
        let mut outer = Violations::in_body();
        outer.at("evidence").at(0).merge(inner);
        outer.at("parent").merge_problem(Problem::not_found("task"), codes::CYCLE);
        let found = outer.take();
        assert_eq!(places(&found), ["#/evidence/0/url", "#/evidence/0", "#/parent"]);
        assert_eq!(found[2].code, codes::CYCLE);
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let mut violations = Violations::in_body();
        for index in 0..MAX_LISTED + 7 {
            violations.add(index, codes::REQUIRED, RULE);
        }
        let problem = violations.into_result().unwrap_err();
        assert_eq!(problem.errors.len(), MAX_LISTED + 1);
        let last = problem.errors.last().unwrap();
        assert_eq!((last.code, &*last.detail.en), (codes::MORE_VIOLATIONS, "and 7 more that are not listed"));
    }

    #[test]
    fn a_body_and_a_query_are_refused_each_in_its_way() {
        let refuse = |mut violations: Violations| {
            violations.add("limit", codes::OUT_OF_RANGE, RULE);
            violations.into_result().unwrap_err()
        };
        let body = refuse(Violations::in_body());
        assert!(body.is(&kinds::INVALID_BODY) && places(&body.errors) == ["#/limit"]);
        let query = refuse(Violations::in_query());
        assert!(query.is(&kinds::INVALID_PARAMETER) && query.errors[0].place == Place::Parameter("limit".to_owned()));
        assert!(Violations::in_body().into_result().is_ok());
    }
}
