//! What every slice stands on, and what knows none of them.

pub mod auth;
pub mod clock;
pub mod db;
pub mod evidence;
pub mod http;
pub mod i18n;
pub mod ingest;
pub mod lease;
pub mod log;
pub mod networks;
pub mod page;
pub mod problem;
pub mod resource;
pub mod served;
pub mod settings;
pub mod subtree;
pub mod validation;
