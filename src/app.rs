//! The application: its state, its layers, serving and draining.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, Error, HttpResponse, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    get,
    middleware::{Compress, from_fn},
    web::{self, Data},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::{self, Authority},
    clock::Clock,
    db::{Options, Store, Tls, Url},
    http::{self, Addresses, BODY_LIMIT},
    openapi,
    problem::Problem,
    routes,
    settings::Settings,
    telemetry::{self, Metrics},
};

/// What all workers share.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Data<Store>,
    /// Tokens.
    pub authority: Data<Authority>,
    /// What the service was told at start.
    pub settings: Data<Settings>,
    metrics: Data<Arc<Metrics>>,
    addresses: Data<Addresses>,
}

impl AppState {
    /// Connects to the database and reads or makes the signing keys.
    ///
    /// # Errors
    /// A sentence on what is missing.
    pub async fn open(settings: Settings, clock: Clock) -> Result<Self, String> {
        let tls = settings.tls()?;
        let store = open_store(&settings, tls).await?;
        let authority =
            Authority::open(store.clone(), clock, &settings.issuer, settings.token_life, settings.requests_per_minute)
                .await
                .map_err(|problem| format!("cannot read the signing keys: {}", problem.cause.unwrap_or_default()))?;
        Ok(Self {
            addresses: Data::new(Addresses::of(openapi::operations_of_addresses().map_err(|error| error.to_string())?)),
            store: Data::new(store),
            authority: Data::new(authority),
            settings: Data::new(settings),
            metrics: Data::new(Arc::default()),
        })
    }
}

/// Opens the database that the settings name.
///
/// # Errors
/// A sentence on why it cannot be reached.
pub async fn open_store(settings: &Settings, tls: Tls) -> Result<Store, String> {
    // The settings are of the process. On PostgreSQL each thread has its part, and one connection at least.
    let part = |all: usize, threads: usize| match settings.database {
        Url::Postgres(_) => all.div_ceil(threads),
        Url::Sqlite(_) => all,
    };
    let reporters = settings.workers.div_ceil(2);
    let options = Options {
        pool_size: part(settings.pool_size, settings.workers + reporters),
        readers: part(settings.readers, settings.workers),
        reporters,
        wait: settings.database_wait,
        tls,
    };
    Store::open(&settings.database, options)
        .await
        .map_err(|error| format!("DATABASE_URL: cannot open the database: {error}"))
}

/// What an application is made of, whatever its body's type.
pub trait Layers: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error> {}

impl<T: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error>> Layers for T {}

/// The application with its layers, outermost last.
pub fn create_app(state: AppState) -> App<impl Layers<Response = ServiceResponse<impl MessageBody>>> {
    unobserved(state).wrap(from_fn(telemetry::observe)).wrap(from_fn(http::hold_body))
}

/// The application without request ids, metrics and log, so that what they cost can be measured.
pub fn unobserved(state: AppState) -> App<impl Layers<Response = ServiceResponse<impl MessageBody>>> {
    App::new()
        .app_data(state.store)
        .app_data(state.authority)
        .app_data(state.settings)
        .app_data(state.metrics)
        .app_data(state.addresses)
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
        .app_data(web::PathConfig::default().error_handler(http::nothing_of_that_name))
        .configure(routes::served)
        .configure(openapi::pages)
        .default_service(web::to(http::elsewhere))
        .wrap(from_fn(auth::receive))
        .wrap(Compress::default())
        .wrap(from_fn(http::head_as_get))
}

/// The server on a listener; awaited, it serves until the process is told to stop, then lets what runs come to its end.
///
/// # Errors
/// When the address cannot be listened on.
pub fn server(state: AppState, listener: TcpListener) -> std::io::Result<Server> {
    let (workers, head_time) = (state.settings.workers, state.settings.head_time);
    Ok(HttpServer::new(move || create_app(state.clone()))
        .workers(workers)
        .client_request_timeout(head_time)
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20)
        .listen(listener)?
        .run())
}

/// Serves, and looks after the signing keys meanwhile.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(state: AppState, listener: TcpListener) -> std::io::Result<()> {
    let (keys, store) = (state.authority.clone(), state.store.clone());
    let turning = actix_web::rt::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_hours(1)).await;
            if let Err(problem) = keys.keys().refresh(&store, keys.clock()).await {
                tracing::warn!(cause = problem.cause, "cannot look after the signing keys now");
            }
        }
    });
    let served = server(state, listener)?.await;
    turning.abort();
    served
}

/// Whether the service works.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process runs
///
/// For the supervisor that restarts the service (systemd, Docker, Kubernetes liveness): 200 as long as requests are
/// answered at all. It does not look at the database, so that an outage of the database does not restart the service;
/// for that use `GET /health/ready`. No token is needed.
#[utoipa::path(tag = "Operations", security(()), responses((status = 200, description = "The process runs.", body = Health)))]
#[get("/health/live")]
pub async fn get_health_live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether requests can be served
///
/// For the load balancer (Kubernetes readiness): 200 when the database answers and the signing keys can be read, 503
/// when not, so that no request is sent here meanwhile. It costs one small query; every few seconds is often enough. No
/// token is needed.
#[utoipa::path(tag = "Operations", security(()), responses((status = 200, description = "Requests can be served.", body = Health)))]
#[get("/health/ready")]
pub async fn get_health_ready(state: Data<Authority>, store: Data<Store>) -> Result<HttpResponse, Problem> {
    state.keys().reload(&store).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
