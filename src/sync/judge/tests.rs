use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::*;
use crate::domain::{Currency, Life, Money, Status, StoredTransaction, Transaction};
use crate::sync::evidence::in_reach;
use crate::sync::walk::Listed;
use crate::teller::Charge;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
}

fn now() -> DateTime<Utc> {
    day(20).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn known(id: &str, number: u32, posted: bool) -> KnownRow {
    KnownRow { id: id.into(), date: day(number), seq: 0, minor: -500, posted, strikes: 0 }
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
        shown: transaction.shown(),
        transaction,
        sequence: 0,
        life: Life::Live,
        replaced_by: None,
        first_seen_at: now(),
        gone_at: None,
        noted: false,
        account_rank: 0,
        computed_balance: None,
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
            followed: 0,
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
fn what_was_edited_as_ids_were_issued_anew_is_followed_too() {
    let mut case = Case::new(posted(1..=9));
    case.gone = (1..=9).map(|n| candidate(&format!("t{n}"), n, -500, "CAFE")).collect();
    case.came = (1..=8).map(|n| candidate(&format!("new{n}"), n, -500, "CAFE")).collect();
    case.came.push(candidate("new9", 9, -500, "Coffee shop"));
    let listed: Vec<KnownRow> = (1..=9).map(|n| known(&format!("new{n}"), n, true)).collect();
    case.known.extend(listed.clone());
    let verdict = case.judge(&walk(&listed, true)).unwrap();
    assert_eq!(verdict.pairs.len(), 9);
    assert!(verdict.withdrawn.is_empty() && verdict.struck.is_empty());

    // The coffee shop settled a pending charge of its own.
    case.known.push(known("p", 8, false));
    let mut pending = candidate("p", 8, -500, "Coffee shop");
    pending.posted = false;
    case.gone.push(pending);
    let verdict = case.judge(&walk(&listed, true)).unwrap();
    assert!(verdict.pairs.contains(&Pair { gone: "p".into(), came: "new9".into(), tier: 1 }));
    assert_eq!(verdict.struck, ["t9".into()]);
}

fn charge(number: u32, minor: i64, description: &str) -> Charge {
    let amount = Money::new(minor, Currency::USD);
    Charge { date: day(number), amount, description: description.to_owned(), posted: true }
}

#[test]
fn pending_rows_with_new_ids_are_no_sign_that_a_list_came_anew() {
    let mut case = Case::new(posted(1..=9));
    let pending = |id: &str, n: u32| {
        let mut row = candidate(&format!("{id}{n}"), n, -700 - i64::from(n), "CAFE");
        row.posted = false;
        row
    };
    case.known.extend((10..=15).map(|n| known(&format!("p{n}"), n, false)));
    case.gone = (10..=15).map(|n| pending("p", n)).collect();
    case.gone.push(candidate("t9", 9, -500, "CAFE"));
    case.came_pending = (10..=15).map(|n| pending("q", n)).collect();
    case.came = vec![candidate("new9", 9, -500, "Coffee shop")];
    let mut listed = posted(1..=8);
    listed.push(known("new9", 9, true));
    listed.extend((10..=15).map(|n| known(&format!("q{n}"), n, false)));
    let verdict = case.judge(&walk(&listed, true)).unwrap();
    assert_eq!(verdict.pairs.len(), 6, "the pending ones");
    assert_eq!(verdict.struck, ["t9".into()]);
}

#[test]
fn a_row_without_an_id_excuses_one_row_and_no_more() {
    let mut rows = posted(1..=20);
    rows[3].minor = -700;
    let listed = |missing: &[usize], charge: Charge| {
        let kept = (0..rows.len()).filter(|place| !missing.contains(place));
        let mut walk = walk(&kept.map(|place| rows[place].clone()).collect::<Vec<_>>(), true);
        walk.nameless.push(charge);
        walk
    };
    let struck = |walk: &Walk| Case::new(rows.clone()).judge(walk).unwrap().struck;
    assert_eq!(struck(&listed(&[3], charge(4, -700, "CAFE"))), [], "it is that row");
    assert_eq!(struck(&listed(&[3], charge(9, -700, "CAFE"))), [], "its day may have changed");
    assert_eq!(struck(&listed(&[3], charge(4, -900, "CAFE"))), [], "or its amount");
    assert_eq!(struck(&listed(&[3], charge(9, -900, "CAFE"))), ["t4".into()], "it is another one");
    // One row can be one other row only; of several that it may be nobody knows which.
    assert_eq!(struck(&listed(&[3, 5], charge(4, -700, "CAFE"))), ["t6".into()]);
    assert_eq!(struck(&listed(&[5, 7], charge(9, -500, "CAFE"))), ["t6".into(), "t8".into()]);
}

#[test]
fn a_row_without_an_id_is_none_that_is_listed_under_another_one() {
    let mut case = Case::new(posted(1..=9));
    case.gone = (1..=9).map(|n| candidate(&format!("t{n}"), n, -500, "CAFE")).collect();
    case.came = (2..=9).map(|n| candidate(&format!("new{n}"), n, -500, "CAFE")).collect();
    let listed: Vec<KnownRow> = (2..=9).map(|n| known(&format!("new{n}"), n, true)).collect();
    case.known.extend(listed.clone());
    let mut walk = walk(&listed, true);
    walk.nameless.push(charge(1, -500, "CAFE"));
    let verdict = case.judge(&walk).unwrap();
    assert_eq!(verdict.pairs.len(), 8);
    assert_eq!(verdict.excused, ["t1".into()]);
    assert_eq!(verdict.struck, []);
}

#[test]
fn rows_that_come_back_after_their_withdrawal_are_followed_by_their_words() {
    let mut case = Case::new(posted(2..=9));
    let mut before = candidate("t1", 1, -500, "CAFE");
    before.this_walk = false;
    case.gone = vec![before];
    case.came = vec![candidate("new1", 1, -500, "CAFE")];
    let mut listed = posted(2..=9);
    listed.push(known("new1", 1, true));
    case.known.push(known("new1", 1, true));
    let verdict = case.judge(&walk(&listed, true)).unwrap();
    assert_eq!(verdict.pairs, [Pair { gone: "t1".into(), came: "new1".into(), tier: 0 }]);
    assert_eq!(verdict.reissued, 0, "no list came anew");
    // With another text it is another charge.
    case.came = vec![candidate("new1", 1, -500, "Coffee shop")];
    assert_eq!(case.judge(&walk(&listed, true)).unwrap().pairs, []);
}

#[test]
fn a_doubt_is_not_started_anew_by_a_day_that_ages_out_of_the_list() {
    let rows = posted(1..=20);
    // Of days 1 to 11 every second row is missing; two days later days 1 and 2 have aged out.
    let listed = |from: u32| -> Vec<KnownRow> {
        let there = |row: &&KnownRow| {
            let day = row.date.day();
            day >= from && (day > 11 || !day.is_multiple_of(2))
        };
        rows.iter().filter(there).cloned().collect()
    };
    let mut case = Case::new(in_reach(rows.clone(), &walk(&listed(1), true)));
    case.state = case.judge(&walk(&listed(1), true)).unwrap_err();
    case.now += TimeDelta::hours(48);
    let later = walk(&listed(3), true);
    case.known = in_reach(rows.clone(), &later);
    let verdict = case.judge(&later).unwrap();
    assert_eq!(verdict.withdrawn, ["t4", "t6", "t8", "t10"].map(Into::into));
}

#[test]
fn a_pending_that_came_and_went_between_judgements_is_nobodys_new_id() {
    let mut rows = posted(1..=3);
    rows.extend([known("old", 4, false), known("new", 4, false)]);
    let mut case = Case::new(rows.clone());
    case.gone = vec![candidate("old", 4, -500, "CAFE"), candidate("new", 4, -500, "CAFE")];
    case.came_pending = vec![candidate("new", 4, -500, "CAFE")];
    let verdict = case.judge(&walk(&rows[..3], false)).unwrap();
    assert_eq!(verdict.gone, ["old".into(), "new".into()]);
    assert_eq!(verdict.pairs, []);
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

/// A list of so many rows ends between two coffees of one day.
#[test]
fn of_two_alike_on_the_last_day_one_may_age_out_before_the_other() {
    let mut rows = posted(5..=12);
    rows.push(known("twin", 5, true));
    let mut case = Case::new(rows.clone());
    case.gone = vec![candidate("twin", 5, -500, "CAFE")];
    let mut listed = candidate("t5", 5, -500, "CAFE");
    listed.this_walk = false;
    case.came = vec![listed];
    case.state.full_at = Some(now());
    let verdict = case.judge(&walk(&rows[..8], true)).unwrap();
    assert_eq!((verdict.struck, verdict.withdrawn, verdict.pairs), (vec![], vec![], vec![]));
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
