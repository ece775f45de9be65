//! The process that answers: its application, its table of URLs, its document, its log and metrics.

pub mod app;
pub mod health;
pub mod openapi;
pub mod routes;
mod state;
mod storage;
pub mod telemetry;
pub mod workers;

pub use storage::open_store;
