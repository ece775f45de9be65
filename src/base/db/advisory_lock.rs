//! Locks on names, for what has no row yet to be locked.

use diesel::sql_types::BigInt;
use sha2::{Digest, Sha256};

use super::prelude::*;

diesel::define_sql_function! {
    fn pg_advisory_xact_lock(key: BigInt) -> diesel::sql_types::Integer;
}

/// Takes a name, given in parts, until the transaction ends; others that want it wait. SQLite has one writer, which
/// holds every name. Two names that share 64 bits of a digest would wait for each other, and lose nothing by it.
pub async fn lock_name(db: &mut Db, parts: &[&str]) -> QueryResult<()> {
    let number = number_of(parts);
    both!(db, pg | c | diesel::select(pg_advisory_xact_lock(number)).execute(c)).transpose()?;
    Ok(())
}

/// A number for a name; a line feed, which no part holds, parts the parts.
fn number_of(parts: &[&str]) -> i64 {
    let digest =
        parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part).chain_update("\n")).finalize();
    digest.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}
