//! The command line: each verb a small file.

mod backup;
mod client;
mod demo;
mod health;
mod load;
mod migrate;
mod openapi;
mod serve;
mod terminal;

use std::{fmt::Write, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    base::settings::{Declaration, Settings},
    server::telemetry,
};
use terminal::say;

#[derive(Parser)]
#[command(name = "tiendo", version, about = "Tiến Độ: systems push tasks and figures, the Department pulls progress.")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Serve the real plan from a file of its own, with lines to paste: the first thing to try
    Demo(demo::Arguments),
    /// Serve the API; settings come from the environment
    #[command(after_help = settings_help())]
    Serve,
    /// Bring the database's schema up to date (or undo it all)
    Migrate(migrate::Arguments),
    /// Copy the SQLite database into a new file, also while it is served
    Backup(backup::Arguments),
    /// Put a plan from a file: the same file twice changes nothing
    Load(load::Arguments),
    /// Keep the clients that may call
    #[command(subcommand)]
    Client(client::Verb),
    /// Print the OpenAPI document
    Openapi(openapi::Arguments),
    /// Ask a running service whether it is ready; for container health checks
    Health,
}

/// Every setting with its meaning and default, below what `tiendo serve --help` says.
fn settings_help() -> String {
    let mut help = "Settings, as environment variables:".to_owned();
    for Declaration { name, default, meaning, .. } in Settings::declarations() {
        let default = if default.is_empty() { String::new() } else { format!(" [default: {default}]") };
        let _ = write!(help, "\n  {name}\n          {meaning}{default}");
    }
    help
}

/// Runs the verb of the command line.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Demo(arguments) => demo::run(&arguments),
        Verb::Serve => serve::run(),
        Verb::Migrate(arguments) => migrate::run(&arguments),
        Verb::Backup(arguments) => backup::run(&arguments),
        Verb::Load(arguments) => load::run(&arguments),
        Verb::Client(verb) => client::run(verb),
        Verb::Openapi(arguments) => {
            openapi::run(&arguments);
            Ok(())
        }
        Verb::Health => health::run(),
    };
    telemetry::write_waiting();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&format!("tiendo: {reason}"), true);
            ExitCode::FAILURE
        }
    }
}
