//! The schema's versions: compared before anything is touched, brought up in one transaction.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use sqlx::migrate::{MigrateError, Migration, Migrator};
use sqlx::{Connection as _, PgConnection, Sqlite, SqliteConnection};

use super::engine::with_db;
use super::session::Engine as _;
use super::{OpenError, Store};
use crate::fail_point::{self, Kind};

/// The migrations embedded in this program.
pub(super) static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| under_our_name(sqlx::migrate!()));

pub(super) const MADE_BY: &str = concat!("passbook ", env!("CARGO_PKG_VERSION"));
const UNKNOWN: &str = "its version is unknown";
const REMEMBER_MAKER: &str = "insert into pb_settings (name, value) values ('made_by', $1) \
     on conflict (name) do update set value = excluded.value";

fn under_our_name(mut migrator: Migrator) -> Migrator {
    // sqlx's own lock belongs to a connection, which a pooler hands on. The transaction around
    // all migrations holds one instead.
    migrator.set_locking(false);
    // Another program that uses sqlx may share the database.
    migrator.dangerous_set_table_name("pb_migrations");
    migrator
}

/// A migration as the database remembers it.
#[derive(sqlx::FromRow)]
pub(super) struct Applied {
    pub version: i64,
    pub checksum: Vec<u8>,
    pub success: bool,
}

pub(super) const LIST_APPLIED: &str =
    "select version, checksum, success from pb_migrations order by version";

/// How a database's tables compare with those a program was built for.
#[derive(Debug, PartialEq, Eq)]
pub enum Schema {
    Current,
    /// At this version, 0 for none; some migrations are still to run.
    Behind(i64),
    /// It knows a migration that the program does not.
    Newer,
    /// This migration was another one when it ran.
    Changed(String),
}

impl Schema {
    pub(super) fn compare(migrator: &Migrator, applied: &[Applied]) -> Self {
        let ours: BTreeMap<_, _> = migrator
            .iter()
            .filter(|migration| migration.migration_type.is_up_migration())
            .map(|migration| (migration.version, migration))
            .collect();
        for row in applied {
            match ours.get(&row.version) {
                None => return Self::Newer,
                Some(migration) if *migration.checksum != row.checksum || !row.success => {
                    return Self::Changed(name(migration));
                }
                Some(_) => {}
            }
        }
        let newest = applied.iter().map(|row| row.version).max();
        if ours.keys().all(|version| applied.iter().any(|row| row.version == *version)) {
            Self::Current
        } else {
            Self::Behind(newest.unwrap_or(0))
        }
    }
}

/// As its file is called.
fn name(migration: &Migration) -> String {
    format!("{:04}_{}", migration.version, migration.description.replace(' ', "_"))
}

/// What sqlx's own words for a failed migration come down to: a refusal, or the engine's error.
pub(super) fn explain(error: MigrateError) -> Result<OpenError, sqlx::Error> {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Err(error),
        MigrateError::VersionMissing(_) => Ok(OpenError::Newer { made_by: UNKNOWN.to_owned() }),
        MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => {
            let migration = MIGRATOR.iter().find(|migration| migration.version == version);
            let name = migration.map_or_else(|| version.to_string(), name);
            Ok(OpenError::ChangedMigration { name })
        }
        other => Ok(OpenError::Migration { reason: other.to_string() }),
    }
}

impl Store {
    pub(super) async fn load_schema(&self) -> sqlx::Result<Schema> {
        let applied: Vec<Applied> = with_db!(self, |db| {
            if !db.has_table("pb_migrations").await? {
                return Ok(Vec::new());
            }
            sqlx::query_as(LIST_APPLIED).fetch_all(db).await
        })?;
        Ok(Schema::compare(&MIGRATOR, &applied))
    }

    /// The version of the schema: 0 before the first migration.
    pub(super) async fn load_version(&self) -> sqlx::Result<i64> {
        let applied: Vec<Applied> =
            with_db!(self, |db| sqlx::query_as(LIST_APPLIED).fetch_all(db).await)?;
        Ok(applied.iter().map(|row| row.version).max().unwrap_or(0))
    }

    /// Whether a newer database still has every column that this program reads. What they mean
    /// cannot be checked; a version that changes that must rename them.
    pub(super) async fn has_our_columns(&self) -> sqlx::Result<bool> {
        let mut model = SqliteConnection::connect("sqlite::memory:").await?;
        MIGRATOR.run_direct(None, &mut model, false).await?;
        let ours: Vec<(String, String)> =
            sqlx::query_as(Sqlite::LIST_COLUMNS).fetch_all(&mut model).await?;
        model.close().await?;
        let theirs = with_db!(self, |db| db.list_columns().await)?;
        let theirs: HashSet<_> = theirs.into_iter().collect();
        Ok(ours.iter().all(|column| theirs.contains(column)))
    }

    /// The refusal of a database that is ahead, with the name of what made it if it says.
    pub(super) async fn newer_error(&self) -> OpenError {
        const SQL: &str = "select value from pb_settings where name = 'made_by'";
        let maker: sqlx::Result<Option<String>> =
            with_db!(self, |db| sqlx::query_scalar(SQL).fetch_optional(db).await);
        // The newer program may keep it elsewhere: that must not hide the real news.
        let made_by = maker.ok().flatten().unwrap_or_else(|| UNKNOWN.to_owned());
        OpenError::Newer { made_by }
    }
}

pub(super) async fn schema_on_sqlite(
    migrator: &Migrator,
    tx: &mut SqliteConnection,
) -> sqlx::Result<Schema> {
    let exists: bool =
        sqlx::query_scalar(Sqlite::HAS_TABLE).bind("pb_migrations").fetch_one(&mut *tx).await?;
    let applied: Vec<Applied> =
        if exists { sqlx::query_as(LIST_APPLIED).fetch_all(tx).await? } else { Vec::new() };
    Ok(Schema::compare(migrator, &applied))
}

/// Whether there is anything in the file that an update could harm.
pub(super) async fn holds_tables(tx: &mut SqliteConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select count(*) > 0 from sqlite_master").fetch_one(tx).await
}

/// Runs what is pending, inside the caller's transaction.
pub(super) async fn run_on_sqlite(
    migrator: &Migrator,
    tx: &mut SqliteConnection,
) -> sqlx::Result<()> {
    fail_point::pass(Kind::Step);
    migrator.run_direct(None, &mut *tx, false).await?;
    fail_point::pass(Kind::Step);
    sqlx::query(REMEMBER_MAKER).bind(MADE_BY).execute(tx).await.map(drop)
}

/// As [`run_on_sqlite`].
pub(super) async fn run_on_postgres(
    migrator: &Migrator,
    tx: &mut PgConnection,
) -> sqlx::Result<()> {
    fail_point::pass(Kind::Step);
    migrator.run_direct(None, &mut *tx, false).await?;
    fail_point::pass(Kind::Step);
    sqlx::query(REMEMBER_MAKER).bind(MADE_BY).persistent(false).execute(tx).await.map(drop)
}
