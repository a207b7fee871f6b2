//! Rows that could not be read, once somebody can.

use passbook::domain::{AccountId, Anchor, Retried, TransactionId, TransactionQuery};
use passbook::sync;

use crate::support::{self, TestDatabase, ledger};

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
        assert_eq!(retried, Retried { read: 1, unreadable: 1, busy: 0 });
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
        assert_eq!(again, Retried { read: 0, unreadable: 1, busy: 0 });
    }
}

#[tokio::test]
async fn rows_of_a_bank_that_is_being_synced_are_left_alone() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        quarantine(&test.at, "txn_good", GOOD).await;
        let lease = test.store.take_lease("enr_1", "run_1").await.unwrap().unwrap();
        let retried = sync::retry_quarantine(&test.store).await.unwrap();
        assert_eq!(retried, Retried { read: 0, unreadable: 0, busy: 1 });
        test.store.release_lease(&lease).await.unwrap();
        assert_eq!(sync::retry_quarantine(&test.store).await.unwrap().read, 1);
    }
}
