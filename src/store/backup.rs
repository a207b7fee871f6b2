//! Everything passbook keeps, as one stream: into a file, out of one, or from engine to engine.
//!
//! ```text
//! a snapshot of a database ─┐                     ┌─→ a compressed file, read back at once
//!                           ├─→ Part, Part, … ────┤
//! a compressed file ────────┘                     └─→ another database, in one transaction
//! ```
//!
//! The tables and columns are those of the migrations themselves, so that a new one needs no word
//! here. Both ends add up what passes; whoever receives compares.

mod export;
mod file;
mod import;
mod layout;
mod reading;
mod shelf;
mod tally;
mod value;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

pub use reading::{read_backup, restore};
pub use shelf::Shelf;
pub use tally::{AccountSum, Manifest, TableSum};

use super::attempts::Failure;
use super::{OpenError, Store, StoreOptions};
use crate::exit::Exit;
use export::export;
use import::import;
use layout::Table;
use value::Row;

/// What a backup says of itself before its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Of the format, not of the schema.
    #[serde(rename = "passbook_backup")]
    pub format: u32,
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub engine: String,
    /// The schema's.
    pub version: i64,
    /// Of all tables.
    pub rows: u64,
}

/// The format that this program writes.
pub(super) const FORMAT: u32 = 1;

/// One piece of the stream.
enum Part {
    Header(Header),
    Table(Table),
    Rows(Vec<Row>),
    End(Manifest),
}

/// Enough to keep both ends busy; rows come a thousand at a time.
const PARTS_AHEAD: usize = 4;

/// Told how many rows of how many have passed.
pub type Passed<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

/// What could not be done. In every case what was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} exists already, and a backup never replaces a file: name another one", .path.display())]
    Exists { path: PathBuf },
    #[error("{} cannot be written ({reason}); no backup was made", .path.display())]
    NotWritten { path: PathBuf, reason: String },
    #[error("{} cannot be read ({reason}); nothing was changed", .path.display())]
    NotRead { path: PathBuf, reason: String },
    #[error("{} is no backup made by passbook; nothing was changed", .path.display())]
    NotABackup { path: PathBuf },
    #[error("the backup {} is damaged ({what}); nothing was changed: use another one", .path.display())]
    Damaged { path: PathBuf, what: String },
    #[error(
        "the backup was made by a newer passbook ({made_by}): update this one; nothing was changed"
    )]
    Newer { made_by: String },
    #[error("what arrived differs from what was sent ({what}); nothing was changed")]
    Differs { what: String },
    #[error("the source ended before its end; nothing was changed")]
    CutOff,
    #[error("a database in memory is gone when the program ends: name another one")]
    InMemory,
    #[error("both are the same database: there is nothing to copy")]
    Same,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the database failed ({0}); nothing was changed")]
    Database(sqlx::Error),
}

impl BackupError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Exists { .. }
            | Self::NotRead { .. }
            | Self::NotABackup { .. }
            | Self::InMemory
            | Self::Same => Exit::Usage,
            Self::Newer { .. } => Exit::NewerDatabase,
            Self::Open(error) => error.exit(),
            Self::NotWritten { .. }
            | Self::Damaged { .. }
            | Self::Differs { .. }
            | Self::CutOff
            | Self::Database(_) => Exit::Internal,
        }
    }
}

impl Failure for BackupError {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

/// A backup that was made and read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    pub path: PathBuf,
    pub bytes: u64,
    #[serde(flatten)]
    pub header: Header,
    #[serde(flatten)]
    pub manifest: Manifest,
}

impl Store {
    /// Writes everything to a new file, 0600, as it stands at one instant, and reads it back.
    pub async fn back_up(&self, path: PathBuf, passed: &Passed<'_>) -> Result<Made, BackupError> {
        let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
        let writing = file::write(path, receiver);
        let (exported, written) = tokio::join!(export(self, sender, passed), writing);
        // Where the file failed, the export only noticed that nobody listened any more.
        let made = match (exported, written) {
            (Err(error), Err(BackupError::CutOff)) => return Err(error),
            (_, written) => written?,
        };
        Ok(made)
    }

    /// Replaces everything in the other database with what is in this one, in one transaction, and
    /// compares both.
    pub async fn copy_to(
        &self,
        target: &StoreOptions,
        passed: &Passed<'_>,
    ) -> Result<Manifest, BackupError> {
        let (sender, receiver) = mpsc::channel(PARTS_AHEAD);
        let (exported, imported) =
            tokio::join!(export(self, sender, passed), import(target, receiver, &|_, _| {}));
        match (exported, imported) {
            (Err(error), Err(BackupError::CutOff)) => Err(error),
            (_, imported) => imported,
        }
    }
}
