//! SQLite: the file, its connections, and how it is brought up to date.

mod copy;
mod explain;
pub(super) mod shape;

pub(super) use explain::trouble;

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Sqlite, SqliteConnection};

use super::engine::SqliteEngine;
use super::error::OpenError;
use super::frozen::Frozen;
use super::migrate::{self, Direction, Schema};
use super::options::StoreOptions;
use super::pool::{Connect, Member, Pool};
use crate::fail_point::{self, Kind};
use crate::files;

const BUSY: Duration = Duration::from_secs(5);
const BUSY_MIGRATING: Duration = Duration::from_secs(30);
/// One for the key that was pressed, one for a slower question before it.
const READERS: u32 = 2;
/// Steps of SQLite's virtual machine between two looks at the stop switch: a fraction of a
/// millisecond.
const STEPS: i32 = 10_000;
const MAPPED: &str = "268435456";

/// Where a database is: a file, or a name in memory.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: PathBuf,
    in_memory: bool,
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
    /// Of a database that nobody may change through this program.
    ReadOnly,
    /// Of a file that nobody at all has open: no lock, no log, no file beside it.
    Frozen,
}

impl File {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), in_memory: false }
    }

    pub fn in_memory() -> Self {
        // SQLite shares a database in memory where its name starts with a slash.
        let path = format!("/passbook-{}", uuid::Uuid::now_v7()).into();
        Self { path, in_memory: true }
    }

    /// Creates the file if it may; reads nothing of the database yet.
    pub async fn open(&self, options: &StoreOptions) -> Result<SqliteEngine, OpenError> {
        let mut keeper = None;
        if self.in_memory {
            let connection = self.options(Role::Writer).connect().await;
            keeper = Some(Mutex::new(connection.map_err(|error| self.explain(error))?));
        } else {
            self.check(options.read_only)?;
        }
        let pool = |size, role| Pool::new(size, self.connector(role));
        let clock = options.clock.clone();
        Ok(if options.read_only {
            let frozen = Frozen::find(&self.path, || pool(READERS, Role::Frozen));
            SqliteEngine {
                readers: pool(READERS, Role::ReadOnly),
                writer: None,
                frozen,
                _keeper: keeper,
                clock,
                meter: Arc::default(),
            }
        } else {
            let writer = Some(pool(1, Role::Writer));
            SqliteEngine {
                readers: pool(READERS, Role::Reader),
                writer,
                frozen: None,
                _keeper: keeper,
                clock,
                meter: Arc::default(),
            }
        })
    }

    /// Tells apart what SQLite would answer with one and the same error, and creates the file so
    /// that nobody else can ever read it.
    pub fn check(&self, read_only: bool) -> Result<(), OpenError> {
        let path = || self.path.clone();
        let unreadable = |error: std::io::Error| OpenError::NotReadable {
            path: path(),
            reason: error.to_string(),
        };
        match fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_dir() => Err(OpenError::IsDirectory { path: path() }),
            Ok(metadata) if !metadata.is_file() => Err(OpenError::NotADatabase { path: path() }),
            Ok(_) => {
                let mut start = Vec::new();
                let file = fs::File::open(&self.path).map_err(unreadable)?;
                file.take(16).read_to_end(&mut start).map_err(unreadable)?;
                // SQLite takes an empty file for an empty database.
                let known = start.is_empty() || start == *b"SQLite format 3\0";
                known.then_some(()).ok_or_else(|| OpenError::NotADatabase { path: path() })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if read_only {
                    return Err(OpenError::Missing { path: path() });
                }
                let parent = self.path.parent().unwrap_or(Path::new("/"));
                if !parent.is_dir() {
                    return Err(OpenError::NoDirectory { path: parent.to_owned() });
                }
                match files::create_private_file(&self.path) {
                    Ok(_) => Ok(()),
                    // Another passbook was quicker.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
                    Err(error) if error.kind() == ErrorKind::StorageFull => {
                        Err(OpenError::DiskFull { path: path() })
                    }
                    Err(error) => {
                        Err(OpenError::NotWritable { path: path(), reason: error.to_string() })
                    }
                }
            }
            Err(error) => Err(unreadable(error)),
        }
    }

    /// As the file's head says: byte 18, SQLite's file format, section 1.3.3.
    fn is_in_write_ahead_mode(&self) -> bool {
        let mut head = [0; 19];
        let read = fs::File::open(&self.path).and_then(|mut file| file.read_exact(&mut head));
        read.is_ok() && head[18] == 2
    }

    fn options(&self, role: Role) -> SqliteConnectOptions {
        let options = SqliteConnectOptions::new()
            .filename(&self.path)
            .busy_timeout(BUSY)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .disable_statement_logging();
        if self.in_memory {
            return options.vfs("memdb");
        }
        match role {
            Role::Writer => options,
            Role::Reader => options.pragma("query_only", "on").pragma("mmap_size", MAPPED),
            Role::ReadOnly => options.read_only(true),
            Role::Frozen => options.read_only(true).immutable(true),
        }
    }

    /// Every connection stops its query once nobody waits for the answer.
    fn connector(&self, role: Role) -> Connect<Sqlite> {
        let options = self.options(role);
        Box::new(move || {
            let options = options.clone();
            async move {
                let mut connection = options.connect().await?;
                let stop = Arc::new(AtomicBool::new(false));
                let switch = Arc::clone(&stop);
                let go_on = move || !switch.load(Ordering::Relaxed);
                connection.lock_handle().await?.set_progress_handler(STEPS, go_on);
                Ok(Member { connection, stop: Some(stop) })
            }
            .boxed()
        })
    }

    /// Keeps readers and the writer out of each other's way; remembered in the file.
    pub async fn use_write_ahead_log(&self, engine: &SqliteEngine) -> Result<(), OpenError> {
        let Some(writer) = engine.writer.as_ref().filter(|_| !self.in_memory) else {
            return Ok(());
        };
        let explain = |error| self.explain(error);
        // A reader is open already, and nearly always this is all there is to do.
        let mut reader = engine.readers.borrow().await.map_err(explain)?;
        let ahead = is_write_ahead(&mut reader).await.map_err(explain)?;
        reader.give_back();
        if !ahead {
            let mut lent = writer.borrow().await.map_err(explain)?;
            write_ahead(&mut lent).await.map_err(explain)?;
            lent.give_back();
        }
        Ok(())
    }

    /// Moves the tables in one transaction that starts with the write lock. A file that holds
    /// anything is copied before its update.
    pub async fn migrate(
        &self,
        options: &StoreOptions,
        direction: Direction,
    ) -> Result<(), OpenError> {
        let mut connection = self.connect_to_change().await?;
        self.migrate_on(&mut connection, options, direction).await?;
        connection.close().await.map_err(|error| self.explain(error))
    }

    /// For reading another program's file: nothing of it changes, and nothing appears beside it unless
    /// its program has left a log there.
    pub async fn connect_to_read(&self) -> Result<SqliteConnection, OpenError> {
        self.check(true)?;
        // Reading a file in write-ahead mode would leave a log beside it. In any other mode locks do.
        let role = if self.is_in_write_ahead_mode() && Frozen::is_quiet(&self.path) {
            Role::Frozen
        } else {
            Role::ReadOnly
        };
        self.options(role).connect().await.map_err(|error| self.explain(error))
    }

    /// For what changes the structure: on a connection of its own, which waits longer for others.
    pub async fn connect_to_change(&self) -> Result<SqliteConnection, OpenError> {
        let connect = self.options(Role::Writer).busy_timeout(BUSY_MIGRATING);
        let mut connection = connect.connect().await.map_err(|error| self.explain(error))?;
        if !self.in_memory {
            write_ahead(&mut connection).await.map_err(|error| self.explain(error))?;
        }
        Ok(connection)
    }

    async fn migrate_on(
        &self,
        connection: &mut SqliteConnection,
        options: &StoreOptions,
        direction: Direction,
    ) -> Result<(), OpenError> {
        let explain = |error| self.explain(error);
        fail_point::pass(Kind::Step);
        let mut tx = connection.begin_with("begin immediate").await.map_err(explain)?;
        // Another passbook may have been here since the versions were compared.
        let schema = migrate::schema_on_sqlite(&mut tx).await.map_err(explain)?;
        if let (Schema::Behind(version), Direction::Up(_)) = (schema, direction)
            && !self.in_memory
            && migrate::holds_tables(&mut tx).await.map_err(explain)?
        {
            options.tell("copying the database before its update");
            fail_point::pass(Kind::Step);
            self.copy(version).await?;
        }
        migrate::move_on_sqlite(direction, &mut tx).await.map_err(explain)?;
        fail_point::pass(Kind::Step);
        tx.commit().await.map_err(explain)
    }

    /// The dated copy beside the file; none of a database in memory.
    pub async fn copy(&self, version: i64) -> Result<Option<PathBuf>, OpenError> {
        if self.in_memory { Ok(None) } else { copy::make(self, version).await.map(Some) }
    }
}

/// SQLite's busy time-out does not cover this switch, so several first launches collide in it.
async fn write_ahead(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    let started = Instant::now();
    loop {
        if is_write_ahead(connection).await? {
            return Ok(());
        }
        fail_point::pass(Kind::Step);
        match sqlx::query("pragma journal_mode = wal").execute(&mut *connection).await {
            Err(error) if explain::is_busy(&error) && started.elapsed() < BUSY_MIGRATING => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            outcome => return outcome.map(drop),
        }
    }
}

async fn is_write_ahead(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let mode: String = sqlx::query_scalar("pragma journal_mode").fetch_one(connection).await?;
    Ok(mode == "wal")
}
