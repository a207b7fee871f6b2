//! The database: reached or not, which one it is, and what may be done there.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::TimeDelta;

use super::finding::{Examination, Verdict};
use super::unreachable::{self, Near, Stage};
use crate::config::Config;
use crate::database::{Database, SslMode};
use crate::domain::Replica;
use crate::exit::Exit;
use crate::store::{Clocks, OpenError, Rights, ServerFacts, Store, StoreOptions};

/// What is asked of a database that was reached.
const BEYOND: [&str; 3] = ["integrity", "clock", "rights"];
/// Further apart than this, something is set wrong.
const APART: TimeDelta = TimeDelta::seconds(5);
/// Certificates and sessions go wrong with clocks that are.
const FAR_APART: TimeDelta = TimeDelta::minutes(5);

/// The store is open afterwards where there is one, at whatever version.
pub(super) async fn examine(
    config: Option<&Config>,
    working_dir: &Path,
    examination: &mut Examination,
) -> Option<Store> {
    let Some(config) = config else {
        let verdict = Verdict::not_reached("the settings cannot be read");
        examination.put_all(&Stage::ALL.map(|(_, name)| name), &verdict);
        examination.put_all(&BEYOND, &verdict);
        return None;
    };
    let started = Instant::now();
    let opened = open(config).await;
    let took = started.elapsed();
    let database = &config.database.value;
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            let verdict = match &error {
                OpenError::Missing { path } => unreachable::missing(path, config.read_only.value),
                error => unreachable::explain(error, &Near::of(database, working_dir)),
            };
            stop_at(Stage::of(&error), database, &verdict, took, examination);
            return None;
        }
    };
    let facts = store.load_server_facts().await;
    match &facts {
        Ok(facts) => tell(facts, database, took, examination),
        Err(report) => {
            stop_at(Stage::Database, database, &Verdict::of_report(report), took, examination);
            store.close().await;
            return None;
        }
    }
    examination.look("integrity", integrity(&store, database)).await;
    examination.look("clock", clock(&store, database)).await;
    examination.look("rights", rights(&store, config)).await;
    if config.read_database.is_some() {
        examination.look("replica", replica(&store, config)).await;
    }
    Some(store)
}

/// As it is, and never made by being looked at.
async fn open(config: &Config) -> Result<Store, OpenError> {
    let options = StoreOptions {
        replica: config.replica().cloned(),
        ..StoreOptions::new(config.database.value.clone())
    };
    if let Database::Sqlite { path } = &config.database.value
        && !path.exists()
    {
        return Err(OpenError::Missing { path: path.clone() });
    }
    Store::open_as_is(StoreOptions { read_only: config.read_only.value, ..options }).await
}

/// A file is neither reached, nor encrypted, nor signed in to.
fn is_file(database: &Database) -> bool {
    !matches!(database, Database::Postgres(_))
}

fn stop_at(
    stage: Stage,
    database: &Database,
    verdict: &Verdict,
    took: Duration,
    examination: &mut Examination,
) {
    for (each, name) in Stage::ALL {
        if is_file(database) && each != Stage::Database {
            examination.put(name, a_file_needs_none(), Duration::ZERO);
        } else if each < stage && !is_file(database) {
            examination.put(name, Verdict::fine("got past it"), Duration::ZERO);
        } else if each == stage || is_file(database) {
            examination.put(name, verdict.clone(), took);
        } else {
            examination.put(name, Verdict::not_reached("see above"), Duration::ZERO);
        }
    }
    examination.put_all(&BEYOND, &Verdict::not_reached("there is no database to ask"));
}

fn a_file_needs_none() -> Verdict {
    Verdict::skipped("the database is a file")
}

fn tell(facts: &ServerFacts, database: &Database, took: Duration, examination: &mut Examination) {
    let ServerFacts { engine, version, database: name, user, .. } = facts;
    let verdicts = match (database, user) {
        (Database::Postgres(postgres), Some(user)) => [
            Verdict::fine(format!("{}:{} answered", postgres.host, postgres.port)),
            encryption(facts, postgres.ssl_mode, postgres.is_on_this_computer()),
            Verdict::fine(format!("as {user}")),
        ],
        _ => [(); 3].map(|()| a_file_needs_none()),
    };
    let place = if name.is_empty() { "in memory" } else { name };
    let reached = Verdict::fine(format!("{engine} {version}, {place}"));
    // Opening it was all of them at once.
    let slow = if is_file(database) { Stage::Database } else { Stage::Server };
    for ((stage, name), verdict) in
        Stage::ALL.into_iter().zip(verdicts.into_iter().chain([reached]))
    {
        examination.put(name, verdict, if stage == slow { took } else { Duration::ZERO });
    }
}

fn encryption(facts: &ServerFacts, mode: SslMode, here: bool) -> Verdict {
    if facts.pooler {
        // What the server tells is about the pooler's connection, not about ours.
        return Verdict::fine(format!("a pooler stands between; sslmode={mode} on the way to it"));
    }
    match &facts.encryption {
        Some(encryption) => {
            let checked = match mode {
                SslMode::VerifyFull => "its certificate and name were checked",
                SslMode::VerifyCa => "its certificate was checked, its name was not",
                _ => "its certificate was not checked",
            };
            let (version, cipher) = (&encryption.version, &encryption.cipher);
            Verdict::fine(format!("{version}, {cipher}; {checked} (sslmode={mode})"))
        }
        None if here => Verdict::fine("none; nothing leaves this computer"),
        None => Verdict::warning(format!("none, to another computer (sslmode={mode})"))
            .because("the server offers no TLS, or sslmode allows plain text")
            .so("use sslmode=require, or verify-full with the server's root certificate"),
    }
}

async fn integrity(store: &Store, database: &Database) -> Verdict {
    if !is_file(database) {
        return Verdict::skipped("a server looks after its own files");
    }
    match store.check_integrity().await.as_deref() {
        Ok([]) => Verdict::fine("the file is whole"),
        Ok([first, ..]) => {
            Verdict::failed(Exit::DatabaseUnreachable, format!("the file is damaged: {first}"))
                .because("a disk that fails, or a program that wrote into the file")
                .so("put back a copy, such as the dated ones that passbook leaves beside it")
        }
        Err(report) => Verdict::of_report(report),
    }
}

async fn clock(store: &Store, database: &Database) -> Verdict {
    if is_file(database) {
        return Verdict::skipped("the database's clock is this computer's");
    }
    match store.compare_clocks().await {
        Ok(clocks) => judge_clocks(clocks),
        Err(report) => Verdict::of_report(&report),
    }
}

fn judge_clocks(clocks: Clocks) -> Verdict {
    let apart = (clocks.database - clocks.here).abs();
    // Both are cut to whole seconds.
    let sure =
        apart - TimeDelta::from_std(clocks.within).unwrap_or_default() - TimeDelta::seconds(1);
    let word = if clocks.database > clocks.here { "ahead of" } else { "behind" };
    let what = format!("the server's clock is {} s {word} this computer's", apart.num_seconds());
    if sure < APART {
        return Verdict::fine(format!("{} s apart", apart.num_seconds()));
    }
    let verdict = if sure < FAR_APART {
        Verdict::warning(what)
    } else {
        Verdict::failed(Exit::Internal, what)
    };
    verdict
        .because("one of the two is not set by the network")
        .so("switch on time synchronisation on the computer that is wrong")
}

async fn rights(store: &Store, config: &Config) -> Verdict {
    match store.load_rights().await {
        Ok(rights) => {
            judge_rights(rights.unwrap_or_else(|| of_file(config)), config.read_only.value)
        }
        Err(report) => Verdict::of_report(&report),
    }
}

async fn replica(store: &Store, config: &Config) -> Verdict {
    if let Some(sentence) = config.unused_read_url() {
        return Verdict::warning(sentence).so("leave PASSBOOK_READ_URL out");
    }
    store.settled_reader().await;
    match store.watch_replica() {
        Some(replica) => judge_replica(&replica.borrow()),
        None => Verdict::skipped("none is named"),
    }
}

fn judge_replica(replica: &Replica) -> Verdict {
    match replica {
        Replica::Unknown => Verdict::not_reached("the primary has no tables to compare it with"),
        Replica::Used { behind } => {
            Verdict::fine(format!("it follows its primary, {} s behind", behind.as_secs()))
        }
        Replica::Unused(unfit) => Verdict::warning(format!("{unfit}; the primary is read"))
            .because("what it would answer may be old, or another truth")
            .so(unfit.remedy()),
    }
}

fn of_file(config: &Config) -> Rights {
    let writable = match &config.database.value {
        Database::Sqlite { path } => may_write(path) && path.parent().is_none_or(may_write),
        _ => true,
    };
    Rights { create: writable, write: writable, read: true }
}

#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

#[cfg(not(unix))]
fn may_write(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.permissions().readonly())
}

fn judge_rights(rights: Rights, read_only: bool) -> Verdict {
    const GRANTS: &str = "have what `passbook migrate grants` prints run by the database's owner";
    match rights {
        Rights { read: false, .. } => {
            Verdict::failed(Exit::DatabaseUnreachable, "may not read every table")
                .because("the role was not granted what passbook needs")
                .so(GRANTS)
        }
        Rights { write: false, .. } if read_only => {
            Verdict::fine("may only read, as it is asked to")
        }
        Rights { write: false, .. } => Verdict::failed(Exit::DatabaseUnreachable, "may only read")
            .because("the role, or the file's mode, allows no more")
            .so(format!("use --read-only, or {GRANTS}")),
        Rights { create: false, .. } => Verdict::warning("may read and write, and create no table")
            .because("the role may not create tables, so that it cannot migrate")
            .so("let another role run `passbook migrate up` after an update of passbook"),
        Rights { .. } => Verdict::fine("may read, write and create tables"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Outcome;
    use super::*;
    use crate::store::Encryption;

    #[test]
    fn clocks_are_judged_by_what_is_sure() {
        let here = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for (seconds, within, outcome) in [
            (0, 0, Outcome::Fine),
            (5, 0, Outcome::Fine),
            (-30, 0, Outcome::Warning),
            (30, 40, Outcome::Fine),
            (3600, 1, Outcome::Failed),
        ] {
            let database = here + TimeDelta::seconds(seconds);
            let clocks = Clocks { database, here, within: Duration::from_secs(within) };
            assert_eq!(judge_clocks(clocks).outcome, outcome, "{seconds} s within {within} s");
        }
    }

    #[test]
    fn rights_are_enough_for_what_is_asked() {
        let all = Rights { create: true, write: true, read: true };
        let outcome = |rights, read_only| judge_rights(rights, read_only).outcome;
        assert_eq!(outcome(all, false), Outcome::Fine);
        assert_eq!(outcome(Rights { create: false, ..all }, false), Outcome::Warning);
        let looking = Rights { create: false, write: false, ..all };
        assert_eq!(outcome(looking, false), Outcome::Failed);
        assert_eq!(outcome(looking, true), Outcome::Fine);
        assert_eq!(outcome(Rights { read: false, ..all }, true), Outcome::Failed);
    }

    #[test]
    fn plain_text_to_another_computer_is_warned_of() {
        let facts = |encrypted: bool| ServerFacts {
            engine: "Postgres",
            version: "15.4".to_owned(),
            database: "books".to_owned(),
            user: Some("ann".to_owned()),
            encryption: encrypted.then(|| Encryption {
                version: "TLSv1.3".to_owned(),
                cipher: "TLS_AES_256_GCM_SHA384".to_owned(),
            }),
            pooler: false,
        };
        assert_eq!(encryption(&facts(false), SslMode::Prefer, false).outcome, Outcome::Warning);
        assert_eq!(encryption(&facts(false), SslMode::Prefer, true).outcome, Outcome::Fine);
        for (mode, told) in [
            (SslMode::Require, "was not checked"),
            (SslMode::VerifyCa, "its name was not"),
            (SslMode::VerifyFull, "name were checked"),
        ] {
            let found = encryption(&facts(true), mode, false);
            assert!(found.what.contains("TLSv1.3") && found.what.contains(told), "{found:?}");
        }
    }
}
