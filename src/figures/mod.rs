//! What was reported, what it adds up to, and what is pulled of it.

pub mod assessments;
pub mod observations;
pub mod periodic_reports;
pub mod progress;
pub mod rollup;
