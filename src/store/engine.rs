//! One body, both engines: the two macros in which every query of the store is written.
//!
//! ```text
//! with_db!(self, |db| sqlx::query_as(SQL).bind(id).fetch_all(db).await).wrap_err("loading …")
//! with_tx!(self, |tx| {
//!     let now = tx.now().await?;
//!     sqlx::query(SQL).bind(now).execute(&mut *tx).await?;
//!     Ok(())
//! })
//! ```
//!
//! The body may run more than once: a conflict or a broken connection repeats the whole of it.

use std::sync::{Arc, Mutex};

use sqlx::{Postgres, Sqlite, SqliteConnection};

use super::frozen::Frozen;
use super::meter::{Meter, Work};
use super::pool::Pool;
use super::replica::Replica;
use super::session::{Engine as _, Manner, Session};
use crate::clock::Clock;

/// The open database.
pub(crate) enum Engine {
    Sqlite(SqliteEngine),
    Postgres(PostgresEngine),
}

/// Whom a store's reads may be asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    Primary,
    /// The replica, where there is one and it is fit.
    Replica,
}

/// Many readers beside one writer, as the write-ahead log allows.
pub(crate) struct SqliteEngine {
    pub(super) readers: Pool<Sqlite>,
    /// `None` when opened read-only.
    pub(super) writer: Option<Pool<Sqlite>>,
    /// Read-only, and no other program has the file open.
    pub(super) frozen: Option<Frozen>,
    /// A database in memory lives as long as one connection to it.
    pub(super) _keeper: Option<Mutex<SqliteConnection>>,
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
}

pub(crate) struct PostgresEngine {
    pub(super) pool: Pool<Postgres>,
    /// A transaction pooler stands between: decided once, when the store opens.
    pub(super) pooler: bool,
    pub(super) replica: Option<Arc<Replica>>,
    pub(super) read_only: bool,
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
}

impl SqliteEngine {
    pub(super) async fn read(&self) -> sqlx::Result<Session<Sqlite>> {
        let timer = self.meter.start(Work::Read);
        let lent = self.reading_pool().borrow().await?;
        Session::start(lent, Manner::Plain, Sqlite::BEGIN_READ, self.clock.clone(), timer).await
    }

    pub(super) async fn snapshot(&self) -> sqlx::Result<Session<Sqlite>> {
        let timer = self.meter.start(Work::Read);
        let lent = self.reading_pool().borrow().await?;
        Session::start(lent, Manner::Transaction, Sqlite::BEGIN_READ, self.clock.clone(), timer)
            .await
    }

    pub(super) async fn write(&self) -> sqlx::Result<Session<Sqlite>> {
        let timer = self.meter.start(Work::Write);
        let lent = self.writer.as_ref().ok_or_else(read_only)?.borrow().await?;
        Session::start(lent, Manner::Transaction, Sqlite::BEGIN_WRITE, self.clock.clone(), timer)
            .await
    }

    /// For what may not stand in a transaction.
    pub(super) async fn write_plain(&self) -> sqlx::Result<Session<Sqlite>> {
        let timer = self.meter.start(Work::Write);
        let lent = self.writer.as_ref().ok_or_else(read_only)?.borrow().await?;
        Session::start(lent, Manner::Plain, Sqlite::BEGIN_WRITE, self.clock.clone(), timer).await
    }

    /// The one that lends for reading as things are.
    pub(super) fn reading_pool(&self) -> &Pool<Sqlite> {
        let frozen = self.frozen.as_ref().filter(|frozen| frozen.still());
        frozen.map_or(&self.readers, |frozen| &frozen.pool)
    }

    /// The writer last: the last connection to leave tidies up beside the file.
    pub(super) async fn close(&self) {
        if let Some(frozen) = &self.frozen {
            frozen.pool.close().await;
        }
        self.readers.close().await;
        if let Some(writer) = &self.writer {
            writer.close().await;
        }
    }
}

impl PostgresEngine {
    pub(super) async fn read(&self) -> sqlx::Result<Session<Postgres>> {
        let timer = self.meter.start(Work::Read);
        let manner = if self.pooler { Manner::Unnamed } else { Manner::Plain };
        let lent = self.pool.borrow().await?;
        Session::start(lent, manner, Postgres::BEGIN_READ, self.clock.clone(), timer).await
    }

    /// The replica, where it may be asked now.
    pub(super) async fn replica(&self, reads: Reads) -> Option<&Arc<Replica>> {
        let replica = self.replica.as_ref().filter(|_| reads == Reads::Replica)?;
        replica.answers().await.then_some(replica)
    }

    pub(super) async fn read_at(
        &self,
        replica: Option<&Arc<Replica>>,
    ) -> sqlx::Result<Session<Postgres>> {
        let Some(replica) = replica else { return self.read().await };
        let timer = self.meter.start(Work::Read);
        let lent = replica.borrow().await?;
        Session::start(lent, Manner::Plain, Postgres::BEGIN_READ, self.clock.clone(), timer).await
    }

    pub(super) async fn close(&self) {
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
        self.pool.close().await;
    }

    pub(super) async fn snapshot(&self) -> sqlx::Result<Session<Postgres>> {
        let timer = self.meter.start(Work::Read);
        let manner = if self.pooler { Manner::Unnamed } else { Manner::Transaction };
        let lent = self.pool.borrow().await?;
        Session::start(lent, manner, Postgres::BEGIN_READ, self.clock.clone(), timer).await
    }

    pub(super) async fn write(&self) -> sqlx::Result<Session<Postgres>> {
        let timer = self.meter.start(Work::Write);
        if self.read_only {
            return Err(read_only());
        }
        let manner = if self.pooler { Manner::Unnamed } else { Manner::Transaction };
        let lent = self.pool.borrow().await?;
        Session::start(lent, manner, Postgres::BEGIN_WRITE, self.clock.clone(), timer).await
    }

    /// For what may not stand in a transaction.
    pub(super) async fn write_plain(&self) -> sqlx::Result<Session<Postgres>> {
        let timer = self.meter.start(Work::Write);
        if self.read_only {
            return Err(read_only());
        }
        let lent = self.pool.borrow().await?;
        Session::start(lent, Manner::Plain, Postgres::BEGIN_WRITE, self.clock.clone(), timer).await
    }
}

fn read_only() -> sqlx::Error {
    sqlx::Error::InvalidArgument("the database was opened with --read-only".to_owned())
}

/// Reads: evaluates one body on whichever engine is open, as a `sqlx::Result`.
///
/// Several queries of one body may see a write between them, but for behind a pooler: where that
/// matters, ask in one.
macro_rules! with_db {
    ($store:expr, |$db:ident| $body:expr) => {
        match $store.engine() {
            $crate::store::engine::Engine::Sqlite(engine) => {
                $crate::store::engine::run_unit!(sqlx::Result<_>, engine.read(), |$db| $body)
            }
            $crate::store::engine::Engine::Postgres(engine) => {
                $crate::store::engine::run_read!(engine, $store.reads(), |$db| $body)
            }
        }
    };
}

/// A replica is asked once: whatever it fails with, the primary is asked instead.
macro_rules! run_read {
    ($engine:expr, $reads:expr, |$session:ident| $body:expr) => {{
        let mut replica = $engine.replica($reads).await;
        let mut attempts = $crate::store::attempts::Attempts::default();
        loop {
            let unit = $crate::store::attempts::in_time(async {
                let mut session = $engine.read_at(replica).await?;
                let outcome: sqlx::Result<_> = {
                    let $session = &mut session;
                    async { $body }.await
                };
                session.end(outcome).await
            });
            let outcome: sqlx::Result<_> = match replica {
                Some(replica) => replica.attend(unit).await,
                None => unit.await,
            };
            match (outcome, replica.take()) {
                (Err(failure), Some(replica)) => replica.stumble(failure),
                (Err(failure), None) if attempts.again(&failure).await => {}
                (outcome, _) => break outcome,
            }
        }
    }};
}

/// Writes: evaluates one body inside one transaction, as an `eyre::Result`; commits when it is
/// `Ok`, rolls back otherwise.
macro_rules! with_tx {
    ($store:expr, |$tx:ident| $body:expr) => {
        match $store.engine() {
            $crate::store::engine::Engine::Sqlite(engine) => {
                $crate::store::engine::run_unit!(color_eyre::Result<_>, engine.write(), |$tx| $body)
            }
            $crate::store::engine::Engine::Postgres(engine) => {
                $crate::store::engine::run_unit!(color_eyre::Result<_>, engine.write(), |$tx| $body)
            }
        }
    };
}

/// Long reads: evaluates one body on one snapshot, with no limit of time and no second try.
macro_rules! with_snapshot {
    ($store:expr, $result:ty, |$db:ident| $body:expr) => {
        $crate::store::engine::run_once!($store, snapshot, $result, |$db| $body)
    };
}

/// Long writes: evaluates one body in one transaction, with no limit of time and no second try.
macro_rules! with_long_tx {
    ($store:expr, $result:ty, |$tx:ident| $body:expr) => {
        $crate::store::engine::run_once!($store, write, $result, |$tx| $body)
    };
}

macro_rules! run_once {
    ($store:expr, $start:ident, $result:ty, |$session:ident| $body:expr) => {
        match $store.engine() {
            $crate::store::engine::Engine::Sqlite(engine) => {
                let mut session = engine.$start().await?;
                let outcome: $result = {
                    let $session = &mut session;
                    async { $body }.await
                };
                session.end(outcome).await
            }
            $crate::store::engine::Engine::Postgres(engine) => {
                let mut session = engine.$start().await?;
                let outcome: $result = {
                    let $session = &mut session;
                    async { $body }.await
                };
                session.end(outcome).await
            }
        }
    };
}

macro_rules! run_unit {
    ($result:ty, $start:expr, |$session:ident| $body:expr) => {{
        let mut attempts = $crate::store::attempts::Attempts::default();
        loop {
            let unit = async {
                let mut session = $start.await?;
                let outcome: $result = {
                    let $session = &mut session;
                    async { $body }.await
                };
                session.end(outcome).await
            };
            let outcome: $result = $crate::store::attempts::in_time(unit).await;
            match outcome {
                Err(failure) if attempts.again(&failure).await => {}
                outcome => break outcome,
            }
        }
    }};
}

pub(crate) use {run_once, run_read, run_unit, with_db, with_long_tx, with_snapshot, with_tx};

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use crate::database::Database;
    use crate::store::{Store, StoreOptions};

    const SHORTLY: Duration = Duration::from_millis(20);

    /// Asks what never ends, and goes away.
    async fn ask_in_vain(store: &Store) {
        const SQL: &str = "with recursive n (i) as (select 1 union all select i + 1 from n) \
             select count(*) from n";
        let endless = async {
            let count: sqlx::Result<i64> =
                with_db!(store, |db| sqlx::query_scalar(SQL).fetch_one(db).await);
            count
        };
        timeout(SHORTLY, endless).await.expect_err("it never ends");
    }

    async fn write_in_vain(store: &Store) {
        const SQL: &str = "with recursive n (i) as (select 1 union all select i + 1 from n) \
             insert into pb_settings select cast(i as text), '' from n";
        let endless = async {
            with_tx!(store, |tx| {
                sqlx::query(SQL).execute(tx).await?;
                Ok(())
            })
        };
        timeout(SHORTLY, endless).await.expect_err("it never ends");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_stopped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passbook.db");
        let database = Database::Sqlite { path: path.clone() };
        let store = Store::open(StoreOptions::new(database)).await.unwrap();
        for _ in 0..4 {
            ask_in_vain(&store).await;
            write_in_vain(&store).await;
        }
        // Were a writer still at it, this would find the database locked.
        store.save_setting("key", "value").await.unwrap();
        assert_eq!(store.load_setting("1").await.unwrap(), None, "rolled back");
        store.close().await;
        // SQLite removes the log with the last connection: nobody reads on.
        let log = path.with_extension("db-wal");
        let gone = async {
            while log.exists() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(10), gone).await.expect("the last connection ends");
    }
}
