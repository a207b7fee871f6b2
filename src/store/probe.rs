//! What a database says about itself, and proof that it keeps what it is given.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::{WrapErr as _, eyre};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::Store;
use super::engine::{Engine, run_unit, with_db, with_tx};

/// In the database's own words, not in those of the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFacts {
    pub engine: &'static str,
    pub version: String,
    /// A name on a server, or a file; empty in memory.
    pub database: String,
    /// `None` of a file.
    pub user: Option<String>,
    /// `None` where nothing is encrypted.
    pub encryption: Option<Encryption>,
    /// A transaction pooler stands between: what is said of encryption is its own way on.
    pub pooler: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// Such as `TLSv1.3`.
    pub version: String,
    pub cipher: String,
}

/// What the signed-in role may do with passbook's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub create: bool,
    pub write: bool,
    pub read: bool,
}

/// Two clocks, read at the same time but for `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    pub database: DateTime<Utc>,
    pub here: DateTime<Utc>,
    pub within: Duration,
}

/// A probe that found something else than it had written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unkept(&'static str);

/// Ends a transaction whose work shall not stay.
#[derive(Debug, thiserror::Error)]
#[error("rolled back on purpose")]
struct RollBack;

#[derive(sqlx::FromRow)]
struct ServerRow {
    version: String,
    database: String,
    user: Option<String>,
    tls: Option<String>,
    cipher: Option<String>,
}

const ASK_SQLITE: &str = "select sqlite_version() as version, \
     (select coalesce(file, '') from pragma_database_list where name = 'main') as database, \
     cast(null as text) as user, cast(null as text) as tls, cast(null as text) as cipher";
const ASK_POSTGRES: &str = "select current_setting('server_version') as version, \
     cast(current_database() as text) as database, cast(current_user as text) as user, \
     (select version from pg_stat_ssl where pid = pg_backend_pid() and ssl) as tls, \
     (select cipher from pg_stat_ssl where pid = pg_backend_pid() and ssl) as cipher";
const ASK_RIGHTS: &str = "select \
     coalesce(has_schema_privilege(current_schema(), 'create'), false), \
     coalesce(bool_and(has_table_privilege(c.oid, 'insert') and \
         has_table_privilege(c.oid, 'update') and has_table_privilege(c.oid, 'delete')) \
         filter (where c.relname <> 'pb_migrations'), true), \
     coalesce(bool_and(has_table_privilege(c.oid, 'select')), true) \
     from pg_class c join pg_namespace n on n.oid = c.relnamespace \
     where n.nspname = current_schema() and c.relkind in ('r', 'p') \
         and c.relname like 'pb!_%' escape '!'";

/// More than there are connections: some wait for one that another has used.
const QUESTIONS: usize = 24;

/// Names that only probes use; what one left behind that was killed goes with the next.
const FORGET_PROBES: &str = "delete from pb_settings where name like 'doctor.%'";
const PUT: &str = "insert into pb_settings (name, value) values ($1, $2)";
const CHANGE: &str = "update pb_settings set value = $2 where name = $1";
const TAKE: &str = "delete from pb_settings where name = $1";
const LOOK: &str = "select value from pb_settings where name = $1";

impl Store {
    pub async fn load_server_facts(&self) -> Result<ServerFacts> {
        let (row, pooler): (sqlx::Result<ServerRow>, bool) = match self.engine() {
            Engine::Sqlite(engine) => {
                let row = run_unit!(sqlx::Result<ServerRow>, engine.read(), |db| {
                    sqlx::query_as(ASK_SQLITE).fetch_one(db).await
                });
                (row, false)
            }
            Engine::Postgres(engine) => {
                let row = run_unit!(sqlx::Result<ServerRow>, engine.read(), |db| {
                    sqlx::query_as(ASK_POSTGRES).fetch_one(db).await
                });
                (row, engine.pooler)
            }
        };
        let row = row.wrap_err("asking the database who it is")?;
        let encryption = row.tls.zip(row.cipher);
        Ok(ServerFacts {
            engine: self.engine_name(),
            version: row.version,
            database: row.database,
            user: row.user,
            encryption: encryption.map(|(version, cipher)| Encryption { version, cipher }),
            pooler,
        })
    }

    /// `None` of a file: whoever may write it may do everything.
    pub async fn load_rights(&self) -> Result<Option<Rights>> {
        let Engine::Postgres(engine) = self.engine() else { return Ok(None) };
        let asked = run_unit!(sqlx::Result<_>, engine.read(), |db| {
            let row: (bool, bool, bool) = sqlx::query_as(ASK_RIGHTS).fetch_one(db).await?;
            Ok(row)
        });
        let (create, write, read) = asked.wrap_err("asking for the rights")?;
        Ok(Some(Rights { create, write, read }))
    }

    pub async fn compare_clocks(&self) -> Result<Clocks> {
        let started = Instant::now();
        let database = self.now().await?;
        let within = started.elapsed();
        Ok(Clocks { database, here: self.clock().now(), within })
    }

    /// What SQLite finds wrong with its file, read from end to end; a server looks after itself.
    pub async fn check_integrity(&self) -> Result<Vec<String>> {
        let Engine::Sqlite(engine) = self.engine() else { return Ok(Vec::new()) };
        let found = run_unit!(sqlx::Result<_>, engine.read(), |db| {
            let found: Vec<String> =
                sqlx::query_scalar("pragma quick_check(5)").fetch_all(db).await?;
            Ok(found)
        });
        let mut found = found.wrap_err("checking the file")?;
        found.retain(|line| line != "ok");
        Ok(found)
    }

    /// Creates, reads, changes and deletes in one transaction that is rolled back, and looks
    /// whether anything of it is left.
    pub async fn probe_writing(&self) -> Result<()> {
        let names = [(); 2].map(|()| probe_name());
        let [stays, goes] = &names;
        let outcome: Result<()> = with_tx!(self, |tx| {
            for name in [stays, goes] {
                sqlx::query(PUT).bind(name).bind("first").execute(&mut *tx).await?;
            }
            sqlx::query(CHANGE).bind(stays).bind("second").execute(&mut *tx).await?;
            sqlx::query(TAKE).bind(goes).execute(&mut *tx).await?;
            let seen: Option<String> =
                sqlx::query_scalar(LOOK).bind(stays).fetch_optional(&mut *tx).await?;
            if seen.as_deref() != Some("second") {
                return Err(Unkept("a row that was changed reads as before").into());
            }
            let seen: Option<String> =
                sqlx::query_scalar(LOOK).bind(goes).fetch_optional(&mut *tx).await?;
            if seen.is_some() {
                return Err(Unkept("a row that was deleted is still there").into());
            }
            Err(RollBack.into())
        });
        match outcome {
            Err(report) if report.downcast_ref::<RollBack>().is_some() => {}
            Err(report) => return Err(report.wrap_err("writing in a transaction")),
            Ok(()) => return Err(eyre!("the transaction was not rolled back")),
        }
        for name in &names {
            if self.load_setting(name).await?.is_some() {
                return Err(Unkept("a row is left of a transaction that was rolled back").into());
            }
        }
        Ok(())
    }

    /// Writes one row, finds it through `other`, which is the same database on other connections,
    /// and removes it.
    pub async fn probe_keeping(&self, other: &Self) -> Result<()> {
        let name = probe_name();
        self.forget_probes().await?;
        self.save_setting(&name, "kept").await?;
        let seen = other.load_setting(&name).await;
        // Whatever was seen, nothing stays.
        self.forget_probes().await?;
        if seen?.as_deref() != Some("kept") {
            return Err(Unkept("a row that was written is not there on another connection").into());
        }
        if other.load_setting(&name).await?.is_some() {
            return Err(Unkept("a row that was removed is still there").into());
        }
        Ok(())
    }

    /// Asks several questions of one shape at once, and counts the answers that are another's:
    /// what a pooler does that passbook did not recognise.
    pub async fn probe_answers(&self) -> Result<usize> {
        const ADD: [&str; 2] = ["select cast($1 as bigint) + 1", "select cast($1 as bigint) + 2"];
        let ask = |number: usize| async move {
            let (which, asked) = (number % 2, i64::try_from(number).unwrap_or_default());
            let answer: i64 = with_db!(self, |db| {
                sqlx::query_scalar(ADD[which]).bind(asked).fetch_one(db).await
            })?;
            sqlx::Result::Ok(answer == asked + if which == 0 { 1 } else { 2 })
        };
        let answers: sqlx::Result<Vec<bool>> = try_join_all((0..QUESTIONS).map(ask)).await;
        let answers = answers.wrap_err("asking several questions at once")?;
        Ok(answers.into_iter().filter(|right| !right).count())
    }

    async fn forget_probes(&self) -> Result<()> {
        with_tx!(self, |tx| {
            sqlx::query(FORGET_PROBES).execute(tx).await?;
            Ok(())
        })
        .wrap_err("removing what a probe wrote")
    }

    /// Whether the table that the probes write to is there.
    pub async fn has_settings(&self) -> Result<bool> {
        with_db!(self, |db| db.has_table("pb_settings").await).wrap_err("looking for the tables")
    }
}

fn probe_name() -> String {
    format!("doctor.{}", Uuid::now_v7())
}
