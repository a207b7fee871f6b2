//! A backup's file, read from end to end and added up on the way.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::import::{import, known_tables};
use super::layout::Table;
use super::tally::{Manifest, Tally};
use super::value::{Row, Value};
use super::{BackupError, FORMAT, Header, PARTS_AHEAD, Part, Passed};
use crate::store::StoreOptions;

/// No reply of a bank is as long; a file that pretends so is none of ours.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
/// Rows handed on at a time.
const ROWS: usize = 500;

type Result<T> = std::result::Result<T, BackupError>;

/// A line that is no row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Mark {
    End { end: Manifest },
    Table { table: String, columns: Vec<String> },
}

/// Reads the whole file, compares it with its own sums, and says what it holds.
pub async fn read_backup(path: &Path) -> Result<(Header, Manifest)> {
    let header = read_header(path)?;
    let tables = known_tables(&header).await?;
    let path = path.to_owned();
    let manifest = spawn_blocking(move || read(&path, &tables, |_| Ok(()))).await;
    Ok((header, manifest.expect("reading a file does not panic")?))
}

/// Replaces everything in a database with what a file holds, in one transaction.
pub async fn restore(path: &Path, target: &StoreOptions, passed: &Passed<'_>) -> Result<Manifest> {
    let header = read_header(path)?;
    let tables = known_tables(&header).await?;
    let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
    let path = path.to_owned();
    let reading = spawn_blocking(move || {
        let send = |part| sender.blocking_send(part).map_err(|_| BackupError::CutOff);
        send(Part::Header(header))?;
        let manifest = read(&path, &tables, send)?;
        send(Part::End(manifest))
    });
    let (read, imported) = tokio::join!(reading, import(target, receiver, passed));
    match (read.expect("reading a file does not panic"), imported) {
        // The database only noticed that nothing came any more.
        (Err(error), Err(BackupError::CutOff)) => Err(error),
        (_, imported) => imported,
    }
}

/// The first line alone.
fn read_header(path: &Path) -> Result<Header> {
    let mut lines = Lines::open(path)?;
    let not_ours = || BackupError::NotABackup { path: path.to_owned() };
    let line = lines.next().map_err(|_| not_ours())?.ok_or_else(not_ours)?;
    let header: Header = serde_json::from_slice(&line).map_err(|_| not_ours())?;
    if header.format > FORMAT {
        return Err(BackupError::Newer { made_by: header.made_by });
    }
    Ok(header)
}

/// Hands on tables and rows; returns the sums, which must be those that the file ends with.
pub(super) fn read(
    path: &Path,
    tables: &[Table],
    mut each: impl FnMut(Part) -> Result<()>,
) -> Result<Manifest> {
    let mut lines = Lines::open(path)?;
    let damaged =
        |what: &str| BackupError::Damaged { path: path.to_owned(), what: what.to_owned() };
    lines.next()?;
    let mut tally = Tally::default();
    let mut current: Option<&Table> = None;
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let line = lines.next()?.ok_or_else(|| damaged("it ends too early"))?;
        let is_row = line.first() == Some(&b'[');
        if is_row {
            let table = current.ok_or_else(|| damaged("a row stands before any table"))?;
            let row = row(table, &line).ok_or_else(|| damaged("a row does not fit its table"))?;
            rows.push(row);
        }
        if !rows.is_empty() && (!is_row || rows.len() == ROWS) {
            tally.add(&rows);
            each(Part::Rows(std::mem::take(&mut rows)))?;
        }
        if is_row {
            continue;
        }
        match serde_json::from_slice(&line).map_err(|_| damaged("a line cannot be read"))? {
            Mark::Table { table, columns } => {
                let known = tables
                    .iter()
                    .find(|known| known.name == table && known.column_names() == columns)
                    .ok_or_else(|| damaged("a table is not as its version has it"))?;
                tally.start(known);
                each(Part::Table(known.clone()))?;
                current = Some(known);
            }
            Mark::End { end } => {
                // To the very end, where the compression's own sum stands.
                if lines.next()?.is_some() {
                    return Err(damaged("it goes on after its end"));
                }
                let found = tally.manifest();
                return match end.difference(&found) {
                    Some(what) => Err(damaged(&what)),
                    None => Ok(found),
                };
            }
        }
    }
}

fn row(table: &Table, line: &[u8]) -> Option<Row> {
    let cells: Vec<Json> = serde_json::from_slice(line).ok()?;
    if cells.len() != table.columns.len() {
        return None;
    }
    let cells = cells.into_iter().zip(&table.columns);
    cells.map(|(cell, column)| Value::read(column.kind, cell)).collect()
}

struct Lines {
    path: PathBuf,
    file: BufReader<MultiGzDecoder<BufReader<File>>>,
}

impl Lines {
    fn open(path: &Path) -> Result<Self> {
        let not_read = |error: io::Error| not_read(path, &error);
        let file = File::open(path).map_err(not_read)?;
        if !file.metadata().map_err(not_read)?.is_file() {
            return Err(BackupError::NotABackup { path: path.to_owned() });
        }
        let file = BufReader::new(MultiGzDecoder::new(BufReader::new(file)));
        Ok(Self { path: path.to_owned(), file })
    }

    /// Without its end; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let damaged = |what: String| BackupError::Damaged { path: self.path.clone(), what };
        let mut line = Vec::new();
        let mut limited = (&mut self.file).take(LONGEST_LINE);
        limited.read_until(b'\n', &mut line).map_err(|error| damaged(error.to_string()))?;
        match line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) => Err(damaged("it ends within a line".to_owned())),
        }
    }
}

fn not_read(path: &Path, error: &io::Error) -> BackupError {
    BackupError::NotRead { path: path.to_owned(), reason: error.to_string() }
}
