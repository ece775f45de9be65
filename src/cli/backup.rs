//! `tiendo backup FILE`.

use std::path::PathBuf;

use super::terminal::say;
use crate::base::{
    db::{Url, backup},
    settings::Settings,
};

#[derive(clap::Args)]
pub struct Arguments {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let Url::Sqlite(path) = Settings::from_environment()?.database else {
        return Err("DATABASE_URL: this verb is for SQLite; for PostgreSQL use pg_dump".to_owned());
    };
    let size = backup(&path, &arguments.file).map_err(|error| error.to_string())?;
    say(&format!("{path} copied to {}: {size} bytes", arguments.file.display()), false);
    Ok(())
}
