//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod auth;
mod calendars;
mod documents;
mod harness;
mod indicators;
mod inspections;
mod organizations;
mod plan;
mod settings;
mod tls;
mod harness;

mod assessments;
mod calendars;
mod given;
mod auth;
mod http;
mod organizations;
mod progress;
mod deadline_changes;
mod organizations;
mod progress_updates;
mod tasks;
mod timeliness;
mod transitions;
