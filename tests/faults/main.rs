//! Attacks on the real binary, over loopback, with a healthy client beside each: bounded in time and memory. The long
//! form holds the attackers on one processor, and the healthy client is not kept waiting:
//!
//! `TESTS_FAULTS=long tests/postgres run taskset -c 0 cargo test --test faults -- --test-threads=1 --nocapture`
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops at the first surprise")]

mod bodies;
mod callers;
mod connections;
mod credentials;
mod database;
mod file;
mod harness;
mod tls;
