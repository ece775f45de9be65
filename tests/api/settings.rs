//! What the operator's manual says of the settings is what the code does.

use tiendo::base::settings::{Settings, TABLE};

#[test]
fn the_manual_lists_every_setting_as_it_is() {
    let rows = crate::manual::rows("## Settings");
    assert_eq!(rows.len(), TABLE.len());
    for (row, (name, default, meaning)) in rows.iter().zip(TABLE) {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        assert_eq!(*row, format!("| `{name}` | {default} | {meaning} |"));
    }
}

#[test]
fn nothing_needs_to_be_set() {
    Settings::read(|_| None).unwrap();
}

#[test]
fn a_password_file_completes_the_address() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "p@ss/w:rd\n").unwrap();
    let read = |url: &str| {
        Settings::read(|name| match name {
            "DATABASE_URL" => Some(url.to_owned()),
            "DATABASE_PASSWORD_FILE" => Some(file.path().to_str().unwrap().to_owned()),
            _ => None,
        })
    };
    let settings = read("postgres://tiendo@db:5432/tiendo?sslmode=disable").unwrap();
    assert_eq!(settings.database, "postgres://tiendo:p%40ss%2Fw%3Ard@db:5432/tiendo?sslmode=disable".parse().unwrap());
    assert!(read("postgres://tiendo:other@db/tiendo").is_err());
    assert!(read("sqlite:x.db").is_err());
}
