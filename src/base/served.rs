//! The request that a piece of work serves: its id, and who asked. A span would say it too, for a third of what logs and
//! metrics cost together.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use tokio::task_local;
use uuid::Uuid;

task_local! {
    static SERVED: Arc<Served>;
}

/// A request that is being served.
#[derive(Debug)]
pub struct Served {
    id: Arc<str>,
    address: IpAddr,
    client: OnceLock<Uuid>,
}

impl Served {
    /// A request of nobody known yet.
    #[must_use]
    pub fn new(id: Arc<str>, address: IpAddr) -> Self {
        Self { id, address, client: OnceLock::new() }
    }

    /// The id that the answer carries as `X-Request-Id`.
    #[must_use]
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// Where the request comes from; behind a listed proxy the address that it names.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The client, once its token has proved it.
    #[must_use]
    pub fn client(&self) -> Option<Uuid> {
        self.client.get().copied()
    }

    /// The token has proved the client.
    pub fn set_client(&self, client: Uuid) {
        let _ = self.client.set(client);
    }
}

/// Runs work for a request: what is logged meanwhile bears its id, its client and its address.
pub async fn serving<T>(request: Arc<Served>, work: impl Future<Output = T>) -> T {
    SERVED.scope(request, work).await
}

/// The request that is being served here, if any.
#[must_use]
pub fn served() -> Option<Arc<Served>> {
    SERVED.try_with(Arc::clone).ok()
}
