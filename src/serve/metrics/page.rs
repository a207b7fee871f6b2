//! The names of all that is measured. Labels hold words of passbook's own and nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Known;
use super::text::{Kind, Text};
use crate::domain::{Outcome, Replica};
use crate::store::{Extent, Store, Vitals};

pub fn write(store: Option<&Store>, known: &Known, now: DateTime<Utc>) -> String {
    let mut text = Text::default();
    build(&mut text);
    let up = u8::from(known.up);
    let help = "Whether the database answers within a second.";
    text.single("passbook_database_up", Kind::Gauge, help, up);
    if let Some(store) = store {
        work(&mut text, store);
        connections(&mut text, store);
    }
    if let Some(stands) = &known.replica {
        replica(&mut text, stands);
    }
    if let Some(vitals) = &known.vitals {
        syncs(&mut text, vitals, now);
    }
    if let Some(extent) = &known.extent {
        rows(&mut text, extent);
    }
    text.finish()
}

fn build(text: &mut Text) {
    const NAME: &str = "passbook_build_info";
    text.family(NAME, Kind::Gauge, "Always 1; the label says which passbook this is.");
    text.sample(NAME, &[("version", env!("CARGO_PKG_VERSION"))], 1);
}

fn work(text: &mut Text, store: &Store) {
    const SECONDS: &str = "passbook_database_work_seconds";
    const BROKEN_OFF: &str = "passbook_database_work_broken_off_total";
    let times = store.work_times();
    let help = "Queries asked since the start.";
    text.single("passbook_database_queries_total", Kind::Counter, help, store.queries());
    let help = "How long units of work took, a few queries each, with the wait for a connection.";
    text.family(SECONDS, Kind::Histogram, help);
    for times in &times {
        let work = ("work", times.work);
        for (bound, count) in &times.within {
            let bound = bound.as_secs_f64().to_string();
            text.sample(&format!("{SECONDS}_bucket"), &[work, ("le", &bound)], count);
        }
        text.sample(&format!("{SECONDS}_bucket"), &[work, ("le", "+Inf")], times.count);
        text.sample(&format!("{SECONDS}_sum"), &[work], times.total.as_secs_f64());
        text.sample(&format!("{SECONDS}_count"), &[work], times.count);
    }
    let help = "Units of work that the database failed or that were given up.";
    text.family(BROKEN_OFF, Kind::Counter, help);
    for times in &times {
        text.sample(BROKEN_OFF, &[("work", times.work)], times.broken_off);
    }
}

fn connections(text: &mut Text, store: &Store) {
    const MOST: &str = "passbook_database_connections_max";
    const IN_USE: &str = "passbook_database_connections_in_use";
    let pools = store.usage();
    let engine = ("engine", store.engine_word());
    text.family(MOST, Kind::Gauge, "Connections that the pool may open.");
    for usage in &pools {
        text.sample(MOST, &[engine, ("pool", usage.pool)], usage.size);
    }
    text.family(IN_USE, Kind::Gauge, "Connections that are at work.");
    for usage in &pools {
        text.sample(IN_USE, &[engine, ("pool", usage.pool)], usage.in_use);
    }
}

fn replica(text: &mut Text, stands: &Replica) {
    let used = u8::from(matches!(stands, Replica::Used { .. }));
    let help = "Whether the read replica is fit to be read from.";
    text.single("passbook_replica_used", Kind::Gauge, help, used);
    if let Some(behind) = stands.behind() {
        let help = "How far the read replica is behind, in seconds.";
        text.single("passbook_replica_lag_seconds", Kind::Gauge, help, behind.as_secs());
    }
}

fn syncs(text: &mut Text, vitals: &Vitals, now: DateTime<Utc>) {
    const SYNCS: &str = "passbook_syncs";
    const LAST: &str = "passbook_last_sync_outcome";
    let help = "The newest migration that the database has been through.";
    text.single("passbook_schema_version", Kind::Gauge, help, vitals.schema_version);
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for (outcome, count) in &vitals.runs {
        *counts.entry(word(outcome)).or_default() += count;
    }
    text.family(SYNCS, Kind::Gauge, "Syncs on record, by outcome.");
    for (outcome, count) in counts {
        text.sample(SYNCS, &[("outcome", outcome)], count);
    }
    if let Some((outcome, at)) = &vitals.last_run {
        let age = (now - at).num_seconds().max(0);
        let help = "Time since the last sync finished, well or not.";
        text.single("passbook_last_sync_age_seconds", Kind::Gauge, help, age);
        text.family(LAST, Kind::Gauge, "Always 1; the label says how the last sync ended.");
        text.sample(LAST, &[("outcome", word(outcome))], 1);
    }
}

fn rows(text: &mut Text, extent: &Extent) {
    let help = "Accounts that are kept.";
    text.single("passbook_accounts", Kind::Gauge, help, extent.accounts);
    let help = "Transactions in the lists, at most a minute ago.";
    text.single("passbook_transactions", Kind::Gauge, help, extent.transactions);
    let help = "Size of the database, at most a minute ago.";
    text.single("passbook_database_size_bytes", Kind::Gauge, help, extent.bytes);
}

/// What a newer passbook wrote has no name here.
fn word(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Other(_) => "other",
        outcome => outcome.as_str(),
    }
}
