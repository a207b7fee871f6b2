//! Right answers through a transaction pooler that knows nothing of prepared statements.

use std::sync::Arc;

use chrono::Days;
use passbook::domain::{AccountId, Anchor, TransactionQuery};
use passbook::store::{Store, StoreOptions};
use tokio::task::JoinSet;

use crate::support::{
    self,
    ledger::{self, Row, day},
    pgbouncer,
};

/// Or the stories that are told once more through a pooler would prove nothing.
#[tokio::test]
async fn a_database_of_a_story_is_behind_a_pooler_where_that_is_asked_for() {
    let Some(at) = support::postgres().await else { return };
    let test = at.open().await;
    let facts = test.store.load_server_facts().await.unwrap();
    assert!(facts.pooler || !pgbouncer::is_before_all(), "{facts:?}");
}

#[tokio::test]
async fn two_questions_of_one_shape_never_get_each_others_answers() {
    let Some(pooled) = pgbouncer::start().await else { return };
    // Migrates through the pooler too.
    let open = || Store::open(StoreOptions::new(pooled.database.clone()));
    let store = open().await.unwrap();
    for account in ["acc_0", "acc_1"] {
        ledger::account(&pooled.at, account).await;
    }
    let rows: Vec<Row> = (0..400)
        .map(|number| {
            let date = day("2026-01-01") + Days::new(number / 4);
            Row::new(&format!("acc_{}", number % 2), &format!("txn_{number:03}"), date)
        })
        .collect();
    ledger::transactions(&pooled.at, &rows).await;

    // More connections than the pooler has servers for.
    let mut stores = vec![store];
    for _ in 0..3 {
        stores.push(open().await.unwrap());
    }
    let stores = Arc::new(stores);
    let mut tasks = JoinSet::new();
    for task in 0..16_usize {
        let stores = Arc::clone(&stores);
        tasks.spawn(async move {
            for turn in 0..40 {
                let number = task + turn;
                ask(&stores[number % stores.len()], number).await;
            }
        });
    }
    tasks.join_all().await;
    for store in stores.iter() {
        store.close().await;
    }
}

#[tokio::test]
async fn a_crowd_of_first_launches_sees_the_pooler_each() {
    let Some(pooled) = pgbouncer::start().await else { return };
    let mut launches = JoinSet::new();
    for number in 0..12 {
        let options = StoreOptions::new(pooled.database.clone());
        launches.spawn(async move {
            let store = Store::open(options).await.unwrap();
            let name = format!("launch {number}");
            store.save_setting(&name, &name).await.unwrap();
            assert_eq!(store.load_setting(&name).await.unwrap(), Some(name));
            store.close().await;
        });
    }
    launches.join_all().await;
}

/// The texts differ in one word, their shape does not: newest or oldest rows, pending or posted.
async fn ask(store: &Store, number: usize) {
    let account = AccountId(format!("acc_{}", number % 2));
    let mut query = TransactionQuery::newest(Some(account.clone()), 3);
    let newest = number.is_multiple_of(3);
    query.anchor = if newest { Anchor::Newest } else { Anchor::Oldest };
    let window = store.load_transactions(&query).await.unwrap();
    let ids: Vec<&str> = window.rows.iter().map(|row| row.transaction.id.as_str()).collect();
    let right = match (newest, number % 2) {
        (true, 0) => ["txn_398", "txn_396", "txn_394"],
        (true, _) => ["txn_399", "txn_397", "txn_395"],
        (false, 0) => ["txn_004", "txn_002", "txn_000"],
        (false, _) => ["txn_005", "txn_003", "txn_001"],
    };
    assert_eq!(ids, right);
    if number.is_multiple_of(5) {
        let name = format!("setting {number}");
        store.save_setting(&name, &name).await.unwrap();
        assert_eq!(store.load_setting(&name).await.unwrap(), Some(name));
        assert_eq!(store.count_transactions(&query).await.unwrap(), 200);
    }
}
