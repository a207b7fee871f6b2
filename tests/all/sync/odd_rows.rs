//! Rows as no documentation promises them, through a whole sync: each costs itself at most.

use chrono::{Days, NaiveDate, TimeDelta};
use passbook::demo::{Edit, Fault, Match, NewRow, Times};
use passbook::domain::{AccountId, Outcome, Status};
use serde_json::Value;

use super::world::{World, result, worlds};

/// A member, what stands there instead, as the bank's bytes, and whether the row can still be read.
fn oddities() -> Vec<(&'static str, String, bool)> {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let of = |pointer, raw: &str, read| (pointer, raw.to_owned(), read);
    vec![
        of("description", r#""half \ud800 a character""#, false),
        of("description", r#""a\u0000b""#, true),
        of("description", "7", false),
        of("description", r#""one","description":"two""#, false),
        of("description", r#""seen","description_of_nobody":{"a":[null]}"#, true),
        of("description", "null", true),
        of("links", &deep, true),
        of("details", &deep, false),
        of("status", r#""held""#, true),
        of("status", "true", false),
        of("type", r#""zelle""#, true),
        of("type", "null", true),
        of("amount", "-12.34", true),
        of("amount", r#""1e5""#, false),
        of("amount", "1e5", false),
        of("amount", r#""NaN""#, false),
        of("amount", r#""1.005""#, false),
        of("amount", r#""99999999999999999999""#, false),
        of("amount", r#""-0.00""#, true),
        of("amount", "null", false),
        of("date", r#""2026-02-30""#, false),
        of("date", "20261113", false),
        of("account_id", r#""acc_of_somebody_else""#, false),
        of("running_balance", r#""12.345""#, false),
        of("running_balance", "null", true),
    ]
}

/// Puts the oddities into the rows from this index on, on every first page.
fn spoil(world: &World, account: &AccountId, first: usize) {
    let faults = world.bank.faults();
    let mark = |index: usize| format!("ODD {index}.");
    let add = |fault| {
        let first_page = Match::transactions().account(account).without("from_id");
        faults.add(first_page, fault, Times::Always);
    };
    for (index, (member, ..)) in (first..).zip(oddities()) {
        let pointer = format!("/{index}/{member}");
        add(Fault::Replace { pointer, value: Value::from(mark(index)) });
    }
    for (index, (_, to, _)) in (first..).zip(oddities()) {
        add(Fault::Rewrite { from: format!("\"{}\"", mark(index)), to });
    }
}

#[tokio::test]
async fn an_odd_row_costs_itself_at_most() {
    const FIRST: usize = 4;
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        let truth = world.bank.truth(&everyday);
        spoil(&world, &everyday, FIRST);
        let report = world.sync().await;
        let account = result(&report, &everyday);
        let aside = oddities().iter().filter(|(_, _, read)| !read).count();
        assert_eq!(account.quarantined, i64::try_from(aside).unwrap(), "{account:?}");
        let rows = world.stored(&everyday, false).await;
        assert_eq!(rows.len(), truth.len() - aside);
        for (index, (member, raw, read)) in (FIRST..).zip(oddities()) {
            let kept = rows.iter().any(|row| row.transaction.id == truth[index].id);
            assert_eq!(kept, read, "{member}: {raw:.40}");
        }
        let waiting = world.count("pb_quarantine where resolved_at is null").await;
        assert_eq!(waiting, aside.to_string(), "each is kept as it came");

        world.bank.faults().clear();
        world.later(TimeDelta::seconds(2));
        world.sync().await;
        world.assert_agrees().await;
        assert_eq!(world.count("pb_quarantine where resolved_at is null").await, "0");
    }
}

#[tokio::test]
async fn an_id_twice_in_a_page_is_one_row() {
    for world in worlds().await {
        for index in [0, 3, 7] {
            world.bank.faults().add(Match::transactions(), Fault::Repeat(index), Times::Always);
        }
        for _ in 0..2 {
            assert_eq!(world.sync().await.run.outcome, Outcome::Ok);
            world.assert_agrees().await;
        }
    }
}

fn row(id: &str, date: NaiveDate, status: Status) -> NewRow {
    let description = "SOMEWHERE ELSE".to_owned();
    NewRow { id: id.into(), date, amount: -1234, description, status }
}

#[tokio::test]
async fn an_id_on_two_accounts_is_two_rows() {
    for world in worlds().await {
        let accounts = world.bank.account_ids();
        for account in [&accounts[0], &accounts[1], &accounts[3]] {
            let new = row("txn_same", world.bank.today() - Days::new(1), Status::Posted);
            world.bank.edit(account, Edit::Insert(new));
        }
        world.sync().await;
        world.assert_agrees().await;
        assert_eq!(world.count("pb_transactions where id = 'txn_same'").await, "3");
        world.bank.edit(&accounts[1], Edit::Withdraw("txn_same".into()));
        for _ in 0..3 {
            world.sync().await;
        }
        world.assert_agrees().await;
        let live = "pb_transactions where id = 'txn_same' and life = 'live'";
        assert_eq!(world.count(live).await, "2");
    }
}

#[tokio::test]
async fn dates_far_away_are_rows_and_do_not_move_the_window() {
    for world in worlds().await {
        let everyday = world.bank.account_ids()[0].clone();
        for (index, date) in [(4, "2099-12-31"), (5, "1970-01-01")] {
            let pointer = format!("/{index}/date");
            let fault = Fault::Replace { pointer, value: Value::from(date) };
            let which = Match::transactions().account(&everyday).without("from_id");
            world.bank.faults().add(which, fault, Times::Always);
        }
        for _ in 0..2 {
            let report = world.sync().await;
            assert_eq!(result(&report, &everyday).outcome, Outcome::Ok, "{report:#?}");
            let rows = world.stored(&everyday, false).await;
            assert_eq!(rows.len(), world.bank.truth(&everyday).len());
            assert_eq!(rows[0].transaction.date.to_string(), "2099-12-31");
            assert_eq!(rows[rows.len() - 1].transaction.date.to_string(), "1970-01-01");
            let head = format!(
                "select cast(head as text) from pb_sync_state where account_id = '{everyday}'"
            );
            let head = world.test.at.ask(head).await.remove(0);
            assert!(head <= (world.bank.today() + Days::new(7)).to_string(), "{head}");
        }
        world.bank.faults().clear();
        world.advance(1);
        for _ in 0..2 {
            world.full_sync().await;
        }
        world.assert_agrees().await;
    }
}

/// The second bank's accounts in this currency.
fn speak(world: &World, currency: &str) {
    let rewrite = |from: &str, to: String| Fault::Rewrite { from: from.to_owned(), to };
    let accounts = Match::path("/accounts").token(1);
    let to = format!(r#""currency":"{currency}""#);
    world.bank.faults().add(accounts, rewrite(r#""currency":"USD""#, to), Times::Always);
}

#[tokio::test]
async fn amounts_are_exact_in_every_currency_or_put_aside() {
    for (currency, shown) in [("JPY", None), ("KWD", Some("0")), ("XQZ", Some(""))] {
        for world in worlds().await {
            speak(&world, currency);
            let report = world.sync().await;
            let joint = world.bank.account_ids()[3].clone();
            let truth = world.bank.truth(&joint);
            let stored = world.stored(&joint, false).await;
            let outcome = &result(&report, &joint).outcome;
            let Some(zeros) = shown else {
                // Cents that a yen does not have are never rounded away.
                let whole = truth.iter().filter(|row| row.amount.ends_with(".00")).count();
                assert!(whole < truth.len());
                assert!(stored.len() <= whole, "{outcome:?}");
                continue;
            };
            let amount = |id: &str| {
                let row = stored.iter().find(|row| row.transaction.id.as_str() == id).unwrap();
                row.transaction.amount
            };
            assert_eq!(stored.len(), truth.len(), "{currency}: {report:#?}");
            for row in &truth {
                let amount = amount(row.id.as_str());
                assert_eq!(amount.to_string(), format!("{}{zeros}", row.amount), "{currency}");
                assert_eq!(amount.currency.code(), currency);
            }
            let month = world.store().load_overview(world.bank.today(), 90).await.unwrap().month;
            assert_eq!(month.len(), 2, "currencies are never added: {month:?}");
        }
    }
}
