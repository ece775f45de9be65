//! What a versioned resource is, whatever it holds.

mod patch;

pub use patch::Patched;
pub(crate) use patch::not_null;

/// What has a version has an ETag.
pub trait Versioned {
    /// Counts from 1, one up for every accepted change.
    fn version(&self) -> i32;
}
