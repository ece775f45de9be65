//! `tiendo migrate`.

use super::{block_on, say, store, told};
use crate::{
    base::{
        clock::Clock,
        db::migrate::{Step, run as migrate},
        settings::Settings,
    },
    reference::calendars,
};

#[derive(clap::Args)]
pub struct Arguments {
    /// Undo every migration: all tables go, with their rows
    #[arg(long)]
    down: bool,
    /// Needed with --down
    #[arg(long, requires = "down")]
    yes_delete_everything: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let settings = Settings::from_environment()?;
    if arguments.down && !arguments.yes_delete_everything {
        return Err("--down deletes every table with its rows; say --yes-delete-everything too".to_owned());
    }
    let step = if arguments.down { Step::Down } else { Step::Up };
    let count = migrate(&settings.database, &settings.tls()?, step).map_err(|error| error.to_string())?;
    if !arguments.down {
        block_on(ship_calendars(&settings))?;
    }
    say(&format!("{count} migrations {}", if arguments.down { "undone" } else { "applied" }), false);
    Ok(())
}

/// Adds the calendars that come with the service, after the migrations made their table.
pub async fn ship_calendars(settings: &Settings) -> Result<(), String> {
    let now = Clock::system().now();
    let added = store(settings).await?.write(async move |db| calendars::ensure_shipped(db, now).await).await;
    added.map(drop).map_err(told)
}
