//! The scopes of each operation, as its handler asks them: written once, in the `Permit` among its arguments.

use actix_web::{App, test};
use futures_util::FutureExt;
use utoipa::openapi::{path::Paths, security::SecurityRequirement};

use super::operations;
use crate::{base::problem::Problem, server::routes};

/// Calls every operation in an application without authentication. A permit refuses that and names its scopes, any one
/// of which opens the operation; a handler that says nothing of scopes has no permit and is open to all.
pub(super) fn add(paths: &mut Paths) {
    // Nothing in here waits: there is no network, and a permit is asked before the body is read.
    let Some(app) = test::init_service(App::new().configure(routes::served)).now_or_never() else { return };
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            let request = test::TestRequest::with_uri(&path.replace(['{', '}'], "")).method(method).to_request();
            let answer = test::call_service(&app, request).now_or_never();
            let refusal = answer.as_ref().and_then(|answer| answer.response().error()?.as_error::<Problem>());
            let scopes = refusal.and_then(|problem| problem.challenge.as_deref());
            operation.security = Some(scopes.map_or_else(Vec::new, ways));
        }
    }
}

/// One way in for each scope; without any, every token opens.
fn ways(scopes: &str) -> Vec<SecurityRequirement> {
    let way = |scopes: &[&str]| SecurityRequirement::new("oauth2", scopes.iter().copied());
    if scopes.is_empty() {
        return vec![way(&[])];
    }
    scopes.split(' ').map(|scope| way(&[scope])).collect()
}
