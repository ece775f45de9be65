//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod desk;
mod harness;

mod deadline_changes;
mod organizations;
mod progress_updates;
mod task_keys;
mod task_lists;
mod tasks;
mod timeliness;
mod transitions;
