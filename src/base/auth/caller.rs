//! The caller of a request: its client, its part of the tree, its scopes, and the moment.

use std::sync::Arc;

use super::{ScopeName, Scopes};
use crate::base::{
    clock::Clock,
    db::{
        Db, QueryError, Store,
        types::{ClientId, Instant, OrgCode, SourceCode},
    },
    log::Author,
    problem::{Problem, kinds},
    subtree::Subtree,
};

/// What a token proved.
#[derive(Debug)]
pub struct Identity {
    /// The client; none for the operator.
    pub client: Option<ClientId>,
    /// What people call it.
    pub name: String,
    /// The organization that it is bound to.
    pub organization: OrgCode,
    /// What it sees of the tree.
    pub subtree: Subtree,
    /// The source system whose records it owns.
    pub source: Option<SourceCode>,
    /// What its token allows.
    pub scopes: Scopes,
}

/// Who acts, where in the tree, when, and under which request id.
#[derive(Debug, Clone)]
pub struct Caller {
    identity: Arc<Identity>,
    request_id: Arc<str>,
    now: Instant,
    clock: Clock,
}

impl Caller {
    pub(super) fn new(identity: Arc<Identity>, request_id: Arc<str>, now: Instant, clock: Clock) -> Self {
        Self { identity, request_id, now, clock }
    }

    /// The operator at the command line: every scope over the whole tree, owner of the records of `source`.
    #[must_use]
    pub fn operator(organization: OrgCode, source: Option<SourceCode>, request_id: &str, clock: Clock) -> Self {
        let identity = Identity {
            client: None,
            name: "operator".to_owned(),
            organization,
            subtree: Subtree::at(String::new()),
            source,
            scopes: ScopeName::ALL.iter().copied().collect(),
        };
        Self::new(Arc::new(identity), request_id.into(), clock.now(), clock)
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

    /// The moment at which the request began: what it reads is judged as of then.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The date of what the transaction writes, to be asked once its locks are held: a body may be long on its way, and a
    /// lock long in coming.
    ///
    /// # Errors
    /// What the database says.
    pub async fn date(&self, db: &mut Db) -> Result<Instant, QueryError> {
        self.clock.date(db).await
    }

    /// The moment from which a reader goes on that reads now: see [`Clock::watermark`].
    ///
    /// # Errors
    /// What the database says, or that it is busy.
    pub async fn watermark(&self, store: &Store) -> Result<Instant, Problem> {
        Ok(self.clock.watermark(store).await?)
    }

    /// The id that the answer carries as `X-Request-Id`.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Who stands in the log for what this caller does.
    #[must_use]
    pub fn author(&self) -> Author {
        Author { client: self.client(), request_id: Arc::clone(&self.request_id) }
    }

    /// Passes when the record belongs to no system or to the caller's.
    ///
    /// # Errors
    /// `source-not-yours`.
    pub fn owns(&self, source: Option<&SourceCode>) -> Result<(), Problem> {
        match source {
            Some(source) if self.source() != Some(source) => Err(Problem::new(
                &kinds::SOURCE_NOT_YOURS,
                crate::base::i18n::bilingual!(
                    "Bản ghi thuộc hệ thống {source}.",
                    "The record belongs to the system {source}."
                ),
            )),
            _ => Ok(()),
        }
    }
}
