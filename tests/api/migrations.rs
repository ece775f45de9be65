//! The schema: applied and undone on both databases, alike on both, and as the code has it.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    Connection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
    sqlite::SqliteConnection,
};
use serde_json::json;
use tiendo::base::db::{
    Tls, Url,
    migrate::{Step, run},
};

use crate::harness::{Api, Database, block_on};

/// Where diesel notes what it has applied.
const OWN: &str = "__diesel_schema_migrations";

/// Columns, the table they point to, its columns.
type ForeignKey = (Vec<String>, String, Vec<String>);

/// What both databases must have alike.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Name → type as SQLite spells it, and whether it may be null.
    columns: BTreeMap<String, (String, bool)>,
    primary_key: Vec<String>,
    /// Columns, whether unique, whether only some rows are in it.
    indexes: BTreeSet<(Vec<String>, bool, bool)>,
    foreign_keys: BTreeSet<ForeignKey>,
}

type Shape = BTreeMap<String, Table>;

fn shape(url: &Url) -> Shape {
    let mut shape = match url {
        Url::Postgres(url) => block_on(postgres(url)),
        Url::Sqlite(path) => sqlite(path),
    };
    shape.remove(OWN);
    shape
}

/// The SQLite type that stands for a PostgreSQL type.
fn as_sqlite(name: &str) -> &'static str {
    match name {
        "text" | "date" => "TEXT",
        "uuid" => "BLOB",
        "smallint" | "integer" | "bigint" | "boolean" | "timestamp with time zone" => "INTEGER",
        other => panic!("say in as_sqlite what {other} is on SQLite"),
    }
}

const PG_COLUMNS: &str = "
    SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relname <> '__diesel_schema_migrations'";
const PG_INDEXES: &str = "
    SELECT c.relname::text, i.indisunique, i.indisprimary, i.indpred IS NOT NULL,
        ARRAY(SELECT coalesce(a.attname::text, '(expression)') FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number AND k.number > 0 ORDER BY k.place)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace";
const PG_FOREIGN_KEYS: &str = "
    SELECT c.relname::text,
        ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number ORDER BY k.place),
        t.relname::text,
        ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number ORDER BY k.place)
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
    WHERE f.contype = 'f' AND c.relnamespace = 'public'::regnamespace";

async fn postgres(url: &str) -> Shape {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let mut shape = Shape::new();
    for row in client.query(PG_COLUMNS, &[]).await.unwrap() {
        let (kind, nullable) = (as_sqlite(row.get(2)).to_owned(), row.get(3));
        shape.entry(row.get(0)).or_default().columns.insert(row.get(1), (kind, nullable));
    }
    for row in client.query(PG_INDEXES, &[]).await.unwrap() {
        let table = shape.entry(row.get(0)).or_default();
        if row.get(2) {
            table.primary_key = row.get(4);
        } else {
            table.indexes.insert((row.get(4), row.get(1), row.get(3)));
        }
    }
    for row in client.query(PG_FOREIGN_KEYS, &[]).await.unwrap() {
        shape.entry(row.get(0)).or_default().foreign_keys.insert((row.get(1), row.get(2), row.get(3)));
    }
    shape
}

/// One row of a pragma: names first, then numbers.
#[derive(QueryableByName)]
struct Pragma {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    inner: Option<String>,
    #[diesel(sql_type = Text)]
    more: String,
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    second: i64,
}

const SQLITE_COLUMNS: &str = r#"
    SELECT m.name AS place, p.name AS name, NULL AS inner, p.type AS more, p."notnull" AS first, p.pk AS second
    FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY p.pk"#;
const SQLITE_INDEXES: &str = r#"
    SELECT m.name AS place, l.name AS name, x.name AS inner, l.origin AS more, l."unique" AS first, l.partial AS second
    FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) x
    WHERE m.type = 'table' ORDER BY l.name, x.seqno"#;
const SQLITE_FOREIGN_KEYS: &str = r#"
    SELECT m.name AS place, f."from" AS name, f."to" AS inner, f."table" AS more, f.id AS first, f.seq AS second
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY f.id, f.seq"#;

fn sqlite(path: &str) -> Shape {
    let mut connection = SqliteConnection::establish(path).unwrap();
    let mut rows = |sql: &str| sql_query(sql).load::<Pragma>(&mut connection).unwrap();
    let mut shape = Shape::new();
    for row in rows(SQLITE_COLUMNS) {
        let table = shape.entry(row.place).or_default();
        if row.second > 0 {
            table.primary_key.push(row.name.clone());
        }
        // A key of a STRICT table is never null, though the pragma does not say so.
        table.columns.insert(row.name, (row.more, row.first == 0 && row.second == 0));
    }
    let mut indexes: BTreeMap<(String, String), (Vec<String>, bool, bool)> = BTreeMap::new();
    for row in rows(SQLITE_INDEXES).into_iter().filter(|row| row.more != "pk") {
        let index = indexes.entry((row.place, row.name)).or_insert((Vec::new(), row.first == 1, row.second == 1));
        index.0.push(row.inner.unwrap_or_else(|| "(expression)".to_owned()));
    }
    for ((table, _), index) in indexes {
        shape.entry(table).or_default().indexes.insert(index);
    }
    let mut keys: BTreeMap<(String, i64), ForeignKey> = BTreeMap::new();
    for row in rows(SQLITE_FOREIGN_KEYS) {
        let key = keys.entry((row.place, row.first)).or_insert((Vec::new(), row.more, Vec::new()));
        key.0.push(row.name);
        key.2.push(row.inner.unwrap());
    }
    for ((table, _), key) in keys {
        shape.entry(table).or_default().foreign_keys.insert(key);
    }
    shape
}

fn migrated(database: &Database) -> Shape {
    run(database.url(), &Tls::Off, Step::Up).unwrap();
    shape(database.url())
}

fn goes_up_down_and_up(database: &Database) {
    let step = |step| run(database.url(), &Tls::Off, step).unwrap();
    let count = step(Step::Pending);
    assert!(count > 0);
    assert_eq!(step(Step::Up), count);
    let first = shape(database.url());
    assert_eq!((step(Step::Pending), step(Step::Up)), (0, 0));
    assert_eq!(step(Step::Down), count);
    assert_eq!(shape(database.url()), Shape::new(), "a down.sql leaves something behind");
    assert_eq!(step(Step::Up), count);
    assert_eq!(shape(database.url()), first);
}

#[test]
fn sqlite_goes_up_down_and_up() {
    goes_up_down_and_up(&Database::empty_sqlite());
}

#[test]
fn postgres_goes_up_down_and_up() {
    goes_up_down_and_up(&Database::empty_postgres());
}

/// Runs the statements of a migration's file.
fn run_file(url: &Url, name: &str) {
    let folder = if matches!(url, Url::Sqlite(_)) { "sqlite" } else { "postgres" };
    let sql = format!("BEGIN; {} COMMIT;", std::fs::read_to_string(format!("migrations/{folder}/{name}.sql")).unwrap());
    match url {
        Url::Sqlite(path) => SqliteConnection::establish(path).unwrap().batch_execute(&sql).unwrap(),
        Url::Postgres(url) => block_on(async {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&sql).await.unwrap();
        }),
    }
}

/// The migrations that write the log anew.
fn keeps_the_log(database: &Database) {
    let api = Api::on(database);
    let client = api
        .client("LC", "indicators:write indicators:read tasks:assign tasks:read observations:write observations:read");
    let indicator = json!({ "code": "CT01", "name": "x", "unit": "x", "kind": "count", "flow": true });
    client.post(201, "/v1/indicators", &indicator);
    let push = |value: i32| {
        let row = json!([{ "indicator": "CT01", "organization": "LC-TTR", "period": "2026-M10", "status": "final",
            "value": value.to_string() }]);
        client.post(200, "/v1/observations", &row).body["rows"][0]["id"].as_str().unwrap().to_owned()
    };
    let figures = [1, 2, 3].map(push);
    let task = client.post(201, "/v1/tasks", &json!({ "title": "Số hóa hồ sơ", "lead": "LC-TTR" }));
    let paths = [
        format!("/v1/observations/{}/history", figures[0]),
        format!("{}/history", task.header("location")),
        "/v1/observations?as_of=2026-11-23T02:00:00Z".to_owned(),
    ];
    let told = || paths.each_ref().map(|path| client.get(200, path).body);
    let before = told();
    assert_eq!(before[0]["items"].as_array().map(Vec::len), Some(3));
    for file in ["0008_versions/down", "0006_fewer_writes/down", "0006_fewer_writes/up", "0008_versions/up"] {
        run_file(database.url(), file);
    }
    assert_eq!(told(), before);
}

#[test]
fn the_log_is_kept_when_it_is_written_anew_on_sqlite() {
    keeps_the_log(&Database::sqlite());
}

#[test]
fn the_log_is_kept_when_it_is_written_anew_on_postgres() {
    keeps_the_log(&Database::postgres());
}

#[test]
fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (migrated(&Database::empty_sqlite()), migrated(&Database::empty_postgres()));
    let names = |shape: &Shape| shape.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres), "tables");
    for (name, on_sqlite) in &sqlite {
        assert_eq!(on_sqlite, &postgres[name], "{name}: left is migrations/sqlite, right is migrations/postgres");
    }
}

#[test]
fn every_foreign_key_has_an_index() {
    let mut faults = Vec::new();
    for (name, table) in migrated(&Database::empty_sqlite()) {
        for (columns, target, _) in &table.foreign_keys {
            let whole = table.indexes.iter().filter(|(_, _, partial)| !partial).map(|(index, _, _)| index);
            let mut candidates = whole.chain([&table.primary_key]);
            if !candidates.any(|index| index.starts_with(columns)) {
                faults.push(format!("CREATE INDEX {name}_{0} ON {name} ({0}); -- → {target}", columns.join("_")));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "a foreign key without an index makes a change of its target slow:\n  {}",
        faults.join("\n  ")
    );
}

#[test]
fn the_code_has_the_tables_as_they_are() {
    let real = migrated(&Database::empty_sqlite());
    let text = std::fs::read_to_string("src/base/db/schema.rs").unwrap();
    let mut coded = BTreeMap::new();
    for block in text.split("table! {").skip(1) {
        let lines: Vec<_> = block.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
        let (name, key) = lines.iter().find_map(|line| line.strip_suffix(") {")?.split_once(" (")).unwrap();
        let columns = lines.iter().filter_map(|line| line.strip_suffix(',')?.split_once(" -> "));
        let columns: BTreeMap<_, _> = columns
            .map(|(name, kind)| (name.trim_start_matches("r#").to_owned(), kind.starts_with("Nullable<")))
            .collect();
        coded.insert(name.to_owned(), (key.split(", ").map(str::to_owned).collect::<Vec<_>>(), columns));
    }
    let names =
        |columns: &Table| columns.columns.iter().map(|(name, (_, nullable))| (name.clone(), *nullable)).collect();
    let real: BTreeMap<_, (Vec<String>, BTreeMap<_, _>)> =
        real.iter().map(|(name, table)| (name.clone(), (table.primary_key.clone(), names(table)))).collect();
    assert_eq!(coded.keys().collect::<Vec<_>>(), real.keys().collect::<Vec<_>>(), "tables in src/base/db/schema.rs");
    for (name, table) in &real {
        assert_eq!(
            &coded[name], table,
            "{name}: left is src/base/db/schema.rs, right is the table (true: may be null)"
        );
    }
}
