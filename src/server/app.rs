//! The application: its layers, serving and draining.

use std::{net::TcpListener, sync::Arc, time::Duration};

pub use super::state::AppState;

use super::{
    openapi, routes, telemetry,
    workers::{self, Workers},
};
use crate::base::{
    auth::{self, Authenticator},
    http::{self, BODY_LIMIT},
};
use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::{Compress, from_fn},
    web::{self, Data},
};

/// What an application is made of, whatever its body's type.
pub trait Layers: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error> {}

impl<T: ServiceFactory<ServiceRequest, Config = (), InitError = (), Error = Error>> Layers for T {}

/// The application with its layers, outermost last.
pub fn create_app(state: AppState) -> App<impl Layers<Response = ServiceResponse<impl MessageBody>>> {
    unobserved(state).wrap(from_fn(telemetry::observe)).wrap(from_fn(http::keep_payload))
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
        .app_data(state.addresses)
        .app_data(web::PayloadConfig::new(BODY_LIMIT))
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
    let (workers, head_time) = (state.settings.workers, state.settings.head_time);
    Ok(HttpServer::new(move || create_app(state.clone()))
        .workers(workers)
        .client_request_timeout(head_time)
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20)
        .listen(listener)?
        .run())
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
