//! One borrowed connection as the queries see it.
//!
//! Behind a transaction pooler a named statement may reach a server connection that never heard
//! of it, or knows another one under that name: such a connection answers wrongly, not only with
//! errors. There every query goes unnamed and inside a transaction; a [`Session`] sees to both.

use std::fmt;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::error::BoxDynError;
use sqlx::{Database, Describe, Either, Execute, Executor, Postgres, SqlStr, Sqlite};

use super::attempts::{Failure, is_passing};
use super::meter::Timer;
use super::pool::Lent;
use super::shape::Shape;
use super::{postgres, sqlite};
use crate::clock::Clock;
use crate::fail_point::{self, Kind};

/// The few words in which the two engines differ.
pub(crate) trait Engine: Database {
    const BEGIN_READ: &'static str;
    const BEGIN_WRITE: &'static str;
    /// Seconds since 1970 on the database's own clock, moving on within a transaction.
    const NOW: &'static str;
    /// Whether the table `$1` exists.
    const HAS_TABLE: &'static str;
    /// Every table with every one of its columns, as far as they may be read.
    const LIST_COLUMNS: &'static str;
    /// Every table with every one of its columns: name, type, and whether it may be null.
    const DESCRIBE_COLUMNS: &'static str;
    /// Every index and primary key: name, table, columns, whether it is for some rows only.
    const DESCRIBE_INDEXES: &'static str;
    /// The bytes that the database takes.
    const SIZE: &'static str;

    /// Statements without parameters or answer.
    fn run<'c>(
        connection: &'c mut Self::Connection,
        sql: &'static str,
    ) -> BoxFuture<'c, sqlx::Result<()>>;
}

impl Engine for Sqlite {
    const BEGIN_READ: &'static str = "begin";
    // A transaction that reads first and writes then fails at once where another one wrote in
    // between, whatever the busy time-out.
    const BEGIN_WRITE: &'static str = "begin immediate";
    const NOW: &'static str = "select unixepoch()";
    const HAS_TABLE: &'static str =
        "select count(*) > 0 from sqlite_master where type = 'table' and name = $1";
    const LIST_COLUMNS: &'static str = "select t.name, c.name \
         from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'";
    const DESCRIBE_COLUMNS: &'static str = sqlite::shape::COLUMNS;
    const DESCRIBE_INDEXES: &'static str = sqlite::shape::INDEXES;
    const SIZE: &'static str =
        "select page_count * page_size from pragma_page_count(), pragma_page_size()";

    fn run<'c>(
        connection: &'c mut Self::Connection,
        sql: &'static str,
    ) -> BoxFuture<'c, sqlx::Result<()>> {
        async move { sqlx::raw_sql(sql).execute(connection).await.map(drop) }.boxed()
    }
}

impl Engine for Postgres {
    const BEGIN_READ: &'static str = "begin isolation level repeatable read read only; \
         set local statement_timeout = '30s'";
    const BEGIN_WRITE: &'static str = "begin; set local statement_timeout = '30s'; \
         set local lock_timeout = '15s'; \
         set local idle_in_transaction_session_timeout = '60s'";
    const NOW: &'static str = "select cast(extract(epoch from clock_timestamp()) as bigint)";
    const HAS_TABLE: &'static str = "select to_regclass($1) is not null";
    const LIST_COLUMNS: &'static str = "select cast(table_name as text), \
         cast(column_name as text) \
         from information_schema.columns where table_schema = any(current_schemas(false))";
    const DESCRIBE_COLUMNS: &'static str = postgres::shape::COLUMNS;
    const DESCRIBE_INDEXES: &'static str = postgres::shape::INDEXES;
    const SIZE: &'static str = "select pg_database_size(current_database())";

    fn run<'c>(
        connection: &'c mut Self::Connection,
        sql: &'static str,
    ) -> BoxFuture<'c, sqlx::Result<()>> {
        async move { sqlx::raw_sql(sql).execute(connection).await.map(drop) }.boxed()
    }
}

/// How a connection is to be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Each query for itself, statements cached.
    Plain,
    /// The same in a transaction.
    Transaction,
    /// In a transaction, no statement named: a pooler stands between.
    Unnamed,
}

/// Runs queries: `sqlx::query(…).fetch_all(&mut *session)`.
pub(crate) struct Session<E: Engine> {
    lent: Lent<E>,
    manner: Manner,
    clock: Clock,
    timer: Timer,
}

impl<E: Engine> Session<E> {
    pub(super) async fn start(
        mut lent: Lent<E>,
        manner: Manner,
        begin: &'static str,
        clock: Clock,
        timer: Timer,
    ) -> sqlx::Result<Self> {
        if manner != Manner::Plain {
            fail_point::pass(Kind::Step);
            E::run(&mut lent, begin).await?;
        }
        Ok(Self { lent, manner, clock, timer })
    }

    /// Commits what went well; after a failure nothing of the connection is used again.
    pub(super) async fn end<T, F: Failure>(mut self, outcome: Result<T, F>) -> Result<T, F> {
        match outcome {
            Ok(value) => {
                if self.manner != Manner::Plain {
                    fail_point::pass(Kind::Step);
                    E::run(&mut self.lent, "commit").await?;
                }
                self.timer.end_well();
                self.lent.give_back();
                Ok(value)
            }
            Err(failure) => {
                match failure.database_error() {
                    None => self.timer.end_well(),
                    Some(error) if is_passing(error) => self.lent.distrust_the_others(),
                    Some(_) => {}
                }
                self.lent.throw_away().await;
                Err(failure)
            }
        }
    }
}

macro_rules! ask_engine {
    ($engine:ty) => {
        impl Session<$engine> {
            /// The database's clock, whole seconds, moved on as the program's own clock is.
            pub(crate) async fn now(&mut self) -> sqlx::Result<DateTime<Utc>> {
                let seconds = sqlx::query_scalar(<$engine>::NOW).fetch_one(&mut *self).await?;
                let instant = DateTime::from_timestamp(seconds, 0).ok_or_else(|| {
                    sqlx::Error::Protocol(format!("the database's clock says {seconds}"))
                })?;
                Ok(self.clock.shift(instant))
            }

            pub(super) async fn has_table(&mut self, name: &str) -> sqlx::Result<bool> {
                sqlx::query_scalar(<$engine>::HAS_TABLE).bind(name).fetch_one(self).await
            }

            pub(super) async fn size(&mut self) -> sqlx::Result<i64> {
                sqlx::query_scalar(<$engine>::SIZE).fetch_one(self).await
            }

            /// The tables as they are, whoever made them.
            pub(super) async fn shape(&mut self) -> sqlx::Result<Shape> {
                let columns =
                    sqlx::query_as(<$engine>::DESCRIBE_COLUMNS).fetch_all(&mut *self).await?;
                let indexes = sqlx::query_as(<$engine>::DESCRIBE_INDEXES).fetch_all(self).await?;
                Ok(Shape::of(columns, indexes))
            }
        }
    };
}

ask_engine!(Sqlite);
ask_engine!(Postgres);

impl<E: Engine> fmt::Debug for Session<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("manner", &self.manner).finish_non_exhaustive()
    }
}

impl<'c, E: Engine> Executor<'c> for &'c mut Session<E>
where
    for<'a> &'a mut E::Connection: Executor<'a, Database = E>,
{
    type Database = E;

    fn fetch_many<'e, 'q: 'e, Q>(
        self,
        query: Q,
    ) -> BoxStream<'e, sqlx::Result<Either<E::QueryResult, E::Row>>>
    where
        'c: 'e,
        Q: 'q + Execute<'q, E>,
    {
        fail_point::pass(Kind::Step);
        self.timer.count_query();
        let unnamed = self.manner == Manner::Unnamed;
        (*self.lent).fetch_many(Named { query, unnamed })
    }

    fn fetch_optional<'e, 'q: 'e, Q>(self, query: Q) -> BoxFuture<'e, sqlx::Result<Option<E::Row>>>
    where
        'c: 'e,
        Q: 'q + Execute<'q, E>,
    {
        fail_point::pass(Kind::Step);
        self.timer.count_query();
        let unnamed = self.manner == Manner::Unnamed;
        (*self.lent).fetch_optional(Named { query, unnamed })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [E::TypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<E::Statement>>
    where
        'c: 'e,
    {
        (*self.lent).prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, sqlx::Result<Describe<E>>>
    where
        'c: 'e,
    {
        (*self.lent).describe(sql)
    }
}

/// A query that keeps its statement to itself where it must.
struct Named<Q> {
    query: Q,
    unnamed: bool,
}

impl<'q, E: Engine, Q: Execute<'q, E>> Execute<'q, E> for Named<Q> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&E::Statement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<E::Arguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        !self.unnamed && self.query.persistent()
    }
}
