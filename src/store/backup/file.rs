//! A backup as a file: JSON, one row a line, compressed with gzip, so that any program can read it.
//!
//! ```text
//! {"passbook_backup":1,"made_by":"passbook 0.1.0","made_at":"…","engine":"SQLite","version":3,"rows":…}
//! {"table":"pb_settings","columns":["name","value"]}
//! ["made_by","passbook 0.1.0"]
//! {"end":{"tables":{"pb_settings":{"rows":1,"digest":"…"},…},"accounts":[…]}}
//! ```

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::layout::Table;
use super::reading::{self, Mark};
use super::tally::Manifest;
use super::value::line;
use super::{BackupError, Header, Made, Part};
use crate::files;

type Result<T> = std::result::Result<T, BackupError>;

/// What was written, so that what is read back can be compared with it.
struct Written {
    header: Header,
    tables: Vec<Table>,
    manifest: Manifest,
}

/// Takes the stream to its end into a file that must not exist, and reads that back.
pub(super) async fn write(path: PathBuf, parts: mpsc::Receiver<Part>) -> Result<Made> {
    spawn_blocking(move || {
        reserve(&path)?;
        let part = beside(&path);
        let made = write_part(&part, parts).and_then(|written| keep(&part, &path, written));
        if made.is_err() {
            // Half a backup would only mislead.
            fs::remove_file(&part).ok();
            fs::remove_file(&path).ok();
        }
        made
    })
    .await
    .expect("writing a file does not panic")
}

/// Takes the name: nobody else writes there while the file itself comes about under another one.
fn reserve(path: &Path) -> Result<()> {
    match files::create_private_file(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists { path: path.to_owned() })
        }
        created => created.map(drop).map_err(|error| not_written(path, &error)),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn write_part(path: &Path, mut parts: mpsc::Receiver<Part>) -> Result<Written> {
    let failed = |error: io::Error| not_written(path, &error);
    // One that a killed passbook left behind: its name was never taken.
    fs::remove_file(path).ok();
    let file = files::create_private_file(path).map_err(failed)?;
    let mut out = GzEncoder::new(BufWriter::with_capacity(1 << 16, file), Compression::fast());
    let Some(Part::Header(header)) = parts.blocking_recv() else {
        return Err(BackupError::CutOff);
    };
    put(&mut out, &header).map_err(failed)?;
    let mut tables: Vec<Table> = Vec::new();
    let manifest = loop {
        match parts.blocking_recv() {
            Some(Part::Table(table)) => {
                let columns = table.column_names().into_iter().map(str::to_owned).collect();
                put(&mut out, &Mark::Table { table: table.name.clone(), columns })
                    .map_err(failed)?;
                tables.push(table);
            }
            Some(Part::Rows(rows)) => {
                for row in &rows {
                    out.write_all(&line(row))
                        .and_then(|()| out.write_all(b"\n"))
                        .map_err(failed)?;
                }
            }
            Some(Part::End(manifest)) => break manifest,
            Some(Part::Header(_)) | None => return Err(BackupError::CutOff),
        }
    };
    put(&mut out, &Mark::End { end: manifest.clone() }).map_err(failed)?;
    let file =
        out.finish().and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error));
    file.and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(Written { header, tables, manifest })
}

fn put(out: &mut impl io::Write, json: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, json).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Reads the finished file back, and gives it the name that waits for it.
fn keep(part: &Path, path: &Path, written: Written) -> Result<Made> {
    let failed = |error: io::Error| not_written(path, &error);
    let manifest = reading::read(part, &written.tables, |_| Ok(()))?;
    if let Some(what) = written.manifest.difference(&manifest) {
        return Err(BackupError::Damaged { path: path.to_owned(), what });
    }
    let bytes = fs::metadata(part).map_err(failed)?.len();
    fs::rename(part, path).map_err(failed)?;
    if let Some(directory) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(failed)?;
    }
    Ok(Made { path: path.to_owned(), bytes, header: written.header, manifest })
}

fn not_written(path: &Path, error: &io::Error) -> BackupError {
    BackupError::NotWritten { path: path.to_owned(), reason: error.to_string() }
}
