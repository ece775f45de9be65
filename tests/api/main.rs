//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod access;
mod assessments;
mod auth;
mod bounded;
mod calendars;
mod clients;
mod database;
mod deadline_changes;
mod desk;
mod documents;
mod examples;
mod given;
mod harness;
mod house;
mod http;
mod indicators;
mod inspections;
mod journey;
mod migrations;
mod observations;
mod openapi;
mod organizations;
mod patches;
mod periodic_reports;
mod plan;
mod progress;
mod progress_updates;
mod settings;
mod task_keys;
mod task_lists;
mod tasks;
mod timeliness;
mod tls;
mod transitions;
