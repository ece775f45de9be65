//! What a connection may take, from the settings.

use std::time::Duration;

use crate::base::settings::Settings;

/// The bytes of a head.
pub const HEAD: usize = 32 * 1024;
/// What is read behind a request that is being served, so that it is noticed when the peer goes away.
pub const AHEAD: usize = 16 * 1024;
/// An answer moves on by so many bytes a second, on the average of the time that the settings give it.
pub const SLOWEST: u64 = 1024;
/// What the operating system may hold of an answer for one connection; it takes as much again for its own records.
/// Without a bound it holds megabytes, and whether an answer moves on is seen only when most of them are gone.
pub const SEND_BUFFER: u32 = 64 * 1024;
/// Those that were told to come again later, until they have read it; more are closed without a word.
pub const TURNED_AWAY: usize = 64;

/// The bounds that the operator sets.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections at a time.
    pub connections: usize,
    /// Of these from one address.
    pub per_address: usize,
    /// Longest time for a TLS handshake, and for a head.
    pub head: Duration,
    /// Longest time without a request.
    pub keep_alive: Duration,
    /// In this time an answer moves on.
    pub write: Duration,
}

impl Bounds {
    /// Those of the settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            connections: settings.connections,
            per_address: settings.connections_per_address,
            head: settings.head_time,
            keep_alive: settings.keep_alive,
            write: settings.write_time,
        }
    }
}
