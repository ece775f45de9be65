//! What everything else refers to: the tree, documents, indicators, calendars.

pub mod calendars;
pub mod documents;
pub mod indicators;
pub mod organizations;
