//! The process that answers: its application, its table of URLs, its document, its log and metrics.

pub mod app;
pub mod connections;
pub mod health;
pub mod openapi;
mod readiness;
pub mod routes;
mod safety_headers;
mod state;
mod storage;
pub mod telemetry;
pub mod workers;

pub use safety_headers::SafetyHeaders;
pub use storage::open_store;
