//! `tiendo migrate`.

use super::terminal::{block_on, say, store, told};
use crate::{
    access::clients,
    base::{
        clock::Clock,
        db::migrate::{Step, run as migrate},
        log::Author,
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
        block_on(complete(&settings))?;
    }
    say(&format!("{count} migrations {}", if arguments.down { "undone" } else { "applied" }), false);
    Ok(())
}

/// What the program adds after the migrations: the calendars that come with it, and the first entry of each record that
/// was made before its kind had versions.
pub async fn complete(settings: &Settings) -> Result<(), String> {
    let (author, now) = (Author::service(), Clock::system().now());
    let store = store(settings).await?;
    let completed = store.write(async move |db| {
        calendars::ensure_shipped(db, &author, now).await?;
        clients::ensure_entries(db, &author).await
    });
    completed.await.map(drop).map_err(told)
}
