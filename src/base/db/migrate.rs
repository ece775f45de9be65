//! The schema's versions: applied and undone on both databases, never while serving.

use diesel::{
    backend::Backend,
    migration::{MigrationSource, MigrationVersion},
};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Tls, Url, connection, sqlite_file};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// What to do with the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Apply what is missing.
    Up,
    /// Undo everything: every table goes, with its rows.
    Down,
    /// Only count what is missing.
    Pending,
}

/// Takes the step and answers how many migrations it concerned.
///
/// # Errors
/// When the database cannot be reached or a migration fails (each runs in its own transaction).
pub fn run(url: &Url, tls: &Tls, step: Step) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    match url {
        Url::Sqlite(path) => take(&mut sqlite_file::open(path)?, SQLITE, step),
        Url::Postgres(url) => {
            // The harness blocks inside an async context, which only a runtime of its own allows.
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            let (url, tls) = (url.clone(), tls.clone());
            runtime.block_on(async move {
                tokio::spawn(async move {
                    let connection = connection::connect_alone(&url, &tls).await?;
                    tokio::task::block_in_place(|| {
                        take(&mut AsyncMigrationHarness::<AsyncPgConnection>::new(connection), POSTGRES, step)
                    })
                })
                .await?
            })
        }
    }
}

fn take<DB: Backend>(
    harness: &mut impl MigrationHarness<DB>,
    source: EmbeddedMigrations,
    step: Step,
) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    Ok(match step {
        Step::Up => harness.run_pending_migrations(source)?.len(),
        Step::Down => harness.revert_all_migrations(source)?.len(),
        Step::Pending => {
            let versions: Vec<MigrationVersion<'_>> = harness.applied_migrations()?;
            let known = MigrationSource::<DB>::migrations(&source)?.len();
            known.saturating_sub(versions.len())
        }
    })
}
