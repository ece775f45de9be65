//! What SQLite itself can do on this machine: the statements of a workload, prepared once, in this very process.
//!
//! `ceiling FILE WORK SECONDS` prints how many a second. Reads run on two threads, since there are readers beside each
//! other; writes on one, since SQLite has one writer.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement stops at the first surprise"
)]

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use rusqlite::{Connection, Row, params, types::ValueRef};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, file, work, seconds] = arguments.as_slice() else { panic!("usage: ceiling FILE WORK SECONDS") };
    let time = Duration::from_secs(seconds.parse().unwrap());
    let (threads, each): (u64, fn(&mut Connection, u64) -> u64) = match work.as_str() {
        "point" => (2, point),
        "page" => (2, page),
        "push" => (1, push),
        "update" => (1, update),
        "department" => (2, |c, n| progress(c, n, "X/D07/", "X/D070")),
        "tree" => (2, |c, n| progress(c, n, "X/", "X0")),
        "export" => (2, export),
        other => panic!("{other}: unknown"),
    };
    let running: Vec<_> = (0..threads)
        .map(|thread| {
            let file = file.clone();
            std::thread::spawn(move || {
                let mut connection = open(&file);
                let (began, mut done, mut turn) = (Instant::now(), 0, thread * 1_000_003 + 1);
                while began.elapsed() < time {
                    done += each(&mut connection, turn);
                    turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                }
                f64::from(u32::try_from(done).unwrap()) / began.elapsed().as_secs_f64()
            })
        })
        .collect();
    println!("{}", running.into_iter().map(|thread| thread.join().unwrap()).sum::<f64>());
}

fn open(file: &str) -> Connection {
    let connection = Connection::open(file).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    let settings =
        "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON";
    connection.execute_batch(settings).unwrap();
    connection
}

fn some(turn: u64, most: u64) -> u64 {
    (turn >> 33) % most + 1
}

fn id(kind: u8, number: u64) -> [u8; 16] {
    let mut id = [0x01, 0x9b, 0x7c, kind, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0];
    id[8..].copy_from_slice(&(0x8000_0000_0000_0000 | number).to_be_bytes());
    id
}

/// Takes each value into hand, as text or as it is.
fn take(row: &Row<'_>, columns: usize, text: &mut String) {
    for column in 0..columns {
        match row.get_ref(column).unwrap() {
            ValueRef::Text(value) => text.push_str(std::str::from_utf8(value).unwrap()),
            ValueRef::Integer(value) => write!(text, "{value}").unwrap(),
            ValueRef::Blob(value) => write!(text, "{:x}", value[0]).unwrap(),
            ValueRef::Real(_) | ValueRef::Null => {}
        }
        text.push(',');
    }
    text.push('\n');
}

fn all(connection: &Connection, sql: &str, values: &[&dyn rusqlite::ToSql]) -> String {
    let mut statement = connection.prepare_cached(sql).unwrap();
    let columns = statement.column_count();
    let (mut rows, mut text) = (statement.query(values).unwrap(), String::new());
    while let Some(row) = rows.next().unwrap() {
        take(row, columns, &mut text);
    }
    text
}

/// Whether a row's organization lies in a part of the tree.
const LIES_IN: &str = "EXISTS (SELECT code FROM organizations WHERE code = lead AND path >= 'X/' AND path < 'X0')";

fn point(connection: &mut Connection, turn: u64) -> u64 {
    let sql = format!("SELECT * FROM tasks WHERE {LIES_IN} AND id = ?");
    assert!(!all(connection, &sql, params![id(2, some(turn, 20_000))]).is_empty());
    1
}

fn page(connection: &mut Connection, turn: u64) -> u64 {
    let states = [
        "assigned",
        "accepted",
        "returned",
        "in_progress",
        "suspended",
        "awaiting_confirmation",
        "completed",
        "cancelled",
    ];
    let state = states[usize::try_from(some(turn, 8) - 1).unwrap()];
    let sql = format!("SELECT * FROM tasks WHERE {LIES_IN} AND lead = ? AND state = ? ORDER BY id LIMIT 51");
    assert!(!all(connection, &sql, params![format!("D{:02}", some(turn >> 3, 20)), state]).is_empty());
    1
}

fn push(connection: &mut Connection, turn: u64) -> u64 {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    {
        let mut statement = transaction
            .prepare_cached(
                "INSERT INTO observations (id, indicator, organization, period, breakdown, numerator, denominator, value, \
                 missing, status, source, note, evidence, definition, created_at, updated_at, version) \
                 VALUES (?, ?, ?, ?, '', ?, ?, ?, NULL, 'final', 'bench', NULL, '[]', 1, 1, 1, 1) \
                 ON CONFLICT (indicator, organization, period, breakdown) DO UPDATE SET numerator = excluded.numerator, \
                 denominator = excluded.denominator, value = excluded.value, missing = excluded.missing, \
                 status = excluded.status, source = excluded.source, note = excluded.note, evidence = excluded.evidence, \
                 definition = excluded.definition, updated_at = excluded.updated_at, version = observations.version + 1",
            )
            .unwrap();
        // Not the last months: those are for pushing what is there already.
        let (indicator, month, first) = (some(turn, 50), some(turn >> 7, 5), some(turn >> 11, 660));
        for unit in first..first + 1000 {
            let number = i64::try_from((unit * 7919 + turn % 1000) % 1000 * 10_000).unwrap();
            let (numerator, denominator, value) = match indicator % 2 {
                1 => (Some(number), Some(10_000_000), None),
                _ => (None, None, Some(number)),
            };
            let key = (format!("I{indicator:02}"), format!("U{unit:04}"), format!("2026-M{month:02}"));
            let id = id(0xff, indicator << 32 | month << 16 | unit);
            statement.execute(params![id, key.0, key.1, key.2, numerator, denominator, value]).unwrap();
        }
    }
    transaction.commit().unwrap();
    1000
}

fn update(connection: &mut Connection, turn: u64) -> u64 {
    // A new id each time that this is run: what was written stays.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let (task, said) = (id(2, some(turn, 20_000)), id(4, u64::try_from(now & 0x3fff_ffff_ffff_ffff).unwrap()));
    let content = "x".repeat(700);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).unwrap();
    all(&transaction, &format!("SELECT * FROM tasks WHERE {LIES_IN} AND id = ?"), params![task]);
    all(&transaction, "SELECT id FROM progress_updates WHERE task = ? AND as_of > '2027-01-01' LIMIT 1", params![task]);
    let run =
        |sql: &str, values: &[&dyn rusqlite::ToSql]| transaction.prepare_cached(sql).unwrap().execute(values).unwrap();
    run(
        "INSERT INTO progress_updates (id, task, as_of, percent, results, spent_vnd, people, evidence, nothing_to_report, \
         recorded_at) VALUES (?, ?, '2026-11-01', 600000, 'Đã hoàn thành 60% khối lượng', 30000000, 3, '[]', 0, 1)",
        params![said, task],
    );
    let log = "INSERT INTO changes (subject, subject_id, version, kind, organization, request_id, recorded_at, form, content) \
               VALUES (?, ?, ?, 'task.updated', 'D01', '019ab9a9-15a1-7d3f-b1f2-c7e3f7a81a11', 1, 1, ?)";
    let name = format!("{now:036}");
    run(log, params!["progress_update", name, 1, &content[..300]]);
    run(
        "UPDATE tasks SET percent = 600000, spent_vnd = 30000000, results = 'Đã hoàn thành 60% khối lượng', \
         version = version + 1, updated_at = 1 WHERE id = ?",
        params![task],
    );
    run(log, params!["task", name, 2, content]);
    transaction.commit().unwrap();
    1
}

fn progress(connection: &mut Connection, _: u64, from: &str, to: &str) -> u64 {
    let transaction = connection.transaction().unwrap();
    for sql in [
        "SELECT state, due_on, completed_on, lead, \"group\", count(*), sum(percent), sum(planned_vnd), sum(spent_vnd) \
         FROM tasks JOIN organizations ON lead = organizations.code WHERE path >= ? AND path < ? \
         AND (assigned_on IS NULL OR assigned_on <= '2026-11-25') GROUP BY 1, 2, 3, 4, 5",
        "SELECT code, name FROM organizations WHERE path >= ? AND path < ?",
        "SELECT tasks.id, tasks.code, title, said.as_of, obstacles, proposals FROM progress_updates said \
         JOIN tasks ON task = tasks.id JOIN organizations ON lead = organizations.code WHERE path >= ? AND path < ? \
         AND said.as_of <= '2026-11-25' AND NOT nothing_to_report AND (obstacles IS NOT NULL OR proposals IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM progress_updates later WHERE later.task = said.task AND NOT later.nothing_to_report \
         AND later.as_of <= '2026-11-25' AND (later.as_of > said.as_of OR (later.as_of = said.as_of AND later.id > said.id)))",
        "SELECT indicator, path, organization, period, breakdown, numerator, denominator, value, missing FROM observations \
         JOIN organizations ON organization = organizations.code WHERE path >= ? AND path < ? \
         AND indicator IN (SELECT code FROM indicators) AND period = '2026-M09'",
    ] {
        all(&transaction, sql, params![from, to]);
    }
    1
}

fn export(connection: &mut Connection, turn: u64) -> u64 {
    let sql = "SELECT * FROM observations WHERE EXISTS (SELECT code FROM organizations WHERE code = organization \
               AND path >= 'X/' AND path < 'X0') AND indicator = ? ORDER BY indicator, period, organization, breakdown";
    all(connection, sql, params![format!("I{:02}", some(turn, 50))]).lines().count() as u64
}
