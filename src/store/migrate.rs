//! The schema's versions: compared before anything is touched, brought up in one transaction.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sqlx::migrate::{Migrate as _, MigrateError, Migration, Migrator};
use sqlx::{PgConnection, Sqlite, SqliteConnection};

use super::engine::with_db;
use super::session::Engine as _;
use super::{OpenError, Store, shown};
use crate::fail_point::{self, Kind};

/// The migrations embedded in this program.
pub(super) static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| under_our_name(sqlx::migrate!()));

/// Where sqlx remembers what it ran.
pub(super) const TABLE: &str = "pb_migrations";
pub(super) const MADE_BY: &str = concat!("passbook ", env!("CARGO_PKG_VERSION"));
const UNKNOWN: &str = "its version is unknown";
/// The last step that made what the columns derive from which the program itself fills.
const DERIVED_SINCE: i64 = 8;
/// Before the number of a step: by which passbook it was applied.
pub(super) const APPLIED_BY: &str = "migrated_by.";
const REMEMBER: &str = "insert into pb_settings (name, value) values ($1, $2) \
     on conflict (name) do update set value = excluded.value";
const FORGET_ALL: &str = "drop table pb_migrations";
const FORGET_STEPS: &str = "delete from pb_settings where name like 'migrated!_by.%' escape '!' \
     and name not in (select 'migrated_by.' || cast(version as text) from pb_migrations)";

fn under_our_name(mut migrator: Migrator) -> Migrator {
    // sqlx's own lock belongs to a connection, which a pooler hands on. The transaction around
    // all migrations holds one instead.
    migrator.set_locking(false);
    // Another program that uses sqlx may share the database.
    migrator.dangerous_set_table_name(TABLE);
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

    /// sqlx takes back whatever it has a file for, without a look at the checksums.
    fn allow_down(self) -> Result<(), MigrateError> {
        match self {
            Self::Current | Self::Behind(_) => Ok(()),
            Self::Newer => Err(MigrateError::VersionMissing(0)),
            Self::Changed(name) => {
                let step = MIGRATOR.iter().find(|step| self::name(step) == name);
                Err(MigrateError::VersionMismatch(step.map_or(0, |step| step.version)))
            }
        }
    }
}

/// Which way the tables are moved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    /// Through all that is pending, or as far as this version.
    Up(Option<i64>),
    /// Back to this version.
    Down(i64),
}

/// As its file is called.
pub(super) fn name(migration: &Migration) -> String {
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
        Ok(Schema::compare(&MIGRATOR, &self.load_applied().await?))
    }

    /// The version of the schema: 0 before the first migration.
    pub(super) async fn load_version(&self) -> sqlx::Result<i64> {
        Ok(self.load_applied().await?.iter().map(|row| row.version).max().unwrap_or(0))
    }

    async fn load_applied(&self) -> sqlx::Result<Vec<Applied>> {
        with_db!(self, |db| {
            if !db.has_table(TABLE).await? {
                return Ok(Vec::new());
            }
            sqlx::query_as(LIST_APPLIED).fetch_all(db).await
        })
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

pub(super) async fn schema_on_sqlite(tx: &mut SqliteConnection) -> sqlx::Result<Schema> {
    let exists: bool =
        sqlx::query_scalar(Sqlite::HAS_TABLE).bind(TABLE).fetch_one(&mut *tx).await?;
    let applied: Vec<Applied> =
        if exists { sqlx::query_as(LIST_APPLIED).fetch_all(tx).await? } else { Vec::new() };
    Ok(Schema::compare(&MIGRATOR, &applied))
}

/// Whether there is anything in the file that an update could harm.
pub(super) async fn holds_tables(tx: &mut SqliteConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar("select count(*) > 0 from sqlite_master").fetch_one(tx).await
}

macro_rules! list_applied {
    ($tx:ident) => {{
        let list = sqlx::query_as(LIST_APPLIED).persistent(false);
        let applied: Vec<Applied> = list.fetch_all(&mut *$tx).await?;
        applied
    }};
}

/// One body, both engines: sqlx takes a bare connection for its migrations.
macro_rules! move_tables {
    ($direction:expr, $tx:expr) => {{
        let tx = $tx;
        fail_point::pass(Kind::Step);
        tx.ensure_migrations_table(TABLE).await?;
        match $direction {
            Direction::Up(to) => {
                let before = list_applied!(tx);
                MIGRATOR.run_direct(to, &mut *tx, false).await?;
                if to.is_none_or(|to| to >= DERIVED_SINCE) {
                    shown::derive_missing!(tx);
                }
                fail_point::pass(Kind::Step);
                let known = |row: &Applied| before.iter().any(|old| old.version == row.version);
                let new = list_applied!(tx).into_iter().filter(|row| !known(row));
                let steps = new.map(|row| format!("{APPLIED_BY}{}", row.version));
                for name in steps.chain(["made_by".to_owned()]) {
                    let maker = sqlx::query(REMEMBER).bind(name).bind(MADE_BY).persistent(false);
                    maker.execute(&mut *tx).await?;
                }
            }
            Direction::Down(to) => {
                // Another passbook may have been here since the versions were compared.
                let applied = list_applied!(tx);
                Schema::compare(&MIGRATOR, &applied).allow_down()?;
                for step in above(to, &applied) {
                    fail_point::pass(Kind::Step);
                    tx.revert(TABLE, step).await?;
                }
                fail_point::pass(Kind::Step);
                let rest = sqlx::query(if to == 0 { FORGET_ALL } else { FORGET_STEPS });
                rest.persistent(false).execute(&mut *tx).await?;
            }
        }
        Ok(())
    }};
}

/// The steps that lead down to `to`, newest first.
fn above(to: i64, applied: &[Applied]) -> impl Iterator<Item = &'static Migration> {
    let applied: Vec<i64> = applied.iter().map(|row| row.version).collect();
    let down = MIGRATOR.iter().rev().filter(|step| step.migration_type.is_down_migration());
    down.filter(move |step| step.version > to && applied.contains(&step.version))
}

/// Moves the tables, inside the caller's transaction. With `Down(0)` nothing of passbook is left.
pub(super) async fn move_on_sqlite(
    direction: Direction,
    tx: &mut SqliteConnection,
) -> sqlx::Result<()> {
    move_tables!(direction, tx)
}

/// As [`move_on_sqlite`].
pub(super) async fn move_on_postgres(
    direction: Direction,
    tx: &mut PgConnection,
) -> sqlx::Result<()> {
    move_tables!(direction, tx)
}
