//! What is to be done, and how it is looked into.

pub mod inspections;
pub mod tasks;
