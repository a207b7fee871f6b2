//! The other program's database: opened so that nothing in it can change.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection};
use tokio::sync::mpsc;

use super::state::{State, Tables, state};
use super::{AdoptError, Seen};
use crate::database::Database;
use crate::store::open::Place;
use crate::store::session::Engine as _;

/// A database that may be the Python app's, as it stands at one instant.
pub struct Legacy {
    pub(super) connection: Reader,
    pub(super) tables: Tables,
    pub state: State,
    /// The rows of `alembic_version`.
    pub revision: Vec<String>,
    pub database: Database,
}

pub(super) enum Reader {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Evaluates one body on the source's connection.
macro_rules! on_source {
    ($legacy:expr, |$db:ident| $body:expr) => {
        match &mut $legacy.connection {
            $crate::store::adopt::source::Reader::Sqlite($db) => $body,
            $crate::store::adopt::source::Reader::Postgres($db) => $body,
        }
    };
}
pub(super) use on_source;

/// Reads a query to its end, a batch at a time.
macro_rules! send {
    ($db:ident, $sql:expr, $rows:expr) => {{
        let mut found = sqlx::query_as(AssertSqlSafe($sql)).fetch(&mut *$db);
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = found.try_next().await.map_err(AdoptError::Source)? {
            batch.push(row);
            if batch.len() == BATCH && $rows.send(std::mem::take(&mut batch)).await.is_err() {
                return Ok(());
            }
        }
        if !batch.is_empty() {
            // Where nobody listens any more, the reason is told there.
            $rows.send(batch).await.ok();
        }
        Ok(())
    }};
}

#[derive(Clone, Debug, FromRow)]
pub(super) struct AccountRow {
    pub id: Option<String>,
    pub name: Option<String>,
    pub institution: Option<String>,
    pub kind: Option<String>,
    pub subtype: Option<String>,
    pub last_four: Option<String>,
    pub currency: Option<String>,
    /// UTC, as text.
    pub created: Option<String>,
    pub raw: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub(super) struct BalanceRow {
    pub account_id: Option<String>,
    /// Cents, in the bank's sign.
    pub ledger: Option<i64>,
    pub available: Option<i64>,
    /// UTC, as text.
    pub measured: Option<String>,
    pub raw: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub(super) struct TransactionRow {
    pub id: Option<String>,
    pub account_id: Option<String>,
    pub date: Option<String>,
    pub description: Option<String>,
    /// Cents, in the bank's sign.
    pub cents: Option<i64>,
    /// Whether the amount is no whole number of cents.
    pub odd: bool,
    pub raw: Option<String>,
}

/// Rows handed over at a time.
pub(super) const BATCH: usize = 500;

impl Legacy {
    /// Looks at a database without writing to it, and begins to read it as it stands now.
    pub async fn open(database: &Database) -> Result<Self, AdoptError> {
        let mut connection = match Place::of(database)? {
            Place::File(file) => Reader::Sqlite(file.connect_to_read().await?),
            Place::Server(server) => Reader::Postgres(server.connect_to_change().await?),
        };
        let columns: Vec<(String, String)> = match &mut connection {
            Reader::Sqlite(db) => {
                Sqlite::run(db, Sqlite::BEGIN_READ).await.map_err(AdoptError::Source)?;
                sqlx::query_as(Sqlite::LIST_COLUMNS).fetch_all(&mut *db).await
            }
            Reader::Postgres(db) => {
                // Long histories take longer than a key press may.
                let begin = "begin isolation level repeatable read read only";
                Postgres::run(db, begin).await.map_err(AdoptError::Source)?;
                sqlx::query_as(Postgres::LIST_COLUMNS).fetch_all(&mut *db).await
            }
        }
        .map_err(AdoptError::Source)?;
        let mut tables = Tables::new();
        for (table, column) in columns {
            if !table.starts_with("pb_") && !table.starts_with("sqlite_") {
                tables.entry(table).or_default().insert(column);
            }
        }
        let mut legacy = Self {
            connection,
            tables,
            state: State::Empty,
            revision: Vec::new(),
            database: database.clone(),
        };
        let mut versions = None;
        if legacy.tables.contains_key("alembic_version") {
            const SQL: &str = "select cast(version_num as text) from alembic_version order by 1";
            let found: sqlx::Result<Vec<String>> =
                on_source!(legacy, |db| sqlx::query_scalar(SQL).fetch_all(&mut *db).await);
            legacy.revision = found.map_err(AdoptError::Source)?;
            versions = Some(legacy.revision.as_slice());
        }
        legacy.state = state(&legacy.tables, versions);
        Ok(legacy)
    }

    /// For people and for the record, without a password.
    pub fn place(&self) -> String {
        self.database.masked()
    }

    pub(super) fn engine(&self) -> &'static str {
        match self.connection {
            Reader::Sqlite(_) => "SQLite",
            Reader::Postgres(_) => "Postgres",
        }
    }

    /// An error unless there is something that can be taken.
    pub fn expect_adoptable(&self) -> Result<(), AdoptError> {
        match &self.state {
            State::App { .. } | State::Rewrite => Ok(()),
            State::Strange(differences) => Err(AdoptError::Strange {
                place: self.place(),
                differences: format!("\n  {}", differences.join("\n  ")),
            }),
            State::Empty | State::Unrelated => Err(AdoptError::Nothing {
                place: self.place(),
                sentence: self.state.sentence().to_owned(),
            }),
        }
    }

    /// The zone that the server keeps its own log in: `initdb` sets it together with the one in which
    /// sessions write times, which cannot be asked for from within a session of ours.
    pub(super) async fn zone_guess(&mut self) -> Result<String, AdoptError> {
        const SQL: &str = "select setting from pg_settings where name = 'log_timezone'";
        let guess: String = match &mut self.connection {
            Reader::Sqlite(_) => return Ok("UTC".to_owned()),
            Reader::Postgres(db) => sqlx::query_scalar(SQL).fetch_one(&mut *db).await,
        }
        .map_err(AdoptError::Source)?;
        let is_utc = ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu", "Etc/UCT", "UCT"];
        Ok(if is_utc.contains(&guess.as_str()) { "UTC".to_owned() } else { guess })
    }

    pub(super) async fn check_zone(&mut self, zone: &str) -> Result<(), AdoptError> {
        const SQL: &str = "select count(*) > 0 from pg_timezone_names where name = $1";
        match &mut self.connection {
            Reader::Sqlite(_) if zone == "UTC" => Ok(()),
            Reader::Sqlite(_) => Err(AdoptError::ZoneOfFile),
            Reader::Postgres(db) => {
                let known: sqlx::Result<bool> =
                    sqlx::query_scalar(SQL).bind(zone).fetch_one(&mut *db).await;
                let known = known.map_err(AdoptError::Source)?;
                known.then_some(()).ok_or_else(|| AdoptError::UnknownZone { zone: zone.to_owned() })
            }
        }
    }

    pub(super) async fn count(&mut self, table: &str) -> Result<i64, AdoptError> {
        let sql = || AssertSqlSafe(format!("select count(*) from {table}"));
        let count: sqlx::Result<i64> =
            on_source!(self, |db| sqlx::query_scalar(sql()).fetch_one(&mut *db).await);
        count.map_err(AdoptError::Source)
    }

    /// How much stands there, by cheap questions alone.
    pub(super) async fn seen(&mut self) -> Result<Seen, AdoptError> {
        let mut seen = BTreeMap::new();
        let balances = self.balances_table();
        for table in ["accounts", balances, "transactions"] {
            seen.insert(table.to_owned(), self.count(table).await?);
        }
        if balances == "balance_snapshots" {
            const NEWEST: &str =
                "select cast(coalesce(max(id), 0) as bigint) from balance_snapshots";
            let newest: sqlx::Result<i64> =
                on_source!(self, |db| sqlx::query_scalar(NEWEST).fetch_one(&mut *db).await);
            seen.insert("newest_balance".to_owned(), newest.map_err(AdoptError::Source)?);
        }
        Ok(Seen(seen))
    }

    pub(super) fn balances_table(&self) -> &'static str {
        if self.state == State::Rewrite { "balances" } else { "balance_snapshots" }
    }

    pub(super) async fn accounts(&mut self, zone: &str) -> Result<Vec<AccountRow>, AdoptError> {
        let columns = match self.state {
            State::Rewrite => {
                "institution, cast(currency as text) as currency, cast(raw as text) as raw"
            }
            _ => {
                "institution_id as institution, cast(null as text) as currency, cast(null as text) as raw"
            }
        };
        let created = self.instant("created_at", zone);
        let sql = format!(
            "select cast(id as text) as id, cast(name as text) as name, {columns},
                cast(type as text) as kind, cast(subtype as text) as subtype,
                cast(last_four as text) as last_four, {created} as created
            from accounts order by id"
        );
        let rows: sqlx::Result<Vec<AccountRow>> =
            on_source!(self, |db| { sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *db).await });
        rows.map_err(AdoptError::Source)
    }

    /// Every balance, in batches, until nobody listens any more.
    pub(super) async fn send_balances(
        &mut self,
        zone: &str,
        rows: mpsc::Sender<Vec<BalanceRow>>,
    ) -> Result<(), AdoptError> {
        let time = if self.state == State::Rewrite { "cached_at" } else { "as_of" };
        let (ledger, available) = (self.cents("ledger"), self.cents("available"));
        let (measured, table) = (self.instant(time, zone), self.balances_table());
        let sql = format!(
            "select cast(account_id as text) as account_id, {ledger} as ledger,
                {available} as available, {measured} as measured, cast(raw as text) as raw
            from {table} order by {time}, account_id"
        );
        on_source!(self, |db| send!(db, sql, rows))
    }

    /// Every transaction, oldest first, in batches, until nobody listens any more.
    pub(super) async fn send_transactions(
        &mut self,
        rows: mpsc::Sender<Vec<TransactionRow>>,
    ) -> Result<(), AdoptError> {
        let (cents, odd) = (self.cents("amount"), odd("amount"));
        let sql = format!(
            "select cast(id as text) as id, cast(account_id as text) as account_id,
                cast(date as text) as date, cast(description as text) as description,
                {cents} as cents, {odd} as odd, cast(raw as text) as raw
            from transactions order by date, id"
        );
        on_source!(self, |db| send!(db, sql, rows))
    }

    /// Count and cents of each account and month, added up by the source itself.
    pub(super) async fn month_sums(&mut self) -> Result<Vec<MonthSum>, AdoptError> {
        let cents = self.cents("amount");
        let sql = format!(
            "select cast(account_id as text), substr(cast(date as text), 1, 7), count(*),
                cast(coalesce(sum({cents}), 0) as bigint)
            from transactions group by 1, 2"
        );
        let rows: sqlx::Result<Vec<MonthSum>> =
            on_source!(self, |db| { sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&mut *db).await });
        rows.map_err(AdoptError::Source)
    }

    /// An amount as cents, null where it is no number that can be one. SQLite holds whole amounts as
    /// integers and the others as floating point, in one column; cents are exact up to 10^12.
    pub(super) fn cents(&self, column: &str) -> String {
        let number = match self.connection {
            Reader::Sqlite(_) => format!("typeof({column}) in ('integer', 'real') and "),
            Reader::Postgres(_) => String::new(),
        };
        format!(
            "case when {number}{column} between -90000000000000 and 90000000000000
                then cast(round({column} * 100) as bigint) end"
        )
    }

    /// A time without a zone as UTC, as text.
    fn instant(&self, column: &str, zone: &str) -> String {
        match self.connection {
            Reader::Sqlite(_) => format!("cast({column} as text)"),
            // The zone's name was looked up in the server's own list.
            Reader::Postgres(_) => format!(
                "to_char({column} at time zone '{zone}' at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
            ),
        }
    }
}

pub(super) type MonthSum = (Option<String>, Option<String>, i64, i64);

/// A file's size in bytes and when it was last changed.
pub(super) fn file_facts(path: &Path) -> Option<(u64, DateTime<Utc>)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?.into()))
}

/// Whether an amount is no whole number of cents. Of a float near 10^12 a hundredth is not exact; a
/// third decimal is ten times as far away.
fn odd(column: &str) -> String {
    format!("case when abs({column} * 100 - round({column} * 100)) > 0.05 then true else false end")
}
