//! SQLite files in a directory of their own: empty ones, and one with ten years of transactions.

use std::path::PathBuf;

use color_eyre::Result;
use passbook::database::Database;
use passbook::store::{Store, StoreOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::TempDir;

const DAYS: u32 = 3_650;

/// Gone when dropped.
pub struct Fixture {
    directory: TempDir,
}

impl Fixture {
    pub async fn empty() -> Result<Self> {
        let fixture = Self { directory: tempfile::tempdir()? };
        fixture.open().await?.close().await;
        Ok(fixture)
    }

    /// SQLite makes the rows itself: a million of them in some ten seconds.
    pub async fn make(rows: u32) -> Result<Self> {
        let fixture = Self::empty().await?;
        let options = fixture.options().synchronous(SqliteSynchronous::Off);
        let mut file = options.pragma("cache_size", "-200000").connect().await?;
        sqlx::query("create temp table scale as select $1 as rows, $2 as a_day")
            .bind(rows)
            .bind((rows / DAYS).max(1))
            .execute(&mut file)
            .await?;
        sqlx::raw_sql(include_str!("fixture.sql")).execute(&mut file).await?;
        file.close().await?;
        Ok(fixture)
    }

    pub async fn open(&self) -> Result<Store> {
        Ok(Store::open(StoreOptions::new(Database::Sqlite { path: self.path() })).await?)
    }

    pub async fn rows(&self) -> Result<i64> {
        let count = sqlx::query_scalar("select count(*) from pb_transactions");
        Ok(count.fetch_one(&mut self.connect().await?).await?)
    }

    /// With nothing of passbook's in between.
    pub async fn connect(&self) -> Result<SqliteConnection> {
        Ok(self.options().connect().await?)
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(self.path())
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("passbook.db")
    }
}
