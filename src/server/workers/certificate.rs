//! The certificate of the service: its files are read again every few seconds, since whoever renews them tells nobody.

use std::{sync::Arc, time::Duration};

use super::Worker;
use crate::{base::problem::Problem, server::state::AppState};

/// The worker's name.
pub const NAME: &str = "certificate";
const PERIOD: Duration = Duration::from_secs(5);

/// None where the service speaks no TLS.
pub fn worker(state: &AppState) -> Option<Worker> {
    let certificate = Arc::clone(state.certificate.as_ref()?);
    Some(Worker::everywhere(NAME, PERIOD, move |_| {
        let certificate = Arc::clone(&certificate);
        async move {
            let renewed = tokio::task::spawn_blocking(move || certificate.renew()).await;
            renewed.map_err(Problem::internal)?.map_err(Problem::internal)
        }
    }))
}
