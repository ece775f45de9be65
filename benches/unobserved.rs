//! The service without request ids, metrics and log: what `benches/run` compares the service with to say what they cost.

use std::net::TcpListener;

use actix_web::{HttpServer, rt::System};
use tiendo::{
    base::{clock::Clock, settings::Settings},
    server::app::{AppState, unobserved},
};

fn main() -> Result<(), String> {
    let settings = Settings::from_environment()?;
    let listener = TcpListener::bind(settings.listen).map_err(|error| error.to_string())?;
    System::new().block_on(async {
        let workers = settings.workers;
        let state = AppState::open(settings, Clock::system()).await?;
        let server = HttpServer::new(move || unobserved(state.clone())).workers(workers).listen(listener);
        server.map_err(|error| error.to_string())?.run().await.map_err(|error| error.to_string())
    })
}
