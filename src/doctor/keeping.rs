//! Whether the tables are those that passbook expects, and whether they keep what they are given.

use std::time::Instant;

use color_eyre::Report;

use super::finding::{Examination, Verdict};
use crate::config::Config;
use crate::database::Database;
use crate::exit::Exit;
use crate::store::{Drift, Schema, Store, StoreOptions};

const ALL: [&str; 5] = ["schema", "drift", "write test", "persistence", "pooler"];

pub(super) async fn examine(
    config: Option<&Config>,
    store: Option<&Store>,
    examination: &mut Examination,
) {
    let (Some(config), Some(store)) = (config, store) else {
        examination.put_all(&ALL, &Verdict::not_reached("there is no database to ask"));
        return;
    };
    let started = Instant::now();
    let schema = store.schema().await;
    examination.put("schema", judge_schema(&schema), started.elapsed());
    examination.look("drift", drift(store, &schema)).await;
    if let Some(verdict) = obstacle(config, store, &schema).await {
        examination.put_all(&["write test", "persistence"], &verdict);
    } else {
        examination.look("write test", write_test(store)).await;
        examination.look("persistence", persistence(config, store)).await;
    }
    examination.look("pooler", pooler(store)).await;
}

fn judge_schema(schema: &Result<Schema, Report>) -> Verdict {
    match schema {
        Ok(Schema::Current) => Verdict::fine("as new as this passbook"),
        Ok(Schema::Behind(0)) => Verdict::warning("no table of passbook's is there yet")
            .because("passbook was never started with this database")
            .so("start it, or `passbook migrate up`"),
        Ok(Schema::Behind(version)) => {
            Verdict::warning(format!("at version {version}, older than this passbook"))
                .because("this passbook was not started since its update")
                .so("start it, or `passbook migrate up`")
        }
        Ok(Schema::Newer) => {
            Verdict::failed(Exit::NewerDatabase, "a newer passbook has changed this database")
                .because("another computer, or an older copy of the program")
                .so("update this passbook")
        }
        Ok(Schema::Changed(name)) => {
            Verdict::failed(Exit::Internal, format!("{name} was another migration when it ran"))
                .because("the database was made by a passbook that was never published")
                .so("use the passbook that made it")
        }
        Err(report) => Verdict::of_report(report),
    }
}

async fn drift(store: &Store, schema: &Result<Schema, Report>) -> Verdict {
    match schema {
        Ok(Schema::Behind(0)) => return Verdict::not_reached("no table of passbook's is there"),
        Ok(Schema::Newer | Schema::Changed(_)) | Err(_) => {
            return Verdict::not_reached("the tables are not this passbook's");
        }
        Ok(Schema::Current | Schema::Behind(_)) => {}
    }
    match store.load_drift().await {
        Ok(drift) => judge_drift(&drift),
        Err(report) => Verdict::of_report(&report),
    }
}

fn judge_drift(drift: &Drift) -> Verdict {
    let found: Vec<_> = drift.differences.iter().filter(|it| it.is_in_tables()).collect();
    let Some(first) = found.first() else {
        return Verdict::fine(format!("{} tables as expected", drift.tables.len()));
    };
    let more = match found.len() {
        1 => String::new(),
        count => format!(", and {} more", count - 1),
    };
    Verdict::failed(Exit::Internal, format!("{}: {first}{more}", first.table()))
        .because("somebody changed the tables by hand, or put back a part of a copy")
        .so("see `passbook migrate check`")
}

/// Why nothing may be written here.
async fn obstacle(
    config: &Config,
    store: &Store,
    schema: &Result<Schema, Report>,
) -> Option<Verdict> {
    if config.read_only.value {
        return Some(Verdict::skipped("read_only is on"));
    }
    if !matches!(schema, Ok(Schema::Current | Schema::Behind(_))) {
        return Some(Verdict::not_reached("the tables are not this passbook's"));
    }
    match store.has_settings().await {
        Ok(true) => None,
        Ok(false) => Some(Verdict::not_reached("no table of passbook's is there")),
        Err(report) => Some(Verdict::of_report(&report)),
    }
}

async fn write_test(store: &Store) -> Verdict {
    match store.probe_writing().await {
        Ok(()) => Verdict::fine("created, read, changed, deleted, rolled back: nothing is left"),
        Err(report) => unkept(&report),
    }
}

async fn persistence(config: &Config, store: &Store) -> Verdict {
    if config.database.value == Database::Memory {
        return Verdict::skipped("the database is in memory");
    }
    // Another pool of connections, as another program has.
    let other = match Store::open_as_is(StoreOptions::new(config.database.value.clone())).await {
        Ok(other) => other,
        Err(error) => return Verdict::of_sentence(error.exit(), &error.to_string()),
    };
    let outcome = store.probe_keeping(&other).await;
    other.close().await;
    match outcome {
        Ok(()) => Verdict::fine("written, found on another connection, removed"),
        Err(report) => unkept(&report),
    }
}

fn unkept(report: &Report) -> Verdict {
    let verdict = Verdict::of_report(report);
    if verdict.remedy.is_some() {
        return verdict;
    }
    verdict
        .because("the database takes no writes now, or does not keep what it says it keeps")
        .so("make what is named above right, then run `passbook doctor` again")
}

async fn pooler(store: &Store) -> Verdict {
    let facts = match store.load_server_facts().await {
        Ok(facts) if facts.user.is_none() => return Verdict::skipped("the database is a file"),
        Ok(facts) => facts,
        Err(report) => return Verdict::of_report(&report),
    };
    match store.probe_answers().await {
        Ok(wrong) => judge_answers(facts.pooler, wrong),
        Err(report) => Verdict::of_report(&report),
    }
}

fn judge_answers(pooler: bool, wrong: usize) -> Verdict {
    match (pooler, wrong) {
        (false, 0) => Verdict::fine("none; the connection is direct"),
        (true, 0) => {
            Verdict::fine("a transaction pooler stands between; every answer is the right one")
        }
        (_, wrong) => {
            Verdict::failed(Exit::Internal, format!("{wrong} answers were another question's"))
                .because("a pooler that mixes up prepared statements and cannot be told")
                .so("name the database's own host and port in the database URL")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Outcome;
    use super::*;
    use crate::store::Difference;

    #[test]
    fn each_kind_of_schema_ends_in_its_own_way() {
        for (schema, outcome, exit) in [
            (Schema::Current, Outcome::Fine, Exit::Fine),
            (Schema::Behind(0), Outcome::Warning, Exit::Fine),
            (Schema::Behind(2), Outcome::Warning, Exit::Fine),
            (Schema::Newer, Outcome::Failed, Exit::NewerDatabase),
            (Schema::Changed("0001_ledger".to_owned()), Outcome::Failed, Exit::Internal),
        ] {
            let found = judge_schema(&Ok(schema));
            assert_eq!((found.outcome, found.exit), (outcome, exit), "{found:?}");
        }
    }

    #[test]
    fn a_pooler_is_judged_by_its_answers() {
        assert_eq!(judge_answers(false, 0).outcome, Outcome::Fine);
        assert!(judge_answers(true, 0).what.contains("pooler"));
        assert_eq!(judge_answers(true, 1).outcome, Outcome::Failed);
    }

    #[test]
    fn another_programs_tables_are_no_drift() {
        let drift = |difference| Drift { tables: Vec::new(), differences: vec![difference] };
        let other = drift(Difference::OtherProgram { table: "other".to_owned() });
        assert_eq!(judge_drift(&other).outcome, Outcome::Fine);
        let pending = drift(Difference::PendingStep { name: "0003_joined_accounts".to_owned() });
        assert_eq!(judge_drift(&pending).outcome, Outcome::Fine, "the schema's check tells that");
        let missing = drift(Difference::MissingTable { table: "pb_tags".to_owned() });
        let found = judge_drift(&missing);
        assert_eq!(found.outcome, Outcome::Failed);
        assert_eq!(found.what, "pb_tags: the table is missing");
    }
}
