//! What the threads of the service and its workers share.

use std::sync::Arc;

use actix_web::web::Data;

use super::{
    connections::Certificate,
    open_store,
    openapi::{self, Documents},
    readiness::Readiness,
    safety_headers::SafetyHeaders,
    telemetry::{Metrics, Observer},
};
use crate::{
    access::oauth::TokenService,
    base::{
        auth::Quotas,
        clock::Clock,
        db::Store,
        http::{Addresses, Bodies},
        settings::Settings,
    },
};

/// What all workers share.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Data<Store>,
    /// Tokens.
    pub tokens: Data<TokenService>,
    /// What the service was told at start.
    pub settings: Data<Settings>,
    pub(super) clock: Data<Clock>,
    pub(super) quotas: Data<Quotas>,
    pub(super) metrics: Data<Arc<Metrics>>,
    pub(super) observer: Data<Observer>,
    pub(super) addresses: Data<Addresses>,
    pub(super) documents: Data<Documents>,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) readiness: Data<Readiness>,
    pub(super) bodies: Data<Bodies>,
}

impl AppState {
    /// Connects to the database and reads or makes the signing keys.
    ///
    /// # Errors
    /// A sentence on what is missing.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, String> {
        let tls = settings.tls()?;
        let certificate = Certificate::open(&settings)?;
        let store = open_store(&settings, tls).await?;
        let tokens = TokenService::open(store.clone(), clock.clone(), &settings.issuer, settings.token_life)
            .await
            .map_err(|problem| format!("cannot read the signing keys: {}", problem.cause.unwrap_or_default()))?;
        let metrics = Arc::new(Metrics::of(tokens.wrong_credentials()));
        let observer = Observer {
            metrics: Arc::clone(&metrics),
            proxies: settings.proxies(),
            headers: SafetyHeaders::new(settings.is_https()),
            request_time: settings.request_time,
        };
        Ok(Self {
            observer: Data::new(observer),
            documents: Data::new(Documents::of(&settings.issuer)),
            certificate,
            addresses: Data::new(Addresses::of(openapi::operations_of_addresses().map_err(|error| error.to_string())?)),
            store: Data::new(store),
            clock: Data::new(clock),
            quotas: Data::new(Quotas::new(settings.requests_per_minute)),
            bodies: Data::new(Bodies::of(&settings)),
            settings: Data::new(settings),
            readiness: Data::default(),
            metrics: Data::new(metrics),
            tokens: Data::new(tokens),
        })
    }
}
