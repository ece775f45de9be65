//! Whether the process may open as many files as its connections take.

use super::bounds::TURNED_AWAY;
use crate::base::{db::Url, settings::Settings};

/// Files that are neither connections nor the database: the program's own, the log, what waits for events.
const RESERVE: usize = 48;
/// Files that a connection to SQLite holds open.
const SQLITE_FILES: usize = 3;
/// The fewest connections to be of use.
const FEWEST: usize = 8;

/// The settings with as many connections as the process may have; where the operating system allows fewer files than all
/// of them take, with fewer.
///
/// # Errors
/// When hardly a connection would be left.
pub fn fitted(mut settings: Settings) -> Result<Settings, String> {
    let others = others(&settings);
    let Some(limit) = raised(settings.connections + others) else { return Ok(settings) };
    let room = limit.saturating_sub(others);
    if room >= settings.connections {
        return Ok(settings);
    }
    if room < FEWEST {
        return Err(format!(
            "TIENDO_CONNECTIONS: the process may open {limit} files (ulimit -n), of which {others} are no connections; raise the limit"
        ));
    }
    settings.connections = room;
    // One address never has all of them.
    settings.connections_per_address = settings.connections_per_address.min(room / 2);
    let (connections, per_address) = (room, settings.connections_per_address);
    tracing::warn!(
        limit,
        connections,
        per_address,
        "fewer connections than TIENDO_CONNECTIONS says: the process may not open more files (ulimit -n)"
    );
    Ok(settings)
}

/// Files that are no connections of callers.
fn others(settings: &Settings) -> usize {
    let threads = settings.workers + settings.workers.div_ceil(2);
    let database = match settings.database {
        // Each thread has its part, rounded up.
        Url::Postgres(_) => settings.pool_size + settings.readers + settings.exports + 2 * threads,
        Url::Sqlite(_) => SQLITE_FILES * (settings.readers + settings.exports + threads + 1),
    };
    TURNED_AWAY + RESERVE + database
}

/// How many files the process may open, after asking for so many; none where that has no limit.
#[cfg(unix)]
fn raised(wanted: usize) -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let (current, wanted) = (current?, wanted as u64);
    let asked = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let is_raised = asked > current && setrlimit(Resource::Nofile, Rlimit { current: Some(asked), maximum }).is_ok();
    usize::try_from(if is_raised { asked } else { current }).ok()
}

#[cfg(not(unix))]
fn raised(_: usize) -> Option<usize> {
    None
}
