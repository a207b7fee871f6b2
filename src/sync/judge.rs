//! What a whole and stable walk proves about the rows that passbook keeps.

use std::collections::HashSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::pair::{Candidate, pairs, twins};
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

/// The stored side of a judgement.
pub struct Facts<'a> {
    pub known: &'a [KnownRow],
    pub state: &'a SyncState,
    /// Gone pendings in the window that still have re-checks left.
    pub rechecks: &'a [TransactionId],
    /// Vanished rows that may be paired, those absent from this walk included.
    pub gone: &'a [Candidate],
    /// Posted rows that may be what a vanished one became.
    pub came: &'a [Candidate],
    /// Pending rows that this walk has brought.
    pub came_pending: &'a [Candidate],
    pub parted: &'a HashSet<(TransactionId, TransactionId)>,
    pub now: DateTime<Utc>,
}

pub enum Judgement {
    Judged(Verdict),
    /// Nothing is withdrawn; the state says what the next walk must do.
    Unjudged {
        reason: String,
        state: SyncState,
    },
}

/// Known rows the walk did not list.
#[derive(Debug, Default)]
pub struct Absent<'a> {
    pub pending: Vec<&'a KnownRow>,
    pub posted: Vec<&'a KnownRow>,
}

impl Absent<'_> {
    pub fn ids(&self) -> Vec<TransactionId> {
        self.pending.iter().chain(&self.posted).map(|row| row.id.clone()).collect()
    }
}

/// Without the posted rows of days before the last one of a list that was read to its end. Banks list
/// so many days or rows and no more: what has aged out of their list was not withdrawn.
pub fn in_reach(mut known: Vec<KnownRow>, walk: &Walk) -> Vec<KnownRow> {
    if let Some(last) = last_day(&known, walk) {
        known.retain(|row| !row.posted || row.date >= last);
    }
    known
}

/// The day of the oldest posted row of a list that was read to its end.
fn last_day(known: &[KnownRow], walk: &Walk) -> Option<NaiveDate> {
    let listed = known.iter().filter(|row| row.posted && walk.lists(&row.id));
    listed.map(|row| row.date).min().filter(|_| walk.to_end)
}

pub fn absent<'a>(known: &'a [KnownRow], walk: &Walk) -> Absent<'a> {
    let (posted, pending) =
        known.iter().filter(|row| !walk.lists(&row.id)).partition(|row| row.posted);
    Absent { pending, posted }
}

pub fn judge(facts: &Facts<'_>, walk: &Walk) -> Judgement {
    let absent = absent(facts.known, walk);
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

    let reissued = reissued(facts, walk, &absent);
    let replaced: HashSet<&TransactionId> = reissued.iter().map(|pair| &pair.gone).collect();
    // Of the last day a part may have aged out, but for rows that are listed under another id.
    let last_day = last_day(facts.known, walk);
    let aged_out = |row: &KnownRow| Some(row.date) == last_day && !has_twin(facts, walk, &row.id);
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
    Judgement::Judged(verdict(facts, walk, &absent, &missing, reissued, suspicious))
}

/// Whether the list has a posted row of the same day, amount and text.
fn has_twin(facts: &Facts<'_>, walk: &Walk, id: &TransactionId) -> bool {
    let facts_of = |row: &Candidate| (row.date, row.amount, row.description.clone());
    let missed = facts.gone.iter().find(|row| row.id == *id).map(facts_of);
    let mut listed = facts.came.iter().filter(|row| walk.lists(&row.id));
    missed.is_some_and(|missed| listed.any(|row| facts_of(row) == missed))
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
    let digest = digest(missing);
    let since = match (&state.suspect_digest, state.suspect_since) {
        // A clock that was set back starts the six hours anew.
        (Some(earlier), Some(since)) if *earlier == digest && since <= facts.now => since,
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
        suspect_digest: Some(digest),
        ..state
    };
    Some(Judgement::Unjudged { reason, state })
}

fn verdict(
    facts: &Facts<'_>,
    walk: &Walk,
    absent: &Absent<'_>,
    missing: &[&KnownRow],
    reissued: Vec<Pair>,
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
    let mut renamed = renamed_pendings(facts, absent);
    renamed.extend(reissued);
    verdict.pairs = vanished_pairs(facts, absent, &renamed);
    verdict.pairs.extend(renamed);
    verdict.state = next_state(facts, walk, missing, &verdict);
    verdict
}

/// Posted rows whose ids the bank issued anew: evidence enough to follow them at once. What has
/// been listed since before the last full walk is a twin of another day's coffee, not a new id.
fn reissued(facts: &Facts<'_>, walk: &Walk, absent: &Absent<'_>) -> Vec<Pair> {
    let posted: HashSet<&TransactionId> = absent.posted.iter().map(|row| &row.id).collect();
    let audited = facts.state.full_at;
    let new = |row: &&Candidate| {
        let since_audit = audited.is_some_and(|audited| row.first_seen_at > audited);
        walk.lists(&row.id) && (row.this_walk || since_audit)
    };
    let went: Vec<Candidate> =
        facts.gone.iter().filter(|row| posted.contains(&row.id)).cloned().collect();
    let came: Vec<Candidate> = facts.came.iter().filter(new).cloned().collect();
    let parted = |pair: &Pair| facts.parted.contains(&(pair.gone.clone(), pair.came.clone()));
    twins(&went, &came).into_iter().filter(|pair| !parted(pair)).collect()
}

/// Pending rows that came in the very walk that misses their twins: the charge has a new id.
fn renamed_pendings(facts: &Facts<'_>, absent: &Absent<'_>) -> Vec<Pair> {
    let missing: HashSet<&TransactionId> = absent.pending.iter().map(|row| &row.id).collect();
    let went: Vec<Candidate> =
        facts.gone.iter().filter(|row| missing.contains(&row.id)).cloned().collect();
    let parted = |pair: &Pair| facts.parted.contains(&(pair.gone.clone(), pair.came.clone()));
    twins(&went, facts.came_pending).into_iter().filter(|pair| !parted(pair)).collect()
}

/// What vanished pendings became: a posted row the bank still lists, as far as this walk tells.
fn vanished_pairs(facts: &Facts<'_>, absent: &Absent<'_>, renamed: &[Pair]) -> Vec<Pair> {
    let followed: HashSet<&TransactionId> = renamed.iter().map(|pair| &pair.gone).collect();
    let taken: HashSet<&TransactionId> = renamed
        .iter()
        .map(|pair| &pair.came)
        .chain(absent.posted.iter().map(|row| &row.id))
        .collect();
    let posted: HashSet<&TransactionId> =
        facts.known.iter().filter(|row| row.posted).map(|row| &row.id).collect();
    let open = |id: &TransactionId| !posted.contains(id) && !followed.contains(id);
    let gone: Vec<Candidate> = facts.gone.iter().filter(|row| open(&row.id)).cloned().collect();
    let came: Vec<Candidate> =
        facts.came.iter().filter(|row| !taken.contains(&row.id)).cloned().collect();
    let fresh = facts.state.judged_at.is_some_and(|judged| facts.now - judged <= FRESH);
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
            !missing.is_empty()
                || before.audit_due
                || verdict
                    .pairs
                    .iter()
                    .any(|pair| pair.tier == 0 && !verdict.gone.contains(&pair.gone))
        },
        opening: before.opening,
        judged_at: Some(facts.now),
        full_at: if walk.to_end { Some(facts.now) } else { before.full_at },
    }
}

fn digest(missing: &[&KnownRow]) -> String {
    let mut ids: Vec<&str> = missing.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    hex::encode(Sha256::digest(ids.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::super::walk::Listed;
    use super::*;
    use crate::domain::{Currency, Life, Money, Status, StoredTransaction, Transaction};

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn now() -> DateTime<Utc> {
        day(20).and_hms_opt(12, 0, 0).unwrap().and_utc()
    }

    fn known(id: &str, number: u32, posted: bool) -> KnownRow {
        KnownRow { id: id.into(), date: day(number), seq: 0, posted, strikes: 0 }
    }

    fn posted(range: std::ops::RangeInclusive<u32>) -> Vec<KnownRow> {
        range.map(|number| known(&format!("t{number}"), number, true)).collect()
    }

    /// The bank lists these rows, newest first.
    fn walk(rows: &[KnownRow], to_end: bool) -> Walk {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| std::cmp::Reverse(row.date));
        let listed =
            rows.into_iter().map(|row| Listed { id: row.id, date: row.date, posted: row.posted });
        Walk::of(listed.collect(), to_end)
    }

    fn candidate(id: &str, number: u32, minor: i64, description: &str) -> Candidate {
        let transaction = Transaction {
            id: id.into(),
            account_id: "acc".into(),
            date: day(number),
            amount: Money::new(minor, Currency::USD),
            description: description.to_owned(),
            status: Status::Posted,
            kind: "card_payment".to_owned(),
            running_balance: None,
            category: None,
            counterparty: None,
            counterparty_type: None,
            processing_status: None,
        };
        let stored = StoredTransaction {
            transaction,
            sequence: 0,
            life: Life::Live,
            replaced_by: None,
            first_seen_at: now(),
            gone_at: None,
            noted: false,
        };
        Candidate::new(&stored, true)
    }

    struct Case {
        known: Vec<KnownRow>,
        state: SyncState,
        gone: Vec<Candidate>,
        came: Vec<Candidate>,
        came_pending: Vec<Candidate>,
        now: DateTime<Utc>,
    }

    impl Case {
        fn new(known: Vec<KnownRow>) -> Self {
            let state = SyncState { done: true, judged_at: Some(now()), ..SyncState::default() };
            Self { known, state, gone: vec![], came: vec![], came_pending: vec![], now: now() }
        }

        fn judge(&self, walk: &Walk) -> Result<Verdict, SyncState> {
            let facts = Facts {
                known: &self.known,
                state: &self.state,
                rechecks: &[],
                gone: &self.gone,
                came: &self.came,
                came_pending: &self.came_pending,
                parted: &HashSet::new(),
                now: self.now,
            };
            match judge(&facts, walk) {
                Judgement::Judged(verdict) => Ok(verdict),
                Judgement::Unjudged { state, .. } => Err(state),
            }
        }
    }

    #[test]
    fn an_empty_list_never_withdraws_a_posted_row() {
        let mut case = Case::new(vec![known("t", 1, true)]);
        for _ in 0..5 {
            case.state = case.judge(&walk(&[], true)).unwrap_err();
        }
    }

    #[test]
    fn an_empty_list_is_believed_about_pendings_the_second_time() {
        let mut case = Case::new(vec![known("p", 1, false)]);
        case.state = case.judge(&walk(&[], true)).unwrap_err();
        assert_eq!(case.judge(&walk(&[], true)).unwrap().gone, ["p".into()]);
    }

    #[test]
    fn a_pending_no_longer_listed_is_gone_at_once() {
        let mut rows = posted(1..=3);
        rows.push(known("p", 4, false));
        let verdict = Case::new(rows.clone()).judge(&walk(&rows[..3], false)).unwrap();
        assert_eq!(verdict.gone, ["p".into()]);
        assert_eq!(verdict.state.head, Some(day(3)));
        assert_eq!(verdict.state.judged_at, Some(now()));
    }

    #[test]
    fn a_posted_row_goes_after_two_full_walks_without_it() {
        let rows = posted(1..=20);
        let without = [&rows[..1], &rows[2..]].concat();
        let mut case = Case::new(rows.clone());
        let window = case.judge(&walk(&without, false)).unwrap();
        assert!(window.struck.is_empty() && window.withdrawn.is_empty());
        assert!(window.state.audit_due, "the next walk reads everything");

        case.state = window.state;
        let first = case.judge(&walk(&without, true)).unwrap();
        assert_eq!((first.struck, first.withdrawn), (vec!["t2".into()], vec![]));
        assert!(first.state.audit_due);

        case.known[1].strikes = 1;
        let second = case.judge(&walk(&without, true)).unwrap();
        assert_eq!(second.withdrawn, ["t2".into()]);
        assert!(!second.state.audit_due);
    }

    #[test]
    fn a_list_that_lacks_too_much_is_believed_six_hours_later() {
        let rows = posted(1..=20);
        let short = &[&rows[..1], &rows[6..]].concat();
        let mut case = Case::new(rows.clone());
        case.state = case.judge(&walk(short, false)).unwrap_err();
        assert!(case.state.audit_due);
        case.state = case.judge(&walk(short, true)).unwrap_err();
        case.now += TimeDelta::hours(5);
        case.state = case.judge(&walk(short, true)).unwrap_err();
        case.now += TimeDelta::hours(1);
        let verdict = case.judge(&walk(short, true)).unwrap();
        assert_eq!(verdict.withdrawn.len(), 5);
        assert_eq!(verdict.state.suspect_since, None);
    }

    #[test]
    fn another_doubtful_list_starts_the_six_hours_anew() {
        let rows = posted(1..=20);
        let short = |from: usize| [&rows[..1], &rows[from..]].concat();
        let mut case = Case::new(rows.clone());
        case.state = case.judge(&walk(&short(6), true)).unwrap_err();
        case.now += TimeDelta::hours(7);
        case.state = case.judge(&walk(&short(7), true)).unwrap_err();
        case.now += TimeDelta::hours(5);
        assert!(case.judge(&walk(&short(7), true)).is_err());
    }

    #[test]
    fn ids_issued_anew_are_followed_at_once() {
        let rows = posted(1..=9);
        let mut case = Case::new(rows);
        case.gone = (1..=9).map(|n| candidate(&format!("t{n}"), n, -500, "CAFE")).collect();
        case.came = (1..=9).map(|n| candidate(&format!("new{n}"), n, -500, "CAFE")).collect();
        let listed: Vec<KnownRow> = (1..=9).map(|n| known(&format!("new{n}"), n, true)).collect();
        case.known.extend(listed.clone());
        let verdict = case.judge(&walk(&listed, false)).unwrap();
        assert_eq!(verdict.pairs.len(), 9);
        assert!(verdict.pairs.iter().all(|pair| pair.tier == 0));
        assert!(verdict.withdrawn.is_empty() && verdict.struck.is_empty());
        assert!(verdict.state.audit_due, "the rows below the window have new ids, too");
    }

    #[test]
    fn a_charge_that_gets_another_id_while_pending_is_followed() {
        let mut case = Case::new(vec![known("p", 10, false), known("q", 10, false)]);
        case.gone = vec![candidate("p", 10, -500, "CAFE")];
        case.came_pending = vec![candidate("q", 10, -500, "CAFE")];
        let verdict = case.judge(&walk(&[known("q", 10, false)], false)).unwrap();
        assert_eq!(verdict.pairs, [Pair { gone: "p".into(), came: "q".into(), tier: 0 }]);
        assert!(!verdict.state.audit_due);
        case.came_pending = vec![candidate("q", 11, -500, "CAFE")];
        let verdict = case.judge(&walk(&[known("q", 11, false)], false)).unwrap();
        assert_eq!(verdict.pairs, [], "of another day it is another charge");
    }

    #[test]
    fn what_ages_out_of_the_list_is_not_missed() {
        let listed = posted(5..=12);
        let known = || posted(1..=12);
        let ids = |rows: Vec<KnownRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        let all = walk(&listed, true);
        assert_eq!(ids(in_reach(known(), &all)), ids(posted(5..=12)));
        let window = walk(&listed, false);
        assert_eq!(in_reach(known(), &window).len(), 12, "more may stand below a window");
        let mut pending = known();
        pending[0].posted = false;
        assert_eq!(in_reach(pending, &all).len(), 9, "a pending row is never old enough to stay");
    }

    #[test]
    fn the_first_judged_walk_leaves_its_lower_end_to_the_back_fill() {
        let rows = posted(1..=9);
        let mut case = Case::new(rows[3..].to_vec());
        case.state = SyncState::default();
        let window = case.judge(&walk(&rows[3..], false)).unwrap();
        assert_eq!(window.state.cursor, Some(("t4".into(), day(4))));
        assert!(!window.state.done);
        let whole = case.judge(&walk(&rows, true)).unwrap();
        assert_eq!((whole.state.cursor, whole.state.done), (None, true));
    }

    #[test]
    fn a_date_far_ahead_does_not_move_the_head() {
        let mut rows = posted(1..=3);
        rows.push(KnownRow {
            date: NaiveDate::from_ymd_opt(2099, 1, 1).unwrap(),
            ..known("t99", 1, true)
        });
        let verdict = Case::new(rows.clone()).judge(&walk(&rows, true)).unwrap();
        assert_eq!(verdict.state.head, Some(day(3)));
    }

    #[test]
    fn places_within_a_day_follow_the_bank() {
        let mut rows = vec![known("a", 2, true), known("b", 2, true), known("c", 1, true)];
        rows[1].seq = 7;
        let verdict = Case::new(rows.clone()).judge(&walk(&rows, false)).unwrap();
        assert_eq!(verdict.resequenced, [("b".into(), 0), ("a".into(), 1)]);
    }

    #[test]
    fn a_row_that_cannot_be_read_keeps_its_place() {
        let mut rows = vec![known("a", 2, true), known("b", 2, true), known("c", 2, true)];
        (rows[0].seq, rows[1].seq) = (2, 1);
        let mut walk = walk(&rows, true);
        walk.listed.remove(1);
        let verdict = Case::new(rows).judge(&walk).unwrap();
        assert_eq!(verdict.resequenced, []);
        assert!(verdict.struck.is_empty());
    }
}
