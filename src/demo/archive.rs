//! Any number of older rows, for whoever needs an account of a hundred thousand.

use chrono::{Days, NaiveDate};

use super::book::Row;
use super::counterparties::{GROCERS, OWN_TRANSFER};
use super::event::Meaning;
use super::random::Random;
use crate::domain::Status;

/// Every so many rows one brings back what the others took: the balance stays where it was.
const CYCLE: usize = 12;
/// All fit into this many days before the first one.
const DAYS: usize = 7_300;

/// Posted rows of a depository account, oldest first, the newest on the day before `first_day`.
pub fn older_rows(seed: u64, first_day: NaiveDate, count: usize) -> Vec<Row> {
    let per_day = (count / DAYS + 1).max(25);
    let mut spent = 0;
    let mut rows = Vec::with_capacity(count);
    for index in 0..count {
        let age = (count - 1 - index) / per_day;
        let date = first_day - Days::new(1 + u64::try_from(age).expect("a number of days"));
        let number = u32::try_from(index).expect("fewer rows than u32 counts");
        let mut random = Random::of(seed, "archive", number.into());
        let id = format!("txn_{}", random.word(21));
        let pays_back = index % CYCLE == CYCLE - 1;
        let amount = if pays_back { spent } else { -random.skewed(300, 9_000) };
        spent = if pays_back { 0 } else { spent - amount };
        let counterparty = if pays_back { &OWN_TRANSFER } else { random.pick(&GROCERS) };
        rows.push(Row {
            id,
            date,
            order: (date, number),
            amount,
            description: counterparty.text.to_owned(),
            status: Status::Posted,
            kind: counterparty.kind,
            running_balance: None,
            enriched: true,
            category: counterparty.category,
            party: counterparty.party(),
            meaning: Meaning::default(),
        });
    }
    rows
}
