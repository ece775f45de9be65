//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod harness;

mod assessments;
mod calendars;
mod given;
mod organizations;
mod periodic_reports;
mod progress;
