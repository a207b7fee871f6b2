//! What is worth watching of a database in operation: numbers and words of passbook's own, nothing
//! that a bank or a person has written.

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{Engine, with_db};
use super::meter::WorkTimes;
use crate::domain::Outcome;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// Of the newest migration that ran.
    pub schema_version: i64,
    /// How many syncs are on record of each outcome.
    pub runs: Vec<(Outcome, i64)>,
    /// How and when the last finished sync ended.
    pub last_run: Option<(Outcome, DateTime<Utc>)>,
}

/// How much there is; takes longer to say, the more it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub accounts: i64,
    /// Those that are in a list.
    pub transactions: i64,
    pub bytes: i64,
}

/// A pool of connections at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// For what it lends: `read`, `write`, `any`, or what a `replica` answers.
    pub pool: &'static str,
    pub size: u32,
    pub in_use: u32,
}

impl Store {
    pub async fn load_vitals(&self) -> Result<Vitals> {
        const VERSION: &str = "select cast(coalesce(max(version), 0) as bigint) from pb_migrations";
        const RUNS: &str =
            "select outcome, count(*) from pb_sync_runs group by outcome order by outcome";
        const LAST: &str = "
            select outcome, finished_at from pb_sync_runs where finished_at is not null
            order by finished_at desc, id desc limit 1";
        let (schema_version, runs, last_run) = with_db!(self, |db| {
            let version: i64 = sqlx::query_scalar(VERSION).fetch_one(&mut *db).await?;
            let runs: Vec<(String, i64)> = sqlx::query_as(RUNS).fetch_all(&mut *db).await?;
            let last: Option<(String, DateTime<Utc>)> =
                sqlx::query_as(LAST).fetch_optional(db).await?;
            Ok((version, runs, last))
        })
        .wrap_err("reading how the database is doing")?;
        let outcome = |word: &str| Outcome::from(word);
        Ok(Vitals {
            schema_version,
            runs: runs.iter().map(|(word, count)| (outcome(word), *count)).collect(),
            last_run: last_run.map(|(word, at)| (outcome(&word), at)),
        })
    }

    pub async fn load_extent(&self) -> Result<Extent> {
        // The sums of days are few beside the rows that they stand for.
        const ROWS: &str = "
            select (select count(*) from pb_accounts where merged_into is null),
                (select cast(coalesce(sum(entries), 0) as bigint) from pb_days)";
        let ((accounts, transactions), bytes) = with_db!(self, |db| {
            let rows: (i64, i64) = sqlx::query_as(ROWS).fetch_one(&mut *db).await?;
            Ok((rows, db.size().await?))
        })
        .wrap_err("measuring the database")?;
        Ok(Extent { accounts, transactions, bytes })
    }

    /// Asks nobody, as the other counts of this process do not.
    pub fn usage(&self) -> Vec<Usage> {
        let usage = |pool, (size, in_use)| Usage { pool, size, in_use };
        match self.engine() {
            Engine::Sqlite(sqlite) => {
                let writer = sqlite.writer.iter().map(|writer| usage("write", writer.usage()));
                [usage("read", sqlite.reading_pool().usage())].into_iter().chain(writer).collect()
            }
            Engine::Postgres(postgres) => {
                let replica = postgres.replica.iter().map(|it| usage("replica", it.usage()));
                [usage("any", postgres.pool.usage())].into_iter().chain(replica).collect()
            }
        }
    }

    /// Queries that this process has asked.
    pub fn queries(&self) -> u64 {
        self.meter().queries()
    }

    pub fn work_times(&self) -> [WorkTimes; 2] {
        self.meter().times()
    }

    /// `sqlite` or `postgres`.
    pub fn engine_word(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }
}
