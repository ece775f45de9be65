//! What comes and goes in bulk.

pub mod plans;
