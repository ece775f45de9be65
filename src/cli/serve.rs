//! `tiendo serve`.

use std::net::TcpListener;

use super::{migrate::complete, terminal::block_on};
use crate::{
    base::{
        clock::Clock,
        db::migrate::{Step, run as migrate},
        settings::Settings,
    },
    server::{
        app::{self, AppState},
        connections, telemetry,
    },
};

pub fn run() -> Result<(), String> {
    let settings = Settings::from_environment()?;
    telemetry::start(settings.log.clone())?;
    let missing = if settings.migrate_on_start { Step::Up } else { Step::Pending };
    let count =
        migrate(&settings.database, &settings.tls()?, missing).map_err(|error| format!("DATABASE_URL: {error}"))?;
    if missing == Step::Pending && count > 0 {
        return Err(format!("the database lacks {count} migrations; run `tiendo migrate` first"));
    }
    let listener = listen(&settings)?;
    block_on(async {
        if missing == Step::Up {
            complete(&settings).await?;
        }
        serve(settings, listener).await
    })
}

/// Takes the address of the settings.
pub fn listen(settings: &Settings) -> Result<TcpListener, String> {
    TcpListener::bind(settings.listen).map_err(|error| format!("TIENDO_LISTEN: {}: {error}", settings.listen))
}

/// Serves on a listener.
pub async fn serve(settings: Settings, listener: TcpListener) -> Result<(), String> {
    let address = settings.listen;
    let settings = connections::fitted(settings)?;
    let state = AppState::open(settings, Clock::system()).await?;
    tracing::info!(%address, "serving");
    app::serve(state, listener).await.map_err(|error| error.to_string())?;
    tracing::info!("stopped");
    Ok(())
}
