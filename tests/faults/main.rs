//! Attacks on the real binary, over loopback, with a healthy client beside each: bounded in time and memory. The long
//! form runs with `TESTS_FAULTS=long`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first surprise")]

mod bodies;
mod callers;
mod connections;
mod credentials;
mod database;
mod file;
mod harness;
mod tls;
