//! The right to an operation, in the handler's argument list: without it the handler does not run.

use std::{future::Future, marker::PhantomData, ops::Deref, pin::Pin, task};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::{Caller, ScopeName, middleware::AuthOutcome};
use crate::base::{
    db::types::Instant,
    i18n::{Bilingual, bilingual},
    problem::{Problem, Violations, codes, kinds},
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
    type Future = Asked<S>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let outcome = request.extensions_mut().remove::<AuthOutcome>();
        let permit = outcome.map_or_else(|| Err(Self::unasked()), |outcome| outcome.0).and_then(Self::admit);
        if let Ok(permit) = &permit {
            request.extensions_mut().insert(RequestTime(permit.now()));
        }
        Asked {
            permit: Some(permit),
            queried: (!request.query_string().is_empty()).then(|| request.clone()),
            has_let_others_look: false,
        }
    }
}

/// A permit that is given when the extractors behind it have looked at the request: then it is known whether any of them
/// takes a query. None is ignored in silence. Before it is refused, the address behind it is looked at: one that is none, or
/// does not take the method, says so.
pub struct Asked<S> {
    permit: Option<Result<Permit<S>, Problem>>,
    /// A request with a query.
    queried: Option<HttpRequest>,
    has_let_others_look: bool,
}

impl<S> Unpin for Asked<S> {}

impl<S> Future for Asked<S> {
    type Output = Result<Permit<S>, Problem>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        let refused = self.queried.as_ref().map_or(Ok(()), refuse_query);
        let is_permitted = matches!(self.permit, Some(Ok(_)));
        if refused.is_err() && is_permitted && !std::mem::replace(&mut self.has_let_others_look, true) {
            context.waker().wake_by_ref();
            return task::Poll::Pending;
        }
        let permit = self.permit.take().unwrap_or_else(|| Err(Problem::internal("a permit was asked for twice")));
        task::Poll::Ready(permit.and_then(|permit| refused.map(|()| permit)))
    }
}

/// Notes that the query of a request is read, and judged, by whoever calls.
pub fn take_query(request: &HttpRequest) {
    if !request.query_string().is_empty() {
        request.extensions_mut().insert(QueryIsTaken);
    }
}

struct QueryIsTaken;

/// Passes when there is no query, or somebody reads it.
///
/// # Errors
/// `invalid-parameter` with each parameter.
pub fn refuse_query(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() || request.extensions().contains::<QueryIsTaken>() {
        return Ok(());
    }
    let mut violations = Violations::in_query();
    for (name, _) in form_urlencoded::parse(request.query_string().as_bytes()) {
        let rule = Bilingual::new("không nhận tham số nào", "no parameters are taken here");
        violations.add(name.into_owned(), codes::UNKNOWN_PARAMETER, rule);
    }
    violations.into_result()
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
