//! What every verb does alike: run, open the database, act as the operator, speak to the person at the terminal.

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
    server::open_store,
};

/// Writes for the person at the terminal: the answer to standard output, what went wrong to standard error.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the room of the terminal")]
pub fn say(text: &str, wrong: bool) {
    if wrong { eprintln!("{text}") } else { println!("{text}") }
}

/// Runs an async verb on a runtime of its own.
pub fn block_on<T>(verb: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    actix_web::rt::System::new().block_on(verb)
}

/// The database of the settings, for a verb that runs beside the service.
pub async fn store(settings: &Settings) -> Result<Store, String> {
    open_store(settings, settings.tls()?).await
}

/// The operator as the caller of rules.
pub fn operator(organization: OrgCode, source: Option<SourceCode>) -> Caller {
    Caller::operator(organization, source, &new_id().to_string(), Clock::system())
}

/// A refusal in words for the terminal.
pub fn told(problem: Problem) -> String {
    let places = problem.errors.iter().map(|each| format!("\n  {}: {}", each.place, each.detail.say(Language::En)));
    let cause = problem.cause.map_or_else(String::new, |cause| format!(" ({cause})"));
    format!("{}{cause}{}", problem.detail.say(Language::En), places.collect::<String>())
}
