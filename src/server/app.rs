//! The application: its layers, serving and draining.

use std::{net::TcpListener, sync::Arc};

pub use super::state::AppState;

use super::{
    connections::{self, Opened},
    openapi, routes, telemetry,
    workers::{self, Workers},
};
use crate::{
    base::{
        auth::{self, Authenticator},
        http,
    },
    pages::problems::catalogue::CATALOGUE,
};
use actix_service::map_config;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{AppConfig, Server, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::{Compress, from_fn},
    web::{self, Data},
};

/// How long requests may take to come to their end when the service stops, in seconds.
const SHUTDOWN: u64 = 20;

/// What an application is made of, whatever its body's type.
pub trait Layers: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error> {}

impl<T: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error>> Layers for T {}

/// The application with its layers, outermost last.
pub fn create_app(state: AppState) -> App<impl Layers<Response = ServiceResponse<impl MessageBody>>> {
    unobserved(state)
        .wrap(from_fn(telemetry::observe))
        .wrap(from_fn(connections::answering))
        .wrap(from_fn(http::keep_payload))
}

/// The application without request ids, metrics and log, so that what they cost can be measured.
pub fn unobserved(state: AppState) -> App<impl Layers<Response = ServiceResponse<impl MessageBody>>> {
    App::new()
        .app_data(state.store)
        .app_data(Data::from(state.tokens.clone().into_inner() as Arc<dyn Authenticator>))
        .app_data(state.tokens)
        .app_data(state.clock)
        .app_data(state.quotas)
        .app_data(state.settings)
        .app_data(state.metrics)
        .app_data(state.observer)
        .app_data(state.addresses)
        .app_data(state.documents)
        .app_data(state.readiness)
        .app_data(state.bodies)
        .app_data(web::PathConfig::default().error_handler(|error, request| http::path_error(&error, request)))
        .configure(routes::served)
        .configure(openapi::pages)
        .default_service(web::to(http::fallback))
        .wrap(from_fn(auth::authenticate))
        .wrap(Compress::default())
        .wrap(from_fn(http::head_as_get))
}

/// The server on a listener; awaited, it serves until the process is told to stop, then lets what runs come to its end.
///
/// # Errors
/// When the address cannot be listened on.
pub fn server(state: AppState, listener: TcpListener) -> std::io::Result<Server> {
    workers::declare(&state.metrics.workers);
    for kind in CATALOGUE {
        state.metrics.refusals.declare(kind.slug);
    }
    let opened = Opened::of(&state.settings, state.certificate.clone(), Arc::clone(&state.clock), &state.metrics);
    let builder = Server::build().workers(state.settings.workers).shutdown_timeout(SHUTDOWN);
    let builder = builder.max_concurrent_connections(opened.most_of_a_worker(state.settings.workers));
    let draining = builder.graceful_shutdown_signal();
    let service = move || {
        let app = map_config(create_app(state.clone()), |()| AppConfig::default());
        let draining = draining.clone();
        connections::service(opened.clone(), app, move || {
            let draining = draining.clone();
            async move { draining.notified().await }
        })
    };
    Ok(builder.listen("http", listener, service)?.run())
}

/// Serves, with the background workers beside it.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(state: AppState, listener: TcpListener) -> std::io::Result<()> {
    let workers = Workers::of(&state);
    let serving = server(state, listener)?;
    let workers = workers.start();
    let ended = serving.await;
    workers.stop().await;
    ended
}
