//! Whether the service could do now what it is there for, found out once for all who ask.

use std::time::{Duration, Instant};

use tokio::{sync::Mutex, time::timeout};

use crate::{
    access::oauth::TokenService,
    base::{
        db::{ConnectionLost, Store},
        lease,
        problem::Problem,
    },
};

/// How long what was found counts.
const FRESH: Duration = Duration::from_secs(1);
/// What has not answered by then is not ready.
const BOUND: Duration = Duration::from_secs(2);

/// What was found last: when, and what is wrong.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Option<String>)>>);

impl Readiness {
    /// Passes when a token could be issued and a write would be taken. Whoever asks while it is being found out waits
    /// for that.
    ///
    /// # Errors
    /// `unavailable`, with what is wrong as the cause.
    pub async fn check(&self, tokens: &TokenService, store: &Store) -> Result<(), Problem> {
        let mut last = self.0.lock().await;
        if last.as_ref().is_none_or(|(at, _)| at.elapsed() >= FRESH) {
            let fault = fault(tokens, store).await;
            *last = Some((Instant::now(), fault));
        }
        let fault = last.as_ref().and_then(|(_, fault)| fault.clone());
        fault.map_or(Ok(()), |fault| Err(Problem::unavailable(fault)))
    }
}

/// What keeps the service from its work.
async fn fault(tokens: &TokenService, store: &Store) -> Option<String> {
    match timeout(BOUND, try_all(tokens, store)).await {
        Ok(Ok(())) => None,
        Ok(Err(problem)) => Some(problem.cause.unwrap_or_else(|| problem.kind.slug.to_owned())),
        Err(_) => Some(format!("the database did not take a write within {} s", BOUND.as_secs())),
    }
}

async fn try_all(tokens: &TokenService, store: &Store) -> Result<(), Problem> {
    tokens.keys().reload(store).await?;
    if !tokens.keys().has_turn(tokens.clock().now()) {
        return Err(Problem::internal("there is no signing key whose turn it is"));
    }
    match lease::touch(store).await {
        // A connection that has just died is met once.
        Err(problem) if problem.is_connection_lost() => lease::touch(store).await,
        touched => touched,
    }
}
