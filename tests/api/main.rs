//! The API over a socket, on both databases: one file for each resource, named as in src.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod harness;

mod access;
mod auth;
mod database;
mod house;
mod http;
mod migrations;
mod openapi;
mod organizations;
