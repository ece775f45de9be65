//! What authentication need not remember any longer.

use super::store;
use crate::base::{
    db::{Db, types::Instant},
    problem::Problem,
};

/// Deletes about `rows` revocations of tokens that have expired, and says how many.
///
/// # Errors
/// When the database cannot do it now.
pub async fn delete_revoked_tokens(db: &mut Db, now: Instant, rows: i64) -> Result<usize, Problem> {
    Ok(store::delete_revoked(db, now, rows).await?)
}

/// Deletes about `rows` notes of assertions that have expired and are refused for that, and says how many.
///
/// # Errors
/// When the database cannot do it now.
pub async fn delete_used_assertions(db: &mut Db, now: Instant, rows: i64) -> Result<usize, Problem> {
    Ok(store::delete_assertions(db, now, rows).await?)
}
