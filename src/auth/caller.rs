//! The caller of a request: its client, its part of the tree, its scopes, and the moment.

use std::sync::Arc;

use super::{ScopeName, Scopes};
use crate::{
    db::types::{ClientId, Instant, OrgCode, SourceCode},
    problem::Problem,
};

/// A part of the tree, as a range of `organizations.path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    path: String,
}

impl Subtree {
    /// The organization at `path` and everything below it.
    #[must_use]
    pub fn at(path: String) -> Self {
        Self { path }
    }

    /// The path of the top.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// `from ≤ path < to`: every path ends with `/`, and `0` is the character after it.
    #[must_use]
    pub fn range(&self) -> (String, String) {
        let to = self.path.strip_suffix('/').map_or_else(|| "\u{10FFFF}".to_owned(), |start| format!("{start}0"));
        (self.path.clone(), to)
    }

    /// Whether nothing stands above its top.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.path.matches('/').count() <= 1
    }

    /// Whether a path lies in it.
    #[must_use]
    pub fn holds(&self, path: &str) -> bool {
        path.starts_with(&self.path)
    }

    /// The paths above the top, root first: what stands over an organization is its to read.
    #[must_use]
    pub fn ancestors(&self) -> Vec<String> {
        let ends = self.path.match_indices('/').map(|(at, _)| at + 1).filter(|end| *end < self.path.len());
        ends.filter_map(|end| self.path.get(..end).map(str::to_owned)).collect()
    }
}

/// What a token proved.
#[derive(Debug)]
pub(super) struct Identity {
    pub client: Option<ClientId>,
    pub name: String,
    pub organization: OrgCode,
    pub subtree: Subtree,
    pub source: Option<SourceCode>,
    pub scopes: Scopes,
}

/// Who acts, where in the tree, when, and under which request id.
#[derive(Debug, Clone)]
pub struct Caller {
    identity: Arc<Identity>,
    request_id: Arc<str>,
    now: Instant,
}

impl Caller {
    pub(super) fn new(identity: Arc<Identity>, request_id: Arc<str>, now: Instant) -> Self {
        Self { identity, request_id, now }
    }

    /// The operator at the command line: every scope over the whole tree, owner of the records of `source`.
    #[must_use]
    pub fn operator(organization: OrgCode, source: Option<SourceCode>, request_id: &str, now: Instant) -> Self {
        let identity = Identity {
            client: None,
            name: "operator".to_owned(),
            organization,
            subtree: Subtree::at(String::new()),
            source,
            scopes: ScopeName::ALL.iter().copied().collect(),
        };
        Self::new(Arc::new(identity), request_id.into(), now)
    }

    /// The client; none for the operator.
    #[must_use]
    pub fn client(&self) -> Option<ClientId> {
        self.identity.client
    }

    /// The client's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// The organization that the client is bound to.
    #[must_use]
    pub fn organization(&self) -> &OrgCode {
        &self.identity.organization
    }

    /// The client's part of the tree; every query takes it.
    #[must_use]
    pub fn subtree(&self) -> &Subtree {
        &self.identity.subtree
    }

    /// The source system that the client speaks for.
    #[must_use]
    pub fn source(&self) -> Option<&SourceCode> {
        self.identity.source.as_ref()
    }

    /// What the token allows.
    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.identity.scopes
    }

    /// The moment at which the request began: one for all that it writes.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The id that the answer carries as `X-Request-Id`.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Passes when the record belongs to no system or to the caller's.
    ///
    /// # Errors
    /// `source-not-yours`.
    pub fn owns(&self, source: Option<&SourceCode>) -> Result<(), Problem> {
        match source {
            Some(source) if self.source() != Some(source) => Err(Problem::new(
                "source-not-yours",
                crate::bilingual::say!(
                    "Bản ghi thuộc hệ thống {source}.",
                    "The record belongs to the system {source}."
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subtree_is_a_range_that_no_sibling_enters() {
        let (from, to) = Subtree::at("LC/LC-TTR/".to_owned()).range();
        for inside in ["LC/LC-TTR/", "LC/LC-TTR/VP/", "LC/LC-TTR/zz/"] {
            assert!(from.as_str() <= inside && inside < to.as_str(), "{inside}");
        }
        for outside in ["LC/", "LC/LC-TT/", "LC/LC-TTR-2/", "LC/LC-TTR.1/", "LC/LC-TTRX/", "LC/LC-TTR0/"] {
            assert!(!(from.as_str() <= outside && outside < to.as_str()), "{outside}");
        }
        assert!(Subtree::at("LC/".to_owned()).is_whole() && !Subtree::at("LC/A/".to_owned()).is_whole());
        assert_eq!(Subtree::at("LC/A/B/".to_owned()).ancestors(), ["LC/", "LC/A/"]);
    }
}
