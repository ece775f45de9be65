//! The right to an operation, in the handler's argument list: without it the handler does not run.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::{Caller, ScopeName, middleware::AuthOutcome};
use crate::base::{
    db::types::Instant,
    i18n::bilingual,
    problem::{Problem, kinds},
};

/// A caller that holds one of `S`'s scopes. It stands first in a handler's arguments, so that it is asked first, and is
/// moved into the transaction of a write: what is done there was permitted.
pub struct Permit<S>(Caller, PhantomData<S>);

/// The caller's `now`, for extractors that stand behind the permit and cannot see it.
#[derive(Debug, Clone, Copy)]
pub struct RequestTime(pub Instant);

/// The scopes that open an operation; any one of them does.
pub trait Opens {
    /// Any of these.
    const SCOPES: &'static [ScopeName];
}

impl<S> Deref for Permit<S> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Opens + 'static> FromRequest for Permit<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let outcome = request.extensions_mut().remove::<AuthOutcome>();
        let permit = outcome.map_or_else(|| Err(Self::unasked()), |outcome| outcome.0).and_then(Self::admit);
        if let Ok(permit) = &permit {
            request.extensions_mut().insert(RequestTime(permit.now()));
        }
        ready(permit)
    }
}

impl<S: Opens> Permit<S> {
    fn admit(caller: Caller) -> Result<Self, Problem> {
        if S::SCOPES.is_empty() || caller.scopes().has_any(S::SCOPES) {
            return Ok(Self(caller, PhantomData));
        }
        let needed = Self::needed();
        let mut problem = Problem::new(&kinds::SCOPE_MISSING, bilingual!("Cần quyền: {needed}.", "Needed: {needed}."));
        problem.challenge = Some(needed.into());
        Err(problem)
    }

    /// What answers a request that passed no authentication middleware. It names the scopes, as every refusal of a
    /// permit does: the OpenAPI document learns them from it.
    fn unasked() -> Problem {
        let mut problem = Problem::internal("authentication middleware missing");
        problem.challenge = Some(Self::needed().into());
        problem
    }

    fn needed() -> String {
        S::SCOPES.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}

macro_rules! permits {
    ($($name:ident: $($scope:ident),*;)+) => { $(
        #[doc = concat!("Opened by: ", $(stringify!($scope), " ",)* ".")]
        pub struct $name;
        impl Opens for $name {
            const SCOPES: &'static [ScopeName] = &[$(ScopeName::$scope),*];
        }
    )+ };
}

permits! {
    AnyClient: ;
    OrganizationsRead: OrganizationsRead;
    OrganizationsWrite: OrganizationsWrite;
    DocumentsRead: DocumentsRead;
    DocumentsWrite: DocumentsWrite;
    TasksRead: TasksRead;
    TasksAssign: TasksAssign;
    TasksProgress: TasksProgress;
    TasksMove: TasksAssign, TasksProgress;
    IndicatorsRead: IndicatorsRead;
    IndicatorsWrite: IndicatorsWrite;
    ObservationsRead: ObservationsRead;
    ObservationsWrite: ObservationsWrite;
    ReportsRead: ReportsRead;
    Admin: Admin;
}
