//! A copy of a SQLite database while it is served. PostgreSQL has its own programs for that.

use std::{
    fs::{File, OpenOptions, remove_file, rename},
    io::{self, ErrorKind},
    path::Path,
};

use diesel::{RunQueryDsl, sql_query, sql_types::Text};

use super::sqlite_file;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Copies the database at `path`, as it is at one moment, into a new file, and answers the size of the copy. Writes go
/// on meanwhile: SQLite reads it in one transaction.
///
/// # Errors
/// When there is no database at `path`, when `copy` is there already, or when it cannot be written whole.
pub fn backup(path: &str, copy: &Path) -> Result<u64, Failure> {
    // SQLite would create an empty database of that name, and copy it.
    if !Path::new(path).is_file() {
        return Err(format!("{path}: there is no such file").into());
    }
    if copy.exists() {
        return Err(format!("{}: is there already", copy.display()).into());
    }
    // Under its own name stands only a copy that is whole.
    let mut part = copy.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    create(part).map_err(|error| format!("{}: {error}", part.display()))?;
    let size = write(path, part).inspect_err(|_| drop(remove_file(part)))?;
    rename(part, copy)?;
    sync_folder_of(copy)?;
    Ok(size)
}

fn write(path: &str, part: &Path) -> Result<u64, Failure> {
    let name = part.to_str().ok_or_else(|| io::Error::from(ErrorKind::InvalidFilename))?;
    sql_query("VACUUM INTO ?").bind::<Text, _>(name).execute(&mut sqlite_file::open(path)?)?;
    // SQLite leaves it to the system when such a copy reaches the disk.
    let file = File::open(part)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// An empty file that nobody else may read: the signing keys are in the database.
fn create(part: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(part)
}

/// The new name is on disk too.
fn sync_folder_of(file: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
