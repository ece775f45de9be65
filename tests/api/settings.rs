//! Settings are as the manual and the help say; a wrong one is refused, and none shows a password.

use std::{ffi::OsString, process::Command, time::Duration};

use tiendo::base::{
    db::Url,
    settings::{DEMO_DEFAULTS, Settings},
};

use crate::harness::binary;

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    Settings::read(variables.iter().copied())
}

fn refused(name: &str, value: &str) -> String {
    let Err(reason) = read(&[(name, value)]) else { panic!("{name}={value:?} is taken") };
    assert!(reason.starts_with(&format!("{name}: ")), "{reason}");
    reason
}

#[test]
fn the_manual_lists_every_setting_as_it_is() {
    let rows = crate::manual::rows("## Settings");
    let declared = Settings::declarations().into_iter().map(|setting| {
        let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
        format!("| `{}` | {default} | {} |", setting.name, setting.meaning)
    });
    assert_eq!(rows, declared.collect::<Vec<_>>());
}

#[test]
fn the_help_lists_every_setting_as_it_is() {
    let help = |verb: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_tiendo")).args([verb, "--help"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let serve = help("serve");
    for setting in Settings::declarations() {
        assert!(serve.contains(&format!("  {}\n          {}", setting.name, setting.meaning)), "{serve}");
        assert!(serve.contains(&setting.default), "{serve}");
    }
    let demo = help("demo");
    for (name, value) in DEMO_DEFAULTS {
        assert!(demo.contains(&format!("{name}={value}")), "{demo}");
        read(&[(name, value)]).unwrap();
    }
}

#[test]
fn a_duration_says_its_unit_in_name_and_meaning() {
    let units = [("_MS", "in milliseconds"), ("_SECONDS", "in seconds"), ("_DAYS", "Days")];
    for setting in Settings::declarations() {
        let by_name = units.iter().find(|(suffix, _)| setting.name.ends_with(suffix));
        let by_meaning = units.iter().find(|(_, words)| setting.meaning.contains(words));
        assert_eq!(by_name, by_meaning, "{setting:?}");
    }
}

#[test]
fn nothing_needs_to_be_set() {
    let settings = read(&[("PATH", "/bin"), ("DATABASE_HOST", "db")]).unwrap();
    assert_eq!(settings.database, Url::Sqlite("tiendo.db".to_owned()));
    assert_eq!(settings.issuer, "http://127.0.0.1:8080");
    assert_eq!(settings.database_wait, Duration::from_secs(5));
    assert_eq!((settings.head_time, settings.body_time), (Duration::from_secs(10), Duration::from_secs(30)));
}

#[test]
fn of_two_values_the_later_counts() {
    let settings = read(&[("TIENDO_WORKERS", "3"), ("TIENDO_WORKERS", "4")]).unwrap();
    assert_eq!(settings.workers, 4);
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest_known_one() {
    assert!(refused("TIENDO_WORKER", "4").contains("did you mean TIENDO_WORKERS?"));
    assert!(refused("TIENDO_REQUEST_PER_MINUTE", "").contains("did you mean TIENDO_REQUESTS_PER_MINUTE?"));
    assert!(refused("TIENDO_", "x").contains("is no setting"));
    assert!(!refused("TIENDO_DATABASE_PASSWORD", "hunter2").contains("hunter2"));
}

#[test]
fn what_kubernetes_says_of_a_service_called_tiendo_is_no_setting() {
    let links = [
        ("TIENDO_SERVICE_HOST", "10.0.0.11"),
        ("TIENDO_SERVICE_PORT", "8080"),
        ("TIENDO_SERVICE_PORT_HTTP", "8080"),
        ("TIENDO_PORT", "tcp://10.0.0.11:8080"),
        ("TIENDO_PORT_8080_TCP", "tcp://10.0.0.11:8080"),
        ("TIENDO_PORT_8080_TCP_ADDR", "10.0.0.11"),
        ("TIENDO_PORT_8080_TCP_PROTO", "tcp"),
    ];
    read(&links).unwrap();
    assert!(refused("TIENDO_PORT", "8080").contains("is no setting"));
}

#[test]
fn an_empty_value_is_refused_where_there_is_a_default() {
    for setting in Settings::declarations() {
        if setting.default.is_empty() {
            read(&[(&setting.name, "")]).unwrap();
        } else {
            assert!(refused(&setting.name, "").contains("is empty"));
        }
    }
}

#[test]
fn a_refusal_says_name_value_and_rule() {
    assert_eq!(
        refused("TIENDO_WORKERS", "many"),
        "TIENDO_WORKERS: \"many\" is refused: must be a whole number from 1 to 256"
    );
    assert!(refused("TIENDO_DUE_SOON_DAYS", "61").contains("from 0 to 60"));
    assert!(refused("TIENDO_DATABASE_WAIT_MS", "-1").contains("from 100 to 60000"));
    assert!(refused("TIENDO_MIGRATE_ON_START", "yes").contains("\"yes\" is refused: must be true or false"));
    assert!(refused("TIENDO_LISTEN", "localhost:8080").contains("must be an IP address and a port"));
}

#[cfg(unix)]
#[test]
fn a_value_that_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt;
    let reason = Settings::read([("TIENDO_LOG", OsString::from_vec(vec![b'i', 0xFF]))]).unwrap_err();
    assert_eq!(reason, "TIENDO_LOG: is not text in UTF-8");
}

#[test]
fn a_log_filter_is_made_of_levels() {
    for wrong in ["verbose", "tiendo", "info,tiendo", "tiendo=verbose", "info,", "tiendo=", "=info", "a[b]=info"] {
        refused("TIENDO_LOG", wrong);
    }
    let rule =
        "\"verbose\" has no level; it is one of off, error, warn, info, debug, trace, alone or as in tiendo=debug";
    assert!(refused("TIENDO_LOG", "info,verbose").contains(rule));
    let log = |filter: &str| read(&[("TIENDO_LOG", filter)]).unwrap().log;
    let filter = log("WARN, tiendo::server=debug");
    assert!(filter.would_enable("tiendo::server::app", &tracing::Level::DEBUG));
    assert!(!filter.would_enable("tiendo::work", &tracing::Level::INFO));
    assert!(filter.would_enable("tiendo::work", &tracing::Level::WARN));
    assert!(!log("off").would_enable("tiendo", &tracing::Level::ERROR));
}

#[test]
fn the_issuer_is_an_address_that_callers_can_use() {
    let issuer = |text: &str| read(&[("TIENDO_ISSUER", text)]).unwrap().issuer;
    assert_eq!(issuer("https://tiendo.laichau.gov.vn/"), "https://tiendo.laichau.gov.vn");
    assert_eq!(issuer("https://laichau.gov.vn/api/tiendo/"), "https://laichau.gov.vn/api/tiendo");
    assert_eq!(issuer("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    for wrong in ["ftp://x", "x.vn", "https://", "https://x.vn?a=b", "https://x.vn/#a", "https://x.vn/ "] {
        assert!(refused("TIENDO_ISSUER", wrong).contains("without query or fragment"), "{wrong}");
    }
    let reason = refused("TIENDO_ISSUER", "https://user:hunter2@x.vn");
    assert!(reason.contains("must hold no user") && !reason.contains("hunter2"), "{reason}");
    let everywhere = read(&[("TIENDO_LISTEN", "0.0.0.0:80")]).map(drop).unwrap_err();
    assert!(everywhere.starts_with("TIENDO_ISSUER: must be set"), "{everywhere}");
}

#[test]
fn proxies_are_addresses_and_networks() {
    let proxies = |text: &str| read(&[("TIENDO_PROXIES", text)]).unwrap().proxies();
    assert!(proxies("10.20.0.0/16, ::1").contains([10, 20, 9, 9].into()));
    assert!(!read(&[]).unwrap().proxies().contains([127, 0, 0, 1].into()), "nobody is believed unasked");
    for wrong in ["proxy.local", "10.0.0.0/33", "10.0.0.1/8", "all"] {
        refused("TIENDO_PROXIES", wrong);
    }
}

#[test]
fn the_issuer_speaks_as_the_service_does() {
    let files = [("TIENDO_TLS_CERTIFICATE_FILE", "a"), ("TIENDO_TLS_KEY_FILE", "b")];
    let settings = read(&files).unwrap();
    assert!(settings.is_https() && settings.issuer == "https://127.0.0.1:8080");
    assert!(read(&[("TIENDO_ISSUER", "https://laichau.gov.vn")]).unwrap().is_https());
    assert!(!read(&[]).unwrap().is_https());
}

#[test]
fn a_password_file_completes_the_address() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    std::fs::write(path, "p@ss/w:rd%41\n").unwrap();
    let with_file = |url: &str| read(&[("DATABASE_URL", url), ("DATABASE_PASSWORD_FILE", path)]);
    let settings = with_file("postgres://tiendo@db:5432/tiendo?sslmode=disable").unwrap();
    let completed = "postgres://tiendo:p%40ss%2Fw%3Ard%2541@db:5432/tiendo?sslmode=disable";
    assert_eq!(settings.database, completed.parse().unwrap());
    assert_shows_none(&format!("{settings:?}"), &["p@ss", "p%40ss"]);
    for wrong in ["postgres://tiendo:other@db/tiendo", "postgres://db/tiendo", "sqlite:x.db"] {
        let reason = with_file(wrong).map(drop).unwrap_err();
        assert!(reason.starts_with("DATABASE_PASSWORD_FILE: "), "{reason}");
        assert_shows_none(&reason, &["p@ss", "other"]);
    }
    std::fs::write(path, "\n").unwrap();
    assert!(with_file("postgres://tiendo@db/tiendo").map(drop).unwrap_err().contains("is empty"));
}

fn assert_shows_none(text: &str, secrets: &[&str]) {
    assert!(!secrets.iter().any(|secret| text.contains(secret)), "{text}");
}

#[test]
fn no_password_is_shown() {
    let urls = ["postgres://u:hunter2@db:6543/tiendo", "postgresql://u@db:6543/tiendo?password=hunter2"];
    for url in urls {
        let settings = read(&[("DATABASE_URL", url)]).unwrap();
        let shown = format!("{settings:?} {:?}", settings.database);
        assert_shows_none(&shown, &["hunter2"]);
        assert!(shown.contains("db") && shown.contains("6543") && shown.contains("tiendo"), "{shown}");
    }
    let wrong = [
        "postgres://u:hun@ter2@db/tiendo",
        "postgres://u:hunter2@db:port/tiendo",
        "postgres://u:hunter2@db/tiendo?sslmode=perhaps",
        "postgres://u:hunter2@db/tiendo?sslrootcert=x",
        "postgres:u:hunter2@db",
        "mysql://u:hunter2@db/tiendo",
        "u:hunter2@db",
    ];
    for url in wrong {
        assert_shows_none(&refused("DATABASE_URL", url), &["hunter2", "ter2"]);
    }
    assert!(refused("DATABASE_URL", "postgres://u@db/x?sslrootcert=x").contains("sslrootcert"));
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_the_password() {
    let url = "postgres://u:hunter2@127.0.0.1:1/tiendo";
    for verb in ["serve", "migrate"] {
        let output = binary::command(url, "127.0.0.1:0", &[verb]).env("TIENDO_LOG", "trace").output().unwrap();
        let reason = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert_shows_none(&reason, &["hunter2"]);
    }
}
