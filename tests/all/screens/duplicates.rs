//! Pictures of rows that look alike.

use std::collections::BTreeSet;

use passbook::app::{App, Effect, Event};
use passbook::domain::insight::{Fact, Patterns};

use super::sample::{Sample, household};
use super::{app, check};

/// Two rows of the household charged twice, one of them in another account.
fn doubled() -> Sample {
    let mut sample = household();
    let mut twin = sample.rows[2].clone();
    twin.transaction.id = "txn_twin".into();
    twin.transaction.date = twin.transaction.date.succ_opt().unwrap();
    twin.transaction.description.push_str(" 2");
    sample.rows.push(twin);
    let mut other = sample.rows[5].clone();
    other.transaction.id = "txn_other".into();
    other.transaction.account_id = sample.overview.accounts[2].account.id.clone();
    sample.rows.push(other);
    let places = [2, 5, sample.rows.len() - 2, sample.rows.len() - 1];
    let fact = |place: usize| {
        let row = &sample.rows[place];
        Fact {
            key: row.key(),
            date: row.transaction.date,
            amount: row.transaction.amount,
            merchant: row.shown.merchant.clone(),
            text: String::new(),
            kind: "card_payment".to_owned(),
            category: None,
            pending: false,
            twin: None,
        }
    };
    let facts: Vec<Fact> = places.into_iter().map(fact).collect();
    let today = "2026-11-22".parse().unwrap();
    sample.patterns = Patterns::find(&facts, &BTreeSet::new(), today);
    assert_eq!(sample.patterns.duplicates.len(), 2);
    sample
}

fn opened(size: (u16, u16)) -> App {
    let sample = doubled();
    let mut app = app(&sample, size, "d j");
    let effects = app.update(Event::Key(crossterm::event::KeyCode::Enter.into()));
    let [Effect::LoadPicked { query, .. }] = &effects[..] else { panic!("{effects:?}") };
    let rows = sample.window(query).rows;
    app.update(Event::PickedLoaded { query: query.clone(), rows });
    app
}

#[test]
fn rows_that_look_alike() {
    check("duplicates", |size| app(&doubled(), size, "d"));
    check("duplicates_masked", |size| app(&doubled(), size, "p d"));
    check("duplicates_none", |size| app(&household(), size, "d"));
}

#[test]
fn the_rows_of_a_group_side_by_side() {
    check("duplicates_opened", opened);
}
