//! Balances where the bank gives none: reckoned from what stood before the first row, or left out.

use passbook::domain::{Anchor, Scope, Sort, SortKey, StoredTransaction, TransactionQuery};
use passbook::store::Store;

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

const OPENING: i64 = 10_000;

/// Two rows a day; every seventh is pending, every eleventh withdrawn.
fn rows() -> Vec<Row> {
    (0..60_u64)
        .map(|number| {
            let date = day("2026-01-30") + chrono::Days::new(number / 2);
            let mut row = Row::new("acc_1", &format!("txn_{:02}", number * 7 % 60), date);
            row.seq = i64::try_from(number % 2).unwrap();
            row.amount = i64::try_from(number * 131 % 900).unwrap() - 450;
            row.status = if number % 7 == 6 { "pending" } else { "posted" };
            row.life = if number % 11 == 10 { "gone" } else { "live" };
            row
        })
        .collect()
}

async fn fill(at: &TestDatabase) {
    ledger::account(at, "acc_1").await;
    ledger::transactions(at, &rows()).await;
    at.run(format!(
        "insert into pb_sync_state (account_id, done, empty_seen, audit_due, opening)
         values ('acc_1', true, false, false, {OPENING})"
    ))
    .await;
}

/// By plain adding, oldest first.
fn expected(id: &str) -> Option<i64> {
    let mut balance = OPENING;
    for row in rows().into_iter().filter(|row| row.life == "live") {
        let posted = row.status == "posted";
        balance += if posted { row.amount } else { 0 };
        if row.id == id {
            return posted.then_some(balance);
        }
    }
    None
}

async fn walk(store: &Store, query: &TransactionQuery) -> Vec<StoredTransaction> {
    let mut rows: Vec<StoredTransaction> = Vec::new();
    loop {
        let anchor =
            rows.last().map_or(Anchor::Newest, |row| Anchor::Older(query.sort.position(row)));
        let query = TransactionQuery { anchor, ..query.clone() };
        let window = store.load_transactions(&query).await.unwrap();
        rows.extend(window.rows);
        if window.at_end {
            return rows;
        }
    }
}

fn computed(rows: &[StoredTransaction]) -> Vec<Option<i64>> {
    rows.iter().map(|row| row.computed_balance.map(|balance| balance.minor)).collect()
}

#[tokio::test]
async fn every_posted_row_has_its_balance_wherever_a_window_begins() {
    for test in support::stores().await {
        fill(&test.at).await;
        for (limit, reversed) in [(1, false), (7, false), (7, true), (100, false)] {
            let newest = TransactionQuery::newest(Some("acc_1".into()), limit);
            let query = TransactionQuery { sort: Sort { reversed, ..Sort::default() }, ..newest };
            let rows = walk(&test.store, &query).await;
            let right: Vec<_> =
                rows.iter().map(|row| expected(row.transaction.id.as_str())).collect();
            assert_eq!(computed(&rows), right, "{query:?}");
            assert!(rows.len() > 50 && right.iter().flatten().count() > 40);
        }
    }
}

#[tokio::test]
async fn the_banks_own_balance_stands_and_one_that_differs_ends_all_reckoning() {
    for test in support::stores().await {
        fill(&test.at).await;
        let query = TransactionQuery::newest(Some("acc_1".into()), 10);
        let rows = test.store.load_transactions(&query).await.unwrap().rows;
        let third = rows.iter().filter(|row| row.computed_balance.is_some()).nth(2).unwrap();
        let (id, right) = (&third.transaction.id, third.computed_balance.unwrap().minor);
        for (told, reckoned) in [(right, true), (right + 1, false)] {
            test.at
                .run(format!(
                    "update pb_transactions set running_balance = {told} where id = '{id}'"
                ))
                .await;
            let rows = test.store.load_transactions(&query).await.unwrap().rows;
            let row = rows.iter().find(|row| row.transaction.id == *id).unwrap();
            assert_eq!(row.transaction.running_balance.map(|it| it.minor), Some(told));
            assert_eq!(row.computed_balance, None);
            assert_eq!(computed(&rows).iter().any(Option::is_some), reckoned);
        }
    }
}

#[tokio::test]
async fn where_the_sums_cannot_be_trusted_no_balance_is_shown() {
    for test in support::stores().await {
        fill(&test.at).await;
        let query = TransactionQuery::newest(Some("acc_1".into()), 10);
        let reckoned = async || {
            let rows = test.store.load_transactions(&query).await.unwrap().rows;
            rows.iter().any(|row| row.computed_balance.is_some())
        };
        assert!(reckoned().await);
        for (doubt, trust) in [
            ("opening = null", "opening = 10000"),
            ("done = false", "done = true"),
            ("audit_due = true", "audit_due = false"),
            ("suspect_since = '2026-11-22T09:00:00+00:00'", "suspect_since = null"),
        ] {
            test.at.run(format!("update pb_sync_state set {doubt}")).await;
            assert!(!reckoned().await, "{doubt}");
            test.at.run(format!("update pb_sync_state set {trust}")).await;
            assert!(reckoned().await, "{trust}");
        }
        test.at
            .run(
                "insert into pb_days (account_id, day, currency, entries, posted, money_in, money_out)
                 values ('acc_1', '2020-01-01', 'EUR', 1, 5, 5, 0)",
            )
            .await;
        assert!(!reckoned().await, "another currency");
    }
}

#[tokio::test]
async fn rows_that_do_not_follow_each_other_have_no_balance() {
    for test in support::stores().await {
        fill(&test.at).await;
        let plain = TransactionQuery::newest(Some("acc_1".into()), 10);
        let by_amount = TransactionQuery { sort: Sort::by(SortKey::Amount), ..plain.clone() };
        let gone_too = TransactionQuery { scope: Scope::All, ..plain.clone() };
        let of_all = TransactionQuery { account: None, ..plain };
        for query in [by_amount, gone_too, of_all] {
            let rows = test.store.load_transactions(&query).await.unwrap().rows;
            assert!(rows.len() == 10 && rows.iter().all(|row| row.computed_balance.is_none()));
            assert!(rows.iter().all(|row| row.transaction.running_balance.is_none()));
        }
    }
}
