//! A database file that no program has open, read without leaving a trace beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use sqlx::Sqlite;

use super::pool::Pool;

/// Reading a file in write-ahead mode creates its log and index, unless SQLite is told that
/// nobody will change the file. That is true for as long as it looks as it did at first.
pub(super) struct Frozen {
    pub pool: Pool<Sqlite>,
    path: PathBuf,
    looks: Looks,
    /// Once changed, never trusted again: its connections still know the old pages.
    thawed: AtomicBool,
}

#[derive(PartialEq, Eq)]
struct Looks {
    length: u64,
    modified: SystemTime,
}

impl Frozen {
    /// `None` where another program has the file open, or left a log behind.
    pub fn find(path: &Path, pool: impl FnOnce() -> Pool<Sqlite>) -> Option<Self> {
        let looks = look_at(path)?;
        Some(Self { pool: pool(), path: path.to_owned(), looks, thawed: AtomicBool::new(false) })
    }

    /// Whether no program has left a log beside the file.
    pub fn is_quiet(path: &Path) -> bool {
        look_at(path).is_some()
    }

    pub fn still(&self) -> bool {
        if self.thawed.load(Ordering::Relaxed) {
            return false;
        }
        let still = look_at(&self.path).is_some_and(|looks| looks == self.looks);
        self.thawed.store(!still, Ordering::Relaxed);
        still
    }
}

fn look_at(path: &Path) -> Option<Looks> {
    // The journal of a crashed program counts as well: its half-made change is still to undo.
    let has_log = ["-wal", "-journal"].iter().any(|suffix| {
        let mut log = path.as_os_str().to_owned();
        log.push(suffix);
        Path::new(&log).exists()
    });
    if has_log {
        return None;
    }
    let metadata = fs::metadata(path).ok()?;
    Some(Looks { length: metadata.len(), modified: metadata.modified().ok()? })
}
