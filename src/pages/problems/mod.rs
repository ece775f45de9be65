//! The catalogue of problems as pages of help.

pub mod api;
pub mod catalogue;
pub mod samples;
