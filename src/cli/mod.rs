//! The command line: each verb a small file.

mod backup;
mod client;
mod demo;
mod health;
mod load;
mod migrate;
mod openapi;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    base::{
        auth::Caller,
        clock::{Clock, new_id},
        db::{
            Store,
            types::{OrgCode, SourceCode},
        },
        i18n::Language,
        problem::Problem,
        settings::Settings,
    },
    server::{open_store, telemetry},
};

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
    let _ = telemetry::write_waiting();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&format!("tiendo: {reason}"), true);
            ExitCode::FAILURE
        }
    }
}

/// Writes for the person at the terminal: the answer to standard output, what went wrong to standard error.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the room of the terminal")]
fn say(text: &str, wrong: bool) {
    if wrong { eprintln!("{text}") } else { println!("{text}") }
}

/// Runs an async verb on a runtime of its own.
fn block_on<T>(verb: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    actix_web::rt::System::new().block_on(verb)
}

/// The database of the settings, for a verb that runs beside the service.
async fn store(settings: &Settings) -> Result<Store, String> {
    open_store(settings, settings.tls()?).await
}

/// The operator as the caller of rules.
fn operator(organization: OrgCode, source: Option<SourceCode>) -> Caller {
    Caller::operator(organization, source, &new_id().to_string(), Clock::system().now())
}

/// A refusal in words for the terminal.
fn told(problem: Problem) -> String {
    let places = problem.errors.iter().map(|each| format!("\n  {}: {}", each.place, each.detail.say(Language::En)));
    let cause = problem.cause.map_or_else(String::new, |cause| format!(" ({cause})"));
    format!("{}{cause}{}", problem.detail.say(Language::En), places.collect::<String>())
}
