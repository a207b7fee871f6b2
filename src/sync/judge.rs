//! What a whole and stable walk proves about the rows that passbook keeps.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use chrono::{Days, NaiveDate, TimeDelta};
use sha2::{Digest as _, Sha256};

use super::evidence::{Absent, Facts, absent, last_day};
use super::nameless::Nameless;
use super::pair::{Candidate, pairs};
use super::reissue::{chains, edited};
use super::resequence::resequenced;
use super::walk::Walk;
use crate::domain::{Pair, TransactionId};
use crate::mutant::{self, Mutant};
use crate::store::ledger::{KnownRow, SyncState, Verdict};

/// A list that lacks this many posted rows is not doubted, whatever their share.
const TOLERATED_ABSENT: usize = 2;
/// A suspect list is believed when a full walk says the same this much later.
const BELIEVED_AFTER: TimeDelta = TimeDelta::hours(6);
/// Amounts may differ within a pair only if the account was judged this recently.
const FRESH: TimeDelta = TimeDelta::days(3);
/// Full walks in a row that must miss a posted row before it counts as withdrawn.
const STRIKES: i64 = 2;
/// Dates further ahead than this, in days, don't move the head.
const AHEAD: u64 = 7;

pub enum Judgement {
    Judged(Verdict),
    /// Nothing is withdrawn; the state says what the next walk must do.
    Unjudged {
        reason: String,
        state: SyncState,
    },
}

pub fn judge(facts: &Facts<'_>, walk: &Walk) -> Judgement {
    let mut absent = absent(facts.known, walk);
    let posted = facts.known.iter().filter(|row| row.posted).count();
    let believed = walk.is_empty() && mutant::is(Mutant::EmptyListBelieved);
    if walk.is_empty() && posted > 0 && !believed {
        let reason = format!(
            "the bank listed nothing where {posted} posted rows were expected; all are kept"
        );
        return Judgement::Unjudged { reason, state: facts.state.clone() };
    }
    if walk.is_empty() && !absent.pending.is_empty() && !facts.state.empty_seen {
        return Judgement::Unjudged {
            reason: "the bank listed nothing; pending rows are kept until it says so again".into(),
            state: SyncState { empty_seen: true, ..facts.state.clone() },
        };
    }

    let mut nameless = Nameless::new(&walk.nameless, facts.gone);
    let anew = anew(facts, walk, &absent);
    nameless.excuse_alike(&mut absent, &anew);
    let successors = successors(facts, walk, &absent, anew);
    nameless.excuse_likely(&mut absent, &successors);
    let replaced: HashSet<&TransactionId> = successors.iter().map(|pair| &pair.gone).collect();
    // Of the last day a part may have aged out. That a row alike is still listed proves nothing: a list
    // of so many rows ends between two of a kind as well.
    let last_day = last_day(facts.known, walk);
    let aged_out = |row: &KnownRow| Some(row.date) == last_day;
    let missing: Vec<&KnownRow> = absent
        .posted
        .iter()
        .copied()
        .filter(|row| !replaced.contains(&row.id) && !aged_out(row))
        .collect();
    let suspicious = missing.len() > TOLERATED_ABSENT.max(posted / 5)
        || (!missing.is_empty() && missing.len() == posted);
    if suspicious
        && !believed
        && let Some(unjudged) = doubt(facts, walk, &missing)
    {
        return unjudged;
    }
    let mut verdict = verdict(facts, walk, &absent, &missing, successors, suspicious);
    verdict.excused = nameless.excused;
    Judgement::Judged(verdict)
}

/// What to say of a list that lacks suspiciously much, unless it may be believed after all.
fn doubt(facts: &Facts<'_>, walk: &Walk, missing: &[&KnownRow]) -> Option<Judgement> {
    let state = facts.state.clone();
    if !walk.to_end {
        let reason = format!(
            "{} posted rows are missing from the bank's list; the next sync reads all of it",
            missing.len()
        );
        return Some(Judgement::Unjudged { reason, state: SyncState { audit_due: true, ..state } });
    }
    let digest = Digest::of(missing);
    let since = match (&state.suspect_digest, state.suspect_since) {
        // A clock that was set back starts the six hours anew.
        (Some(earlier), Some(since)) if digest.says_again(earlier) && since <= facts.now => since,
        _ => facts.now,
    };
    if facts.now - since >= BELIEVED_AFTER {
        return None;
    }
    let reason = format!(
        "{} posted rows are missing from the bank's list; they are kept unless it still says so in six hours",
        missing.len()
    );
    let state = SyncState {
        audit_due: true,
        suspect_since: Some(since),
        suspect_digest: Some(digest.to_string()),
        ..state
    };
    Some(Judgement::Unjudged { reason, state })
}

fn verdict(
    facts: &Facts<'_>,
    walk: &Walk,
    absent: &Absent<'_>,
    missing: &[&KnownRow],
    pairs: Vec<Pair>,
    believed: bool,
) -> Verdict {
    let mut verdict = Verdict {
        gone: absent.pending.iter().map(|row| row.id.clone()).collect(),
        rechecked: facts.rechecks.to_vec(),
        resequenced: resequenced(facts.known, walk),
        ..Verdict::default()
    };
    for row in missing.iter().filter(|_| walk.to_end) {
        if believed || row.strikes + 1 >= STRIKES || mutant::is(Mutant::NoStrikes) {
            verdict.withdrawn.push(row.id.clone());
        } else {
            verdict.struck.push(row.id.clone());
        }
    }
    let replaced: HashSet<&TransactionId> = pairs.iter().map(|pair| &pair.gone).collect();
    verdict.reissued = absent.posted.iter().filter(|row| replaced.contains(&row.id)).count();
    verdict.pairs = pairs;
    verdict.state = next_state(facts, walk, missing, &verdict);
    verdict
}

/// Rows that the list lacks and has under new ids, all facts alike: pending ones, then posted ones.
fn anew(facts: &Facts<'_>, walk: &Walk, absent: &Absent<'_>) -> Vec<Pair> {
    // Below its window a judgement says nothing of a row.
    let since = facts.state.full_at;
    let pending: HashSet<&TransactionId> = absent.pending.iter().map(|row| &row.id).collect();
    let went: Vec<Candidate> =
        facts.gone.iter().filter(|row| pending.contains(&row.id)).cloned().collect();
    let came: Vec<Candidate> =
        facts.came_pending.iter().filter(|row| walk.lists(&row.id)).cloned().collect();
    let mut pairs = chains(&went, &came, since);
    let (went, came) = reissuable(facts, walk, absent);
    pairs.extend(chains(&went, &came, since));
    pairs.retain(|pair| !is_parted(facts, pair));
    pairs
}

/// What rows that the list lacks became. First what vanished, then new ids: words may go on from a
/// row that is itself replaced.
fn successors(facts: &Facts<'_>, walk: &Walk, absent: &Absent<'_>, anew: Vec<Pair>) -> Vec<Pair> {
    let mut pairs = vanished_pairs(facts, absent, &anew);
    let taken: HashSet<TransactionId> =
        pairs.iter().chain(&anew).map(|pair| pair.came.clone()).collect();
    let (went, came) = reissuable(facts, walk, absent);
    // Of what was withdrawn before, only all facts alike say that it is back.
    let missed: HashSet<&TransactionId> = absent.posted.iter().map(|row| &row.id).collect();
    let went: Vec<Candidate> = went.into_iter().filter(|row| missed.contains(&row.id)).collect();
    let came: Vec<Candidate> = came.into_iter().filter(|row| !taken.contains(&row.id)).collect();
    // Pending rows change their ids one by one: that says nothing of a list.
    let twins: Vec<Pair> =
        anew.iter().filter(|pair| missed.contains(&pair.gone)).cloned().collect();
    let edited = edited(&went, &came, &twins, facts.followed);
    pairs.extend(anew);
    pairs.extend(edited.into_iter().filter(|pair| !is_parted(facts, pair)));
    pairs
}

fn is_parted(facts: &Facts<'_>, pair: &Pair) -> bool {
    facts.parted.contains(&(pair.gone.clone(), pair.came.clone()))
}

/// Posted rows that the list lacks or that were withdrawn before, and those whose ids may be the new
/// ones of these: evidence enough to follow them at once. What has been listed since before the last
/// full walk is a twin of another day's coffee, not a new id.
fn reissuable(
    facts: &Facts<'_>,
    walk: &Walk,
    absent: &Absent<'_>,
) -> (Vec<Candidate>, Vec<Candidate>) {
    let posted: HashSet<&TransactionId> = absent.posted.iter().map(|row| &row.id).collect();
    let audited = facts.state.full_at;
    let new = |row: &&Candidate| {
        let since_audit = audited.is_some_and(|audited| row.first_seen_at > audited);
        walk.lists(&row.id) && (row.this_walk || since_audit)
    };
    let withdrawn = |row: &Candidate| row.posted && !row.this_walk;
    let went: Vec<Candidate> = facts
        .gone
        .iter()
        .filter(|row| posted.contains(&row.id) || withdrawn(row))
        .cloned()
        .collect();
    (went, facts.came.iter().filter(new).cloned().collect())
}

/// What vanished pendings became: a posted row that the bank still lists, under this id or another,
/// as far as this walk tells.
fn vanished_pairs(facts: &Facts<'_>, absent: &Absent<'_>, renamed: &[Pair]) -> Vec<Pair> {
    let followed: HashSet<&TransactionId> = renamed.iter().map(|pair| &pair.gone).collect();
    let missed = absent.posted.iter().map(|row| &row.id).filter(|id| !followed.contains(*id));
    let taken: HashSet<&TransactionId> =
        renamed.iter().map(|pair| &pair.came).chain(missed).collect();
    // Missed, and maybe one of those without an id: then nobody knows that it vanished.
    let vanished: HashSet<&TransactionId> = absent.pending.iter().map(|row| &row.id).collect();
    let open = |row: &&Candidate| {
        !row.posted && !followed.contains(&row.id) && (vanished.contains(&row.id) || !row.this_walk)
    };
    let gone: Vec<Candidate> = facts.gone.iter().filter(open).cloned().collect();
    let came: Vec<Candidate> =
        facts.came.iter().filter(|row| !taken.contains(&row.id)).cloned().collect();
    // What is there before a first judgement was taken over: no later list tells more about it.
    let fresh = facts.state.judged_at.is_none_or(|judged| facts.now - judged <= FRESH);
    pairs(&gone, &came, fresh, facts.parted)
}

fn next_state(
    facts: &Facts<'_>,
    walk: &Walk,
    missing: &[&KnownRow],
    verdict: &Verdict,
) -> SyncState {
    let before = facts.state;
    let to_come = if before.done || walk.to_end { None } else { walk.oldest_posted.clone() };
    SyncState {
        head: walk.newest_posted(facts.now.date_naive() + Days::new(AHEAD)).or(before.head),
        // The first judged walk leaves its lower end to the back-fill, later ones leave it alone.
        cursor: before.cursor.clone().filter(|_| !walk.proven).or(to_come),
        done: before.done || walk.proven,
        empty_seen: false,
        suspect_since: None,
        suspect_digest: None,
        // Ids issued anew in a window were issued anew below it, too.
        audit_due: if walk.to_end {
            !verdict.struck.is_empty()
        } else {
            !missing.is_empty() || before.audit_due || verdict.reissued > 0
        },
        opening: before.opening,
        judged_at: Some(facts.now),
        full_at: if walk.to_end { Some(facts.now) } else { before.full_at },
    }
}

/// Which posted rows a list lacks, day by day.
struct Digest(BTreeMap<NaiveDate, String>);

impl Digest {
    fn of(missing: &[&KnownRow]) -> Self {
        let mut days: BTreeMap<NaiveDate, Vec<&str>> = BTreeMap::new();
        for row in missing {
            days.entry(row.date).or_default().push(row.id.as_str());
        }
        let digest = |mut ids: Vec<&str>| {
            ids.sort_unstable();
            hex::encode(&Sha256::digest(ids.join("\n"))[..8])
        };
        Self(days.into_iter().map(|(day, ids)| (day, digest(ids))).collect())
    }

    /// Whether an earlier list lacked the same, but for days that have aged out of the list since.
    fn says_again(&self, earlier: &str) -> bool {
        let Ok(earlier) = serde_json::from_str::<BTreeMap<NaiveDate, String>>(earlier) else {
            return false;
        };
        let first = self.0.keys().next().copied();
        let still: BTreeMap<NaiveDate, String> =
            earlier.into_iter().filter(|(day, _)| Some(*day) >= first).collect();
        still == self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).expect("days and words are JSON"))
    }
}

#[cfg(test)]
mod tests;
