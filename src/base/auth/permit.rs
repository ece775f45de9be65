//! The right to an operation, in the handler's argument list: without it the handler does not run.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::{Caller, ScopeName, middleware::AuthOutcome};
use crate::base::{
    i18n::bilingual,
    problem::{Problem, kinds},
};

/// A caller that holds one of `S`'s scopes. It stands first in a handler's arguments, so that it is asked first.
pub struct Permit<S>(Caller, PhantomData<S>);

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

impl<S> Permit<S> {
    /// The caller, to take into a transaction.
    #[must_use]
    pub fn caller(&self) -> Caller {
        self.0.clone()
    }
}

impl<S: Opens + 'static> FromRequest for Permit<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let arrival = request.extensions_mut().remove::<AuthOutcome>();
        let caller = arrival.map_or_else(|| Err(Problem::internal("nobody is at the middleware")), |arrival| arrival.0);
        ready(caller.and_then(|caller| Self::admit(caller)))
    }
}

impl<S: Opens> Permit<S> {
    fn admit(caller: Caller) -> Result<Self, Problem> {
        if S::SCOPES.is_empty() || caller.scopes().has_any(S::SCOPES) {
            return Ok(Self(caller, PhantomData));
        }
        let needed = S::SCOPES.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
        let mut problem = Problem::new(&kinds::SCOPE_MISSING, bilingual!("Cần quyền: {needed}.", "Needed: {needed}."));
        problem.challenge = Some(needed.into());
        Err(problem)
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
