//! Who am I: the first call of an integrator.

pub mod api;
