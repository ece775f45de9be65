//! Tiến Độ: the map of the house.

pub mod app;
pub mod assessments;
pub mod auth;
pub mod bilingual;
pub mod calendars;
pub mod changes;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod db;
pub mod documents;
pub mod http;
pub mod indicators;
pub mod inspections;
pub mod me;
pub mod observations;
pub mod openapi;
pub mod organizations;
pub mod periodic_reports;
pub mod plans;
pub mod problem;
pub mod progress;
pub mod routes;
pub mod settings;
pub mod tasks;
pub mod telemetry;
