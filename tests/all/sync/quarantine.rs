//! Rows that could not be read, once somebody can.

use chrono::TimeDelta;
use passbook::demo::{Fault, Match, Times};
use passbook::domain::{AccountId, Anchor, Retried, Scope, TransactionId, TransactionQuery};
use passbook::store::Store;
use passbook::sync;
use serde_json::json;

use super::world::worlds;
use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

const GOOD: &str = r#"{"id":"txn_good","account_id":"acc_1","date":"2026-03-13","amount":"-12.40",
    "description":"CAFE","status":"posted","type":"card_payment","running_balance":"891.07",
    "details":{"processing_status":"complete"},"links":{}}"#;

async fn quarantine(at: &TestDatabase, id: &str, body: &str) {
    at.run(format!(
        "insert into pb_quarantine
            (account_id, digest, transaction_id, reason, body, first_seen_at, last_seen_at)
         values ('acc_1', 'digest of {id}', '{id}', 'amount: not a number', '{body}',
            '2026-03-14T06:00:00+00:00', '2026-03-15T06:00:00+00:00')"
    ))
    .await;
}

#[tokio::test]
async fn a_row_that_reads_well_now_is_stored_and_the_others_stay() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        quarantine(&test.at, "txn_good", GOOD).await;
        quarantine(&test.at, "txn_bad", r#"{"id":"txn_bad","amount":[]}"#).await;
        let rows = test.store.load_quarantine(10).await.unwrap();
        let ids: Vec<_> = rows
            .iter()
            .filter_map(|row| row.transaction_id.as_ref().map(TransactionId::as_str))
            .collect();
        assert_eq!(ids, ["txn_bad", "txn_good"]);
        assert_eq!((rows[1].raw.as_str(), rows[1].reason.as_str()), (GOOD, "amount: not a number"));

        let retried = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(retried, Retried { read: 1, unreadable: 1, ..Retried::default() });
        let account: AccountId = "acc_1".into();
        let query = TransactionQuery {
            anchor: Anchor::Newest,
            ..TransactionQuery::newest(Some(account.clone()), 10)
        };
        let window = test.store.load_transactions(&query).await.unwrap();
        let amounts: Vec<i64> =
            window.rows.iter().map(|row| row.transaction.amount.minor).collect();
        assert_eq!(amounts, [-1240]);
        assert_eq!(test.store.load_posted_sum(&account).await.unwrap(), -1240);
        let left = test.store.load_quarantine(10).await.unwrap();
        assert_eq!(left.len(), 1);

        let again = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(again, Retried { unreadable: 1, ..Retried::default() });
    }
}

/// A stored row, and an unreadable body of it that reads well now but says another amount.
async fn stored(at: &TestDatabase, life: &'static str, received_at: &str, gone_at: &str) {
    ledger::account(at, "acc_1").await;
    let row = Row { life, ..Row::new("acc_1", "txn_good", day("2026-03-13")) };
    ledger::transactions(at, &[row]).await;
    at.run(format!(
        "update pb_transactions set gone_at = {gone_at};
         insert into pb_raw_replies (account_id, kind, id, body, received_at)
         values ('acc_1', 'transaction', 'txn_good', '{{}}', '{received_at}')"
    ))
    .await;
    quarantine(at, "txn_good", GOOD).await;
}

async fn amounts(store: &Store, gone: bool) -> Vec<i64> {
    let scope = if gone { Scope::All } else { Scope::Live };
    let query = TransactionQuery { scope, ..TransactionQuery::newest(Some("acc_1".into()), 10) };
    let window = store.load_transactions(&query).await.unwrap();
    window.rows.iter().map(|row| row.transaction.amount.minor).collect()
}

#[tokio::test]
async fn a_row_stored_since_is_not_replaced_by_an_older_body() {
    // The body was last listed on March 15 at 6.
    for (received_at, read) in [
        ("2026-03-14T06:00:00+00:00", true),
        ("2026-03-15T06:00:00+00:00", false),
        ("2026-03-16T06:00:00+00:00", false),
    ] {
        for test in support::stores().await {
            stored(&test.at, "live", received_at, "null").await;
            let retried = sync::retry_quarantine(&test.store).await.unwrap();
            let (read, amount) = if read { (1, -1240) } else { (0, 100) };
            let expected = Retried { read, overtaken: 1 - read, ..Retried::default() };
            assert_eq!(retried, expected, "{received_at}");
            assert_eq!(amounts(&test.store, false).await, [amount], "{received_at}");
            assert!(test.store.load_quarantine(10).await.unwrap().is_empty(), "either way");
        }
    }
}

#[tokio::test]
async fn a_row_withdrawn_since_does_not_come_back() {
    for test in support::stores().await {
        let received_at = "2026-03-13T06:00:00+00:00";
        stored(&test.at, "gone", received_at, "'2026-03-16T06:00:00+00:00'").await;
        let retried = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(retried, Retried { overtaken: 1, ..Retried::default() });
        assert_eq!(amounts(&test.store, false).await, [0; 0]);
        assert_eq!(amounts(&test.store, true).await, [100]);
    }
}

#[tokio::test]
async fn a_row_listed_well_again_leaves_quarantine_though_nothing_is_written() {
    for world in worlds().await {
        world.sync().await;
        let everyday = world.bank.account_ids()[0].clone();
        let fault = Fault::Replace { pointer: "/3/amount".to_owned(), value: json!("1e5") };
        let which = Match::transactions().account(&everyday).without("from_id");
        world.bank.faults().add(which, fault, Times::Always);
        world.later(TimeDelta::seconds(2));
        world.sync().await;
        let waiting = || world.count("pb_quarantine where resolved_at is null");
        assert_eq!(waiting().await, "1");
        world.bank.faults().clear();
        world.later(TimeDelta::seconds(2));
        world.sync().await;
        assert_eq!(waiting().await, "0");
    }
}

#[tokio::test]
async fn a_row_that_still_cannot_be_read_stays_aside_whatever_else_is_written() {
    for test in support::stores().await {
        stored(&test.at, "live", "2026-03-13T06:00:00+00:00", "null").await;
        quarantine(&test.at, "txn_new", &GOOD.replace("txn_good", "txn_new")).await;
        test.at.run("update pb_quarantine set body = '{}' where transaction_id = 'txn_good'").await;
        let retried = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(retried, Retried { read: 1, unreadable: 1, ..Retried::default() });
        assert_eq!(test.store.load_quarantine(10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn rows_of_a_bank_that_is_being_synced_are_left_alone() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        quarantine(&test.at, "txn_good", GOOD).await;
        let lease = test.store.take_lease("enr_1", "run_1").await.unwrap().unwrap();
        let retried = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(retried, Retried { busy: 1, ..Retried::default() });
        test.store.release_lease(&lease).await.unwrap();
        assert_eq!(sync::retry_quarantine(&test.store).await.unwrap().read, 1);
    }
}
