//! A connection with nothing of passbook's in between.

use std::time::{Duration, Instant};

use color_eyre::Result;
use color_eyre::eyre::ensure;
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

pub enum Bare {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Bare {
    /// How long all rows of the answer take.
    pub async fn fetch(&mut self, sql: &str, text: Option<&str>) -> Result<Duration> {
        macro_rules! fetch {
            ($connection:expr) => {{
                let mut asking = sqlx::query(AssertSqlSafe(sql.to_owned()));
                if let Some(text) = text {
                    asking = asking.bind(text.to_owned());
                }
                let started = Instant::now();
                let rows = asking.fetch_all($connection).await?;
                let elapsed = started.elapsed();
                drop(rows);
                Ok(elapsed)
            }};
        }
        match self {
            Self::Sqlite(connection) => fetch!(connection),
            Self::Postgres(connection) => fetch!(connection),
        }
    }

    /// The one number that the answer is.
    pub async fn number(&mut self, sql: &'static str) -> Result<u64> {
        let number: i64 = match self {
            Self::Sqlite(connection) => sqlx::query_scalar(sql).fetch_one(connection).await?,
            Self::Postgres(connection) => sqlx::query_scalar(sql).fetch_one(connection).await?,
        };
        ensure!(number > 0, "nothing is there");
        Ok(number.unsigned_abs())
    }
}
