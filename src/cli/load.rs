//! `tiendo load FILE`.

use std::path::PathBuf;

use super::terminal::{block_on, operator, say, store, told};
use crate::{
    base::{db::Store, problem::Problem, settings::Settings},
    exchange::plans::{
        self,
        model::{Plan, Report},
    },
};

#[derive(clap::Args)]
pub struct Arguments {
    /// A plan in the format `tiendo-plan/1`, such as plans/lai-chau-thanh-tra-2025.json
    file: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    let settings = Settings::from_environment()?;
    let text =
        std::fs::read_to_string(&arguments.file).map_err(|error| format!("{}: {error}", arguments.file.display()))?;
    block_on(async move {
        let report = load(&store(&settings).await?, &text).await?;
        for line in &report.lines {
            say(line, false);
        }
        say(&summary(&report), false);
        Ok(())
    })
}

/// Loads a plan's text: all of it, or nothing.
pub async fn load(store: &Store, text: &str) -> Result<Report, String> {
    let plan: Plan = crate::base::validation::parse_file(text.as_bytes()).map_err(told)?;
    let root = plan.organizations.first().ok_or("the plan has no organizations")?.code.clone();
    let caller = operator(root, Some(plan.source.clone()));
    store.write(async move |db| plans::load(db, &caller, plan).await).await.map_err(|problem: Problem| told(problem))
}

/// One line of counts.
pub fn summary(report: &Report) -> String {
    let counts = report.counts.iter().flat_map(|(what, counts)| {
        let ended = counts.each().into_iter().filter(|(_, count)| *count > 0);
        ended.map(move |(outcome, count)| format!("{count} {what} {outcome}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}
