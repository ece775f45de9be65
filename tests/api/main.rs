//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod assessments;
mod auth;
mod calendars;
mod deadline_changes;
mod desk;
mod harness;

mod clients;
mod documents;
mod given;
mod harness;
mod http;
mod indicators;
mod inspections;
mod observations;
mod organizations;
mod plan;
mod periodic_reports;
mod progress;
mod progress_updates;
mod settings;
mod task_keys;
mod task_lists;
mod tasks;
mod timeliness;
mod tls;
mod transitions;
