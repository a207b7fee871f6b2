use proptest::prelude::*;

use super::super::cadence::Cadence;
use super::super::fact::sample::fact;
use super::super::series::{SeriesState, Sum};
use super::*;
use crate::domain::Money;

fn on(date: &str) -> NaiveDate {
    date.parse().unwrap()
}

fn today() -> NaiveDate {
    on("2026-11-22")
}

/// One row a date, of one merchant.
fn rows(merchant: &str, dated: &[(&str, i64)]) -> Vec<Fact> {
    let row = |&(date, minor): &(&str, i64)| Fact {
        date: on(date),
        merchant: merchant.to_owned(),
        ..fact("checking", &format!("{merchant} {date} {minor}"), 0, minor)
    };
    dated.iter().map(row).collect()
}

fn only(facts: &[Fact]) -> Series {
    let mut found = find_series(facts, today());
    assert_eq!(found.len(), 1, "{found:#?}");
    found.remove(0)
}

const NETFLIX: [(&str, i64); 6] = [
    ("2026-06-18", -1_549),
    ("2026-07-18", -1_549),
    ("2026-08-18", -1_549),
    ("2026-09-18", -1_799),
    ("2026-10-18", -1_799),
    ("2026-11-18", -1_799),
];

#[test]
fn a_subscription_has_a_price_and_its_history() {
    let series = only(&rows("NETFLIX", &NETFLIX));
    assert_eq!(series.cadence, Cadence::Monthly);
    assert_eq!(series.sum, Sum::Fixed(Money::new(-1_799, Currency::USD)));
    assert_eq!(series.next, on("2026-12-18"));
    let (before, now) = series.last_change().unwrap();
    assert_eq!((before.amount.minor, now.amount.minor), (-1_549, -1_799));
    assert_eq!(now.since, on("2026-09-18"));
    assert_eq!(series.monthly().minor, -1_799);
}

#[test]
fn a_refund_does_not_disturb_a_series() {
    let mut facts = rows("NETFLIX", &NETFLIX);
    facts.extend(rows("NETFLIX", &[("2026-08-25", 1_549)]));
    assert_eq!(only(&facts).rows.len(), 6);
}

#[test]
fn a_pending_row_is_the_latest_but_sets_no_price() {
    let mut facts = rows("NETFLIX", &NETFLIX);
    facts[5].pending = true;
    facts[5].amount.minor = -100;
    let series = only(&facts);
    assert_eq!(series.last, on("2026-11-18"));
    assert_eq!(series.sum.usual().minor, -1_799);
}

#[test]
fn a_charge_made_twice_is_left_out() {
    let mut facts = rows("NETFLIX", &NETFLIX);
    facts.extend(rows("NETFLIX", &[("2026-10-19", -1_799)]));
    let series = only(&facts);
    assert_eq!((series.rows.len(), series.next), (6, on("2026-12-18")));
}

#[test]
fn a_subscription_among_purchases_is_found_by_its_amount() {
    let mut facts = rows("PARCELWOOD", &NETFLIX);
    let purchases = [
        ("2026-06-03", -4_210),
        ("2026-06-29", -899),
        ("2026-07-05", -12_050),
        ("2026-08-21", -6_400),
        ("2026-09-02", -2_315),
        ("2026-09-05", -7_790),
        ("2026-11-02", -3_120),
    ];
    let fixed: Vec<(&str, i64)> = NETFLIX.iter().map(|(date, _)| (*date, -1_499)).collect();
    facts.clear();
    facts.extend(rows("PARCELWOOD", &fixed));
    facts.extend(rows("PARCELWOOD", &purchases));
    let series = only(&facts);
    assert_eq!((series.rows.len(), series.sum.usual().minor), (6, -1_499));
}

#[test]
fn two_series_of_one_merchant_are_two() {
    let mut facts = rows("LUMEN", &NETFLIX);
    let phone: Vec<(String, i64)> =
        (5..=11).map(|month| (format!("2026-{month:02}-03"), -4_500)).collect();
    let phone: Vec<(&str, i64)> = phone.iter().map(|(date, minor)| (&**date, *minor)).collect();
    facts.extend(rows("LUMEN", &phone));
    let found = find_series(&facts, today());
    let mut sums: Vec<i64> = found.iter().map(|one| one.sum.usual().minor).collect();
    sums.sort_unstable();
    assert_eq!(sums, [-4_500, -1_799]);
}

#[test]
fn a_series_that_stopped_is_late_and_then_ended() {
    let facts = rows("NETFLIX", &NETFLIX[..5]);
    for (day, state) in [
        ("2026-11-10", SeriesState::Running),
        ("2026-11-23", SeriesState::Running),
        ("2026-12-01", SeriesState::Late),
        ("2027-01-10", SeriesState::Ended),
    ] {
        assert_eq!(find_series(&facts, on(day))[0].state, state, "on {day}");
    }
}

#[test]
fn a_missed_month_does_not_end_it() {
    let mut facts = rows("NETFLIX", &NETFLIX);
    facts.remove(2);
    let series = only(&facts);
    assert_eq!((series.rows.len(), series.state), (5, SeriesState::Running));
    assert!(series.why.iter().any(|why| why.contains("1 time")));
}

#[test]
fn what_varies_has_a_usual_amount_and_a_range() {
    let bills: Vec<(&str, i64)> = NETFLIX
        .iter()
        .zip([-9_000, -8_100, -7_700, -8_900, -11_000, -12_000])
        .map(|((date, _), minor)| (*date, minor))
        .collect();
    let Sum::Varies { usual, from, to } = only(&rows("CITY POWER", &bills)).sum else {
        panic!("fixed");
    };
    assert_eq!((from.minor, usual.minor, to.minor), (-12_000, -8_900, -7_700));
}

#[test]
fn a_series_goes_on_where_the_card_is_changed() {
    let mut facts = rows("NETFLIX", &NETFLIX);
    for fact in &mut facts[3..] {
        fact.key.account_id = "card".into();
    }
    let series = only(&facts);
    assert_eq!((series.rows.len(), series.account.as_str()), (6, "card"));
}

#[test]
fn shopping_is_no_series() {
    let visits = [
        ("2026-06-03", -4_210),
        ("2026-06-19", -899),
        ("2026-07-25", -1_050),
        ("2026-08-21", -6_400),
        ("2026-08-24", -2_315),
        ("2026-10-05", -7_790),
        ("2026-11-02", -3_120),
    ];
    assert!(find_series(&rows("HILLTOP BOOKS", &visits), today()).is_empty());
}

fn any_rows() -> impl Strategy<Value = Vec<Fact>> {
    let row = (0..2_usize, 0..2_usize, 0..400_u64, -3..3_i64);
    prop::collection::vec(row, 0..40).prop_map(|rows| {
        let row = |(index, (account, merchant, day, size)): (usize, (usize, usize, u64, i64))| {
            let account = ["checking", "card"][account];
            let merchant = ["ROWAN", "NETFLIX"][merchant].to_owned();
            Fact { merchant, ..fact(account, &index.to_string(), day, size * 500) }
        };
        rows.into_iter().enumerate().map(row).collect()
    })
}

proptest! {
    #[test]
    fn no_row_is_in_two_series_and_all_of_one_are_alike(facts in any_rows()) {
        let found = find_series(&facts, today());
        let mut keys: Vec<&TransactionKey> = found.iter().flat_map(|one| &one.rows).collect();
        keys.sort();
        prop_assert!(keys.windows(2).all(|two| two[0] != two[1]));
        for one in &found {
            let of = |key: &TransactionKey| facts.iter().find(|fact| fact.key == *key).unwrap();
            prop_assert!(one.rows.iter().all(|key| of(key).merchant == one.merchant));
            prop_assert!(one.rows.iter().all(|key| of(key).is_out() == one.is_out()));
            prop_assert!(one.next > one.last);
        }
        let mut ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        ids.sort_unstable();
        prop_assert!(ids.windows(2).all(|two| two[0] != two[1]));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        (facts, shuffled) in any_rows().prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        })
    ) {
        prop_assert_eq!(find_series(&facts, today()), find_series(&shuffled, today()));
    }
}
