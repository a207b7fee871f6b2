//! What a store is opened with.

use std::fmt;
use std::sync::Arc;

use super::backup::Shelf;
use crate::clock::Clock;
use crate::database::Database;

/// Told what takes long: a server that starts up, a copy, a migration.
pub type Progress = Arc<dyn Fn(&str) + Send + Sync>;

#[derive(Clone)]
pub struct StoreOptions {
    pub database: Database,
    /// A read replica of it, which answers what a [`Store::reader`](super::Store::reader) asks.
    pub replica: Option<Database>,
    /// Nothing is written; a database at the right version is required.
    pub read_only: bool,
    pub clock: Clock,
    pub progress: Option<Progress>,
    /// Where a database on a server is backed up before its update; a file is copied beside itself.
    pub shelf: Option<Shelf>,
}

impl StoreOptions {
    pub fn new(database: Database) -> Self {
        Self {
            database,
            replica: None,
            read_only: false,
            clock: Clock::default(),
            progress: None,
            shelf: None,
        }
    }

    pub(super) fn tell(&self, line: &str) {
        tracing::info!("{line}");
        if let Some(progress) = &self.progress {
            progress(line);
        }
    }
}

impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("database", &self.database.masked())
            .field("replica", &self.replica.as_ref().map(Database::masked))
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}
