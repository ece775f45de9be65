//! The arithmetic of figures: exact, pure, and without a database.

pub mod combine;
pub mod exact;
pub mod figure;
mod reported;
mod reported_totals;
pub mod target;

pub use reported::{Missing, Reported};
