//! The database that the settings name, with its connections shared out over the threads.

use crate::base::{
    db::{Options, Store, Tls, Url},
    settings::Settings,
};

/// Opens the database that the settings name.
///
/// # Errors
/// A sentence on why it cannot be reached.
pub async fn open_store(settings: &Settings, tls: Tls) -> Result<Store, String> {
    // The settings are of the process. On PostgreSQL each thread has its part, and one connection at least.
    let part = |all: usize, threads: usize| match settings.database {
        Url::Postgres(_) => all.div_ceil(threads),
        Url::Sqlite(_) => all,
    };
    let reporters = settings.workers.div_ceil(2);
    let options = Options {
        pool_size: part(settings.pool_size, settings.workers + reporters),
        readers: part(settings.readers, settings.workers),
        reporters,
        exports: settings.exports,
        export_connections: part(settings.exports, settings.workers),
        wait: settings.database_wait,
        statement: settings.statement_time,
        tls,
    };
    Store::open(&settings.database, options)
        .await
        .map_err(|error| format!("DATABASE_URL: cannot open the database: {error}"))
}
