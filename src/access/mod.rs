//! Who may call: clients, their tokens, and what a client sees of itself.

pub mod clients;
pub mod me;
pub mod oauth;
