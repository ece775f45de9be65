//! What a person reads in a browser.

pub mod problems;
