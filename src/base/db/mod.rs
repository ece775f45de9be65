//! One query text, two databases.
//!
//! A store function takes `db: &mut Db` and writes its query once, inside [`both!`]. Where it runs (a shared
//! pipelined connection, a snapshot, an open transaction) is the caller's choice, made through [`Store`].

mod advisory_lock;
pub mod await_guard;
mod backup;
mod connection;
pub mod cursor;
mod error;
mod export;
mod in_subtree;
mod json_aggregate;
mod link;
pub mod migrate;
mod per_backend;
mod pool;
mod postgres;
mod report_workers;
pub mod schema;
pub mod sql_cache;
mod sqlite;
mod sqlite_file;
mod sqlite_threads;
mod store;
mod thread_connections;
mod time;
mod tls;
mod transaction;
mod turns;
pub mod types;
mod url;

pub use advisory_lock::lock_name;
pub use backup::backup;
pub use error::{Error, QueryError, Reason, reason};
pub use export::Batches;
pub(crate) use in_subtree::in_subtree;
pub use in_subtree::{Above, Among, Inside, LeadsThrough};
pub use json_aggregate::JsonAggregate;
pub use per_backend::PerBackend;
pub use store::{ConnectionLost, Options, Store};
pub use time::{open_writes, time_of_database};
pub use tls::Tls;
pub use turns::{Turn, Turns};
pub use url::Url;

use std::{ops::Deref, sync::Arc};

use diesel_async::AsyncPgConnection;

/// What every `store.rs` imports: diesel without its `RunQueryDsl`, so that [`both!`] alone decides which one is meant.
pub mod prelude {
    pub use super::NotInScope as RunQueryDsl;
    pub use super::{Db, both, only};
    pub use diesel::{deserialize::FromSqlRow, dsl::AsExprOf, expression::AsExpression, prelude::*, sql_types::Text};
}

/// Shadows diesel's `RunQueryDsl`: a query run outside [`both!`] does not compile.
pub trait NotInScope {}

/// A place to run queries: a shared connection, a connection of one's own, or an open transaction.
pub enum Db {
    /// PostgreSQL.
    Pg(Pg),
    /// SQLite.
    Sqlite(sqlite::Place),
}

/// A PostgreSQL connection that pipelines for many, or belongs to one.
pub enum Pg {
    /// Pipelined; for single short statements outside a transaction.
    Shared(Arc<connection::Connection>),
    /// From the pool; held twice only while its `BEGIN` is on its way.
    Own(Arc<postgres::Pooled>),
}

impl Deref for Pg {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.connection()
    }
}

impl Pg {
    /// The connection, and what is known of it.
    #[must_use]
    pub fn connection(&self) -> &connection::Connection {
        match self {
            Self::Shared(connection) => connection,
            Self::Own(connection) => connection,
        }
    }
}

/// Runs one query text on whichever database `$db` is: `both!(db, |c| QUERY)`, without `.await`.
/// The few statements whose best form differs name both: `both!(db, pg |c| …, sqlite |c| …)`;
/// what only PostgreSQL needs (a lock that SQLite's single writer makes needless) is `both!(db, pg |c| …)`, an `Option`.
#[macro_export]
macro_rules! both {
    ($db:expr, |$c:ident| $query:expr) => {
        $crate::base::db::both!($db, pg | $c | $query, sqlite | $c | $query)
    };
    ($db:expr, pg |$p:ident| $pg:expr) => {
        match $db {
            $crate::base::db::Db::Pg(pg) => {
                use $crate::base::db::sql_cache::RunQueryDsl as _;
                let $p = &mut &**pg;
                Some($crate::base::db::await_guard::guarded(pg.connection().link(), $pg).await)
            }
            $crate::base::db::Db::Sqlite(_) => None,
        }
    };
    ($db:expr, pg |$p:ident| $pg:expr, sqlite |$s:ident| $sqlite:expr) => {
        match $db {
            $crate::base::db::Db::Pg(pg) => {
                use $crate::base::db::sql_cache::RunQueryDsl as _;
                let $p = &mut &**pg;
                $crate::base::db::await_guard::guarded(pg.connection().link(), $pg).await
            }
            $crate::base::db::Db::Sqlite(sqlite) => {
                sqlite
                    .run(move |$s| {
                        use diesel::RunQueryDsl as _;
                        $sqlite
                    })
                    .await
            }
        }
    };
}
pub use both;

/// The one row of a unique key. `.load()` and this, not `.first()`: on SQLite a bound `LIMIT` is prepared anew each time.
#[must_use]
pub fn only<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().next()
}
