//! The doors to the database, on both: what is written is whole, what is refused leaves nothing, nobody waits for ever.

use std::{
    cell::Cell,
    rc::Rc,
    sync::mpsc,
    time::{Duration, Instant},
};

use diesel::sql_types::Double;
use tiendo::base::db::{
    Error, Options, QueryError, Reason, Store, Tls, Url, prelude::*, reason, schema::revoked_tokens as rows,
    types::Instant as Moment,
};

use crate::harness::{Api, Database, block_on};

/// Long enough for a connection to be made on a machine that does other things too.
const WAIT: Duration = Duration::from_millis(800);
const STATEMENT: Duration = Duration::from_secs(10);

/// Writes each fact once and runs it on both databases.
macro_rules! on_both_stores {
    ($($(#[$meta:meta])* async fn $name:ident($store:ident: &Store, $database:ident: &Database) $body:block)+) => { $(
        async fn $name($store: &Store, $database: &Database) $body

        mod $name {
            use super::*;

            $(#[$meta])*
            #[test]
            fn sqlite() { run(&Database::sqlite(), async |store, database| super::$name(&store, &database).await) }

            $(#[$meta])*
            #[test]
            fn postgres() { run(&Database::postgres(), async |store, database| super::$name(&store, &database).await) }
        }
    )+ };
}

fn run(database: &Database, fact: impl AsyncFnOnce(Store, Database)) {
    block_on(async { fact(open(database).await, database.clone()).await });
}

fn options() -> Options {
    Options {
        pool_size: 4,
        readers: 2,
        reporters: 1,
        exports: 8,
        export_connections: 8,
        statement: STATEMENT,
        wait: WAIT,
        tls: Tls::Off,
    }
}

async fn open(database: &Database) -> Store {
    Store::open(database.url(), options()).await.unwrap()
}

/// One of each.
fn smallest() -> Options {
    Options { pool_size: 1, readers: 1, reporters: 1, exports: 1, export_connections: 1, ..options() }
}

fn is_postgres(database: &Database) -> bool {
    matches!(database.url(), Url::Postgres(_))
}

async fn insert(db: &mut Db, name: &str) -> QueryResult<usize> {
    let values = (rows::jti.eq(name.to_owned()), rows::expires_at.eq(Moment::from(chrono::DateTime::UNIX_EPOCH)));
    both!(db, |c| diesel::insert_into(rows::table).values(values).execute(c))
}

async fn names(db: &mut Db) -> QueryResult<Vec<String>> {
    both!(db, |c| rows::table.order(rows::jti).select(rows::jti).load(c))
}

async fn written(store: &Store) -> Vec<String> {
    store.read(async |db| Ok::<_, Error>(names(db).await?)).await.unwrap()
}

/// A sleep in a statement on PostgreSQL; on SQLite, whose statements run on a thread of their own, a sleep of it.
async fn slow(db: &mut Db, time: Duration) -> QueryResult<usize> {
    let seconds = time.as_secs_f64();
    both!(
        db,
        pg | c | diesel::sql_query("SELECT pg_sleep($1)").bind::<Double, _>(seconds).execute(c),
        sqlite | _c | {
            std::thread::sleep(Duration::from_secs_f64(seconds));
            Ok(0)
        }
    )
}

/// A look at the server from outside.
async fn ask_server(database: &Database, sql: &str) -> Vec<String> {
    let Url::Postgres(url) = database.url() else { panic!("only PostgreSQL has a server") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

async fn kill_connections(database: &Database) -> usize {
    // Materialized: else the server may end the connections of every other test before it looks at their database.
    let sql = "WITH mine AS MATERIALIZED (SELECT pid FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()) \
               SELECT pg_terminate_backend(pid)::text FROM mine";
    ask_server(database, sql).await.len()
}

on_both_stores! {
    async fn a_write_is_kept_when_it_ends_well(store: &Store, _database: &Database) {
        let count = store.write(async |db| Ok::<_, Error>(insert(db, "a").await? + insert(db, "b").await?)).await;
        assert_eq!(count.unwrap(), 2);
        assert_eq!(written(store).await, ["a", "b"]);
    }

    async fn a_write_that_is_refused_leaves_nothing(store: &Store, _database: &Database) {
        let refused = store.write(async |db| {
            insert(db, "a").await?;
            Err::<(), _>(Error::Busy("a rule said no"))
        });
        assert!(matches!(refused.await, Err(Error::Busy("a rule said no"))));
        assert!(written(store).await.is_empty());
    }

    async fn a_panic_leaves_nothing_and_the_store_goes_on(store: &Store, _database: &Database) {
        for _ in 0..6 {
            let store = store.clone();
            let panicked = actix_web::rt::spawn(async move {
                let panics = async |db: &mut Db| {
                    insert(db, "a").await?;
                    assert!(names(db).await?.is_empty(), "on purpose: it sees its own row");
                    Ok::<_, Error>(())
                };
                store.write(panics).await
            });
            assert!(!matches!(panicked.await, Ok(Ok(()))));
        }
        store.write(async |db| Ok::<_, Error>(insert(db, "b").await?)).await.unwrap();
        assert_eq!(written(store).await, ["b"]);
    }

    async fn an_error_that_is_swallowed_condemns_the_write(store: &Store, _database: &Database) {
        store.write(async |db| Ok::<_, Error>(insert(db, "taken").await?)).await.unwrap();
        let swallowed = store.write(async |db| {
            insert(db, "a").await?;
            assert_eq!(reason(&insert(db, "taken").await.unwrap_err()), Reason::Duplicate);
            Ok::<_, Error>(())
        });
        assert!(matches!(swallowed.await, Err(Error::Query(_))));
        assert_eq!(written(store).await, ["taken"]);
        store.write(async |db| Ok::<_, Error>(insert(db, "b").await?)).await.unwrap();
    }

    async fn a_body_that_waits_for_anything_but_a_query_is_refused(store: &Store, _database: &Database) {
        let asleep = store.write(async |db| {
            insert(db, "a").await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<_, Error>(())
        });
        assert!(matches!(asleep.await, Err(Error::Waited)));
        let (_keep, never) = tokio::sync::oneshot::channel::<()>();
        let waiting = store.snapshot(async move |db| {
            names(db).await?;
            let _ = never.await;
            Ok::<_, Error>(())
        });
        assert!(matches!(waiting.await, Err(Error::Waited)));
        assert!(written(store).await.is_empty());
        store.write(async |db| Ok::<_, Error>(insert(db, "b").await?)).await.unwrap();
    }

    async fn callers_that_go_away_leave_no_half_and_no_open_transaction(store: &Store, database: &Database) {
        // Follows what a write takes here and now, in microseconds, so that about half of them come to their end.
        let mut longest: u64 = 4_000;
        let mut dice: u64 = 7;
        for number in 0..300 {
            let store = store.clone();
            let task = actix_web::rt::spawn(async move {
                let pair = async move |db: &mut Db| {
                    insert(db, &format!("{number:03}-1")).await?;
                    names(db).await?;
                    insert(db, &format!("{number:03}-2")).await?;
                    Ok::<_, Error>(())
                };
                store.write(pair).await
            });
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let until = Instant::now() + Duration::from_micros((dice >> 33) % longest);
            while Instant::now() < until {
                tokio::task::yield_now().await;
            }
            longest = if task.is_finished() { longest - longest / 8 } else { (longest + longest / 8).min(500_000) };
            task.abort();
            let _ = task.await;
        }
        if is_postgres(database) {
            let open = "SELECT state || ': ' || query FROM pg_stat_activity WHERE datname = current_database() \
                        AND pid <> pg_backend_pid() AND state <> 'idle'";
            let locks = "SELECT l.mode FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                         WHERE d.datname = current_database() AND l.pid <> pg_backend_pid()";
            let began = Instant::now();
            loop {
                let left = [ask_server(database, open).await, ask_server(database, locks).await].concat();
                if left.is_empty() {
                    break;
                }
                assert!(began.elapsed() < Duration::from_secs(5), "{left:?}");
            }
        }
        store.write(async |db| Ok::<_, Error>(insert(db, "last-1").await? + insert(db, "last-2").await?)).await.unwrap();
        let written = written(store).await;
        for pair in written.chunks(2) {
            assert_eq!(pair[0].replace("-1", "-2"), pair[1], "half a write");
        }
        assert!(written.len() > 4 && written.len() < 600, "aborts came at every stage: {} rows", written.len());
    }

    async fn writers_at_the_same_row_lose_nothing(store: &Store, _database: &Database) {
        use tiendo::base::db::schema::signing_keys as counters;
        store
            .write(async |db| {
                let zero = (counters::kid.eq("counter"), counters::private_key.eq("0"),
                    counters::not_before.eq(Moment::from(chrono::DateTime::UNIX_EPOCH)));
                Ok::<_, Error>(both!(db, |c| diesel::insert_into(counters::table).values(zero).execute(c))?)
            })
            .await
            .unwrap();
        let refused = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (store, refused) = (store.clone(), Rc::clone(&refused));
                actix_web::rt::spawn(async move {
                    for _ in 0..10 {
                        let add = async |db: &mut Db| {
                            let row = counters::table.find("counter");
                            let value = counters::private_key;
                            let found: Vec<String> =
                                both!(db, pg |c| row.select(value).for_update().load(c), sqlite |c| row.select(value).load(c))?;
                            let next = (found[0].parse::<u32>().unwrap() + 1).to_string();
                            Ok::<_, Error>(both!(db, |c| diesel::update(row).set(value.eq(next)).execute(c))?)
                        };
                        match store.write(add).await {
                            Ok(_) => {}
                            Err(Error::Busy(_)) => refused.set(refused.get() + 1),
                            Err(error) => panic!("{error}"),
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let read = async |db: &mut Db| Ok::<_, Error>(both!(db, |c| counters::table.select(counters::private_key).load::<String>(c))?);
        assert_eq!(store.read(read).await.unwrap(), [(160 - refused.get()).to_string()]);
    }

    async fn whoever_finds_no_turn_is_told_in_time(store: &Store, _database: &Database) {
        let holding: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                actix_web::rt::spawn(async move {
                    store.write(async |db| Ok::<_, Error>(slow(db, WAIT * 4).await?)).await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        let began = Instant::now();
        let late = store.write(async |db| Ok::<_, Error>(insert(db, "late").await?)).await;
        assert!(matches!(late, Err(Error::Busy(_))), "{late:?}");
        assert!(began.elapsed() >= WAIT && began.elapsed() < WAIT * 2, "{:?}", began.elapsed());
        for task in holding {
            let _ = task.await.unwrap();
        }
        assert!(written(store).await.is_empty(), "a write that was fixtures up must not come later");
        store.write(async |db| Ok::<_, Error>(insert(db, "b").await?)).await.unwrap();
    }

    async fn a_report_that_finds_no_turn_is_told_in_time(store: &Store, _database: &Database) {
        // As many as one thread begins on PostgreSQL, and as there are threads for a SQLite file.
        let holding: Vec<_> = (0..2)
            .map(|_| {
                let store = store.clone();
                actix_web::rt::spawn(async move {
                    store.snapshot(async |db| Ok::<_, Error>(slow(db, WAIT * 4).await?)).await
                })
            })
            .collect();
        tokio::task::yield_now().await;
        let began = Instant::now();
        let late = store.snapshot(async |db| Ok::<_, Error>(names(db).await?)).await;
        assert!(matches!(late, Err(Error::Busy(_))), "{late:?}");
        assert!(began.elapsed() >= WAIT && began.elapsed() < WAIT * 2, "{:?}", began.elapsed());
        for task in holding {
            task.await.unwrap().unwrap();
        }
        store.snapshot(async |db| Ok::<_, Error>(names(db).await?)).await.unwrap();
    }

    async fn heavy_sees_one_moment(store: &Store, database: &Database) {
        let (ask, asked) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel::<()>();
        let database = database.clone();
        let writer = std::thread::spawn(move || {
            asked.recv().unwrap();
            run(&database, async |store, _| {
                store.write(async |db| Ok::<_, Error>(insert(db, "meanwhile").await?)).await.map(drop).unwrap();
            });
            done.send(()).unwrap();
        });
        let both_looks = store.snapshot(async move |db| {
            let first = names(db).await?;
            ask.send(()).unwrap();
            is_done.recv().unwrap();
            Ok::<_, Error>((first, names(db).await?))
        });
        let (first, second) = both_looks.await.unwrap();
        writer.join().unwrap();
        assert_eq!((first.len(), second.len()), (0, 0));
        assert_eq!(written(store).await, ["meanwhile"]);
    }

    /// What a report computes keeps none of the caller's thread waiting.
    async fn heavy_runs_on_a_thread_of_its_own(store: &Store, _database: &Database) {
        let there = store.snapshot(async |db| {
            names(db).await?;
            Ok::<_, Error>(std::thread::current().id())
        });
        assert_ne!(there.await.unwrap(), std::thread::current().id());
    }

    /// A caller that goes away in the middle of a report leaves its connection free for the next one.
    async fn a_report_ends_when_its_caller_goes_away(store: &Store, _database: &Database) {
        for _ in 0..8 {
            let report = store.snapshot(async |db| Ok::<_, Error>(slow(db, WAIT / 4).await?));
            assert!(tokio::time::timeout(Duration::from_millis(5), report).await.is_err(), "left in the middle");
        }
        store.snapshot(async |db| Ok::<_, Error>(names(db).await?)).await.unwrap();
    }

    async fn what_is_for_reading_cannot_write(store: &Store, _database: &Database) {
        assert!(store.read(async |db| Ok::<_, Error>(insert(db, "a").await?)).await.is_err());
        assert!(store.snapshot(async |db| Ok::<_, Error>(insert(db, "a").await?)).await.is_err());
        assert!(written(store).await.is_empty());
    }
}

/// By what the databases say: neither is made to run out of room here.
#[test]
fn what_passes_by_itself_is_no_fault() {
    use diesel::result::DatabaseErrorKind as Kind;
    let said = |kind, text: &str| reason(&QueryError::DatabaseError(kind, Box::new(text.to_owned())));
    for text in [
        "could not extend file \"base/16384/16497\": No space left on device",
        "could not write to file \"pg_wal/xlogtemp.31\": No space left on device",
        "canceling statement due to statement timeout",
        "canceling statement due to lock timeout",
        "deadlock detected",
        "remaining connection slots are reserved for non-replication superuser connections",
        "the database system is starting up",
        "terminating connection due to administrator command",
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "attempt to write a readonly database",
        "unable to open database file",
    ] {
        assert_eq!(said(Kind::Unknown, text), Reason::Passing, "{text}");
    }
    assert_eq!(said(Kind::ReadOnlyTransaction, "cannot execute INSERT in a read-only transaction"), Reason::Passing);
    for text in ["no such table: tasks", "database disk image is malformed", "relation \"tasks\" does not exist"] {
        assert_eq!(said(Kind::Unknown, text), Reason::Fault, "{text}");
    }
}

#[test]
fn a_slow_statement_fails_where_it_would_delay_everyone() {
    run(&Database::postgres(), async |store, _| {
        let began = Instant::now();
        let read = store.read(async |db| Ok::<_, Error>(slow(db, Duration::from_secs(3)).await?)).await;
        assert!(matches!(read, Err(Error::Query(_))) && began.elapsed() < Duration::from_millis(2900));
        store.write(async |db| Ok::<_, Error>(slow(db, Duration::from_millis(2100)).await?)).await.unwrap();
    });
}

#[test]
fn a_read_outlives_its_connection() {
    run(&Database::postgres(), async |store, database| {
        for _ in 0..5 {
            assert!(kill_connections(&database).await >= 1);
            assert!(written(&store).await.is_empty());
        }
        let reading = store.clone();
        let under_way = actix_web::rt::spawn(async move {
            let first = Cell::new(true);
            let time = |is_first| if is_first { Duration::from_millis(500) } else { Duration::ZERO };
            reading.read(async |db| Ok::<_, Error>(slow(db, time(first.replace(false))).await?)).await
        });
        while ask_server(&database, "SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep($1)%' AND state = 'active' AND pid <> pg_backend_pid()").await.is_empty() {}
        kill_connections(&database).await;
        assert!(under_way.await.unwrap().is_ok(), "a read that was under way runs again");
        kill_connections(&database).await;
        store.write(async |db| Ok::<_, Error>(insert(db, "b").await?)).await.unwrap();
    });
}

#[test]
fn a_service_recovers_when_its_connections_are_cut() {
    let api = Api::on(&Database::postgres());
    let client = api.client("LC", "organizations:read organizations:write");
    let etag = client.get(200, "/v1/organizations/LC").etag().to_owned();
    assert!(block_on(kill_connections(api.database())) >= 1);
    api.stranger().get(200, "/health/ready");
    client.get(200, "/v1/organizations/LC");
    block_on(kill_connections(api.database()));
    client.patch(200, "/v1/organizations/LC", &etag, &serde_json::json!({ "name": "mới" }));
}

#[cfg(unix)]
#[test]
fn a_new_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    let url: Url = format!("sqlite:{}", path.to_str().unwrap()).parse().unwrap();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let modes = block_on(async {
        let store = Store::open(&url, smallest()).await.unwrap();
        store
            .write(async |db| {
                Ok::<_, Error>(both!(db, |c| diesel::sql_query("CREATE TABLE one (id INTEGER)").execute(c))?)
            })
            .await
            .unwrap();
        std::fs::read_dir(folder.path()).unwrap().map(|file| mode(&file.unwrap().path())).collect::<Vec<_>>()
    });
    assert!(modes.len() > 1 && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
    // One that somebody made keeps the mode they gave it.
    let fixtures = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&path, fixtures).unwrap();
    block_on(Store::open(&url, smallest())).unwrap();
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn a_database_that_does_not_exist_is_said_so() {
    for url in ["postgres://nobody@127.0.0.1:1/none", "sqlite:/nonexistent/folder/file.db"] {
        let url: Url = url.parse().unwrap();
        assert!(block_on(Store::open(&url, smallest())).is_err());
    }
    for text in ["mysql://x", "file.db", "sqlite:", "", "postgres"] {
        assert!(text.parse::<Url>().is_err(), "{text}");
    }
    assert_eq!(reason(&QueryError::NotFound), Reason::Fault);
}
