use super::super::fact::Fact;
use super::super::fact::sample::{day, fact};
use super::super::recurring::find_series;
use super::*;
use crate::domain::Currency;

/// From June 3 on, the last one on Oct 3.
fn series(merchant: &str, first: u64, amounts: [i64; 5]) -> Vec<Fact> {
    let row = |(month, minor): (usize, i64)| Fact {
        merchant: merchant.to_owned(),
        date: day(first) + chrono::Months::new(u32::try_from(month).unwrap()),
        ..fact("checking", &format!("{merchant}{month}"), 0, minor)
    };
    amounts.into_iter().enumerate().map(row).collect()
}

fn due(today: NaiveDate) -> Vec<Due> {
    let mut facts = series("RENT", 0, [-90_000; 5]);
    facts.extend(series("PAY", 14, [200_000; 5]));
    facts.extend(series("POWER", 9, [-8_000, -7_000, -9_500, -8_200, -7_900]));
    upcoming(&find_series(&facts, today), today, 30)
}

fn told(due: &[Due]) -> Vec<String> {
    let one = |due: &Due| format!("{} {} {}", due.date.format("%m-%d"), due.merchant, due.amount);
    due.iter().map(one).collect()
}

#[test]
fn the_next_days_hold_what_is_due_in_them() {
    assert_eq!(
        told(&due(day(140))),
        ["11-01 RENT -900.00", "11-10 POWER -80.00", "11-15 PAY 2000.00"]
    );
}

#[test]
fn the_look_ahead_counts_the_worse_end_of_each() {
    let account = "checking".into();
    let balance = Money::new(100_000, Currency::USD);
    let ahead = look_ahead(&account, balance, &due(day(140)), day(140), 30);
    assert_eq!((ahead.lowest.minor, ahead.end.minor, ahead.items), (500, 200_500, 3));
    assert_eq!(ahead.lowest_on.to_string(), "2026-11-10");
    let other = look_ahead(&"savings".into(), balance, &due(day(140)), day(140), 30);
    assert_eq!((other.end.minor, other.items), (100_000, 0));
}

#[test]
fn pay_that_is_late_is_shown_but_not_counted_on() {
    // Oct 15 has gone by for ten days without it.
    let mut facts = series("PAY", 14, [200_000; 5]);
    facts.pop();
    let today = day(146);
    let due = upcoming(&find_series(&facts, today), today, 10);
    assert_eq!((due.len(), due[0].late), (1, true));
    let balance = Money::new(1_000, Currency::USD);
    assert_eq!(look_ahead(&"checking".into(), balance, &due, today, 10).items, 0);
}
