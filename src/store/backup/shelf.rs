//! Where backups lie that nobody asked for: the last few are kept.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::{BackupError, Made, Passed};
use crate::files;
use crate::store::Store;

/// How many backups made by passbook itself are kept.
const KEPT: usize = 5;
const ENDING: &str = ".jsonl.gz";

/// The directory of backups.
#[derive(Clone, Debug)]
pub struct Shelf {
    directory: PathBuf,
    /// A backup that is in use, and is not let go however old it is.
    in_use: Option<PathBuf>,
}

impl Shelf {
    pub fn new(directory: PathBuf) -> Self {
        Self { directory, in_use: None }
    }

    /// The same directory while this backup is read.
    #[must_use]
    pub fn while_using(&self, backup: &Path) -> Self {
        let in_use = backup.canonicalize().ok();
        Self { directory: self.directory.clone(), in_use }
    }

    /// A name for a backup that a person asked for.
    pub fn name(&self, now: DateTime<Utc>) -> Result<PathBuf, BackupError> {
        self.create()?;
        Ok(self.free(now, ""))
    }

    /// Makes one before something that changes much, such as `restore`, and lets the oldest of its
    /// kind go.
    pub async fn keep(
        &self,
        store: &Store,
        before: &str,
        passed: &Passed<'_>,
    ) -> Result<Made, BackupError> {
        self.create()?;
        let path = self.free(store.clock().now(), &format!("-before-{before}"));
        let made = store.back_up(path, passed).await?;
        self.forget_old_ones();
        Ok(made)
    }

    fn create(&self) -> Result<(), BackupError> {
        files::ensure_private_dir(&self.directory).map_err(|error| self.not_written(&error))
    }

    fn not_written(&self, error: &io::Error) -> BackupError {
        BackupError::NotWritten { path: self.directory.clone(), reason: error.to_string() }
    }

    /// Several may be made within a second.
    fn free(&self, now: DateTime<Utc>, why: &str) -> PathBuf {
        let date = now.format("%Y-%m-%dT%H%M%SZ");
        let name = |number: u32| match number {
            1 => format!("passbook-{date}{why}{ENDING}"),
            number => format!("passbook-{date}{why}-{number}{ENDING}"),
        };
        let mut paths = (1..).map(|number| self.directory.join(name(number)));
        paths.find(|path| !path.exists()).expect("some number is free")
    }

    /// The date comes first in the name: oldest first.
    fn forget_old_ones(&self) {
        files::keep_newest(&self.directory, KEPT, |name| {
            let ours = name.starts_with("passbook-")
                && name.contains("-before-")
                && name.ends_with(ENDING);
            let path = || self.directory.join(name).canonicalize().ok();
            ours && (self.in_use.is_none() || path() != self.in_use)
        });
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn only_backups_that_nobody_asked_for_are_let_go() {
        let directory = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(directory.path().to_owned());
        let put = |name: &str| fs::write(directory.path().join(name), "").unwrap();
        let own = "passbook-2020-01-01T000000Z.jsonl.gz";
        put(own);
        for day in 1..=7 {
            put(&format!("passbook-2026-01-0{day}T000000Z-before-restore.jsonl.gz"));
        }
        shelf.forget_old_ones();
        let exists = |name: &str| directory.path().join(name).exists();
        assert!(exists(own));
        assert!(!exists("passbook-2026-01-02T000000Z-before-restore.jsonl.gz"));
        assert!(exists("passbook-2026-01-03T000000Z-before-restore.jsonl.gz"));
    }

    #[test]
    fn a_backup_that_is_being_restored_is_not_let_go() {
        let directory = tempfile::tempdir().unwrap();
        let path = |day: u32| {
            directory.path().join(format!("passbook-2026-01-0{day}T000000Z-before-copy.jsonl.gz"))
        };
        for day in 1..=7 {
            fs::write(path(day), "").unwrap();
        }
        Shelf::new(directory.path().to_owned()).while_using(&path(1)).forget_old_ones();
        assert!(path(1).exists() && !path(2).exists() && path(3).exists());
    }

    #[test]
    fn a_name_is_never_that_of_a_file_that_is_there() {
        let directory = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(directory.path().join("backups"));
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let first = shelf.name(now).unwrap();
        assert!(first.ends_with("passbook-2027-01-15T080000Z.jsonl.gz"));
        fs::write(&first, "").unwrap();
        assert!(shelf.name(now).unwrap().ends_with("passbook-2027-01-15T080000Z-2.jsonl.gz"));
    }
}
