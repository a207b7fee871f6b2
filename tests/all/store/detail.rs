//! One transaction with everything that is kept about it.

use passbook::domain::{Life, TransactionKey};

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

fn key(id: &str) -> TransactionKey {
    TransactionKey { account_id: "acc_1".into(), id: id.into() }
}

/// A pending row that became a posted one under a new id, with others of the same counterparty.
async fn fill(at: &TestDatabase) {
    ledger::account(at, "acc_1").await;
    ledger::account(at, "acc_2").await;
    let counterparty = Some("ROWAN MARKET".to_owned());
    let mut pending = Row::new("acc_1", "txn_old", day("2026-11-18"));
    pending.status = "pending";
    pending.life = "replaced";
    pending.amount = -8_600;
    pending.replaced_by = Some("txn_new".to_owned());
    let mut posted = Row::new("acc_1", "txn_new", day("2026-11-20"));
    posted.amount = -8_646;
    posted.counterparty = counterparty.clone();
    let mut rows = vec![pending, posted, Row::new("acc_1", "txn_plain", day("2026-11-19"))];
    for month in 1..=12 {
        let id = format!("txn_m{month:02}");
        let mut row = Row::new("acc_2", &id, day(&format!("2025-{month:02}-28")));
        row.amount = -100 * month;
        row.counterparty.clone_from(&counterparty);
        rows.push(row);
    }
    ledger::transactions(at, &rows).await;
    at.run(
        "insert into pb_transaction_changes (id, account_id, transaction_id, changed_at, run_id,
            field, old_value, new_value)
         values ('1', 'acc_1', 'txn_old', '2026-11-19T06:10:00+00:00', 'run_1', 'amount',
                '-85.00', '-86.00'),
            ('2', 'acc_1', 'txn_new', '2026-11-20T06:10:00+00:00', 'run_2', 'id', 'txn_old',
                'txn_new');
         insert into pb_annotations (account_id, transaction_id, note, edited_at)
         values ('acc_1', 'txn_new', 'half is for Sam', '2026-11-20T07:00:00+00:00');
         insert into pb_tags (account_id, transaction_id, tag, edited_at)
         values ('acc_1', 'txn_new', 'shared', '2026-11-20T07:00:00+00:00'),
            ('acc_1', 'txn_new', 'food', '2026-11-20T07:00:00+00:00');
         insert into pb_raw_replies (account_id, kind, id, body, received_at)
         values ('acc_1', 'transaction', 'txn_new', '{\"id\": \"txn_new\"}',
            '2026-11-20T06:10:00+00:00')",
    )
    .await;
}

#[tokio::test]
async fn its_changes_begin_with_what_was_first_seen_of_the_row_it_replaced() {
    for test in support::stores().await {
        fill(&test.at).await;
        let detail = test.store.load_detail(&key("txn_new")).await.unwrap().unwrap();
        let told: Vec<(&str, Option<&str>, Option<&str>)> = detail
            .changes
            .iter()
            .map(|c| (c.field.as_str(), c.old.as_deref(), c.new.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("first_seen", None, Some("pending -85.00")),
                ("amount", Some("-85.00"), Some("-86.00")),
                ("id", Some("txn_old"), Some("txn_new")),
            ]
        );
        assert_eq!(detail.changes[0].changed_at.to_rfc3339(), "2026-11-18T12:00:00+00:00");

        let old = test.store.load_detail(&key("txn_old")).await.unwrap().unwrap();
        assert_eq!(detail.predecessor, Some("txn_old".into()));
        assert_eq!((old.changes.len(), old.predecessor), (2, None));
        assert_eq!(old.stored.life, Life::Replaced);
        assert_eq!(old.stored.replaced_by, Some("txn_new".into()));
    }
}

#[tokio::test]
async fn it_carries_the_users_words_and_the_banks_bytes() {
    for test in support::stores().await {
        fill(&test.at).await;
        let detail = test.store.load_detail(&key("txn_new")).await.unwrap().unwrap();
        assert_eq!(detail.annotation.note.as_deref(), Some("half is for Sam"));
        assert_eq!(detail.annotation.tags, ["food", "shared"]);
        assert_eq!(detail.raw.as_deref(), Some("{\"id\": \"txn_new\"}"));

        let plain = test.store.load_detail(&key("txn_plain")).await.unwrap().unwrap();
        assert_eq!(plain.raw, None);
        assert_eq!(plain.changes.len(), 1, "first seen, nothing since");
        assert_eq!(plain.changes[0].new.as_deref(), Some("posted 1.00"));
        assert!(plain.alike.is_empty() && plain.alike_months.is_empty());
        assert!(test.store.load_detail(&key("txn_none")).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn it_knows_its_like_in_all_accounts() {
    for test in support::stores().await {
        fill(&test.at).await;
        let detail = test.store.load_detail(&key("txn_new")).await.unwrap().unwrap();
        let alike: Vec<&str> = detail.alike.iter().map(|row| row.transaction.id.as_str()).collect();
        assert_eq!(alike.len(), 12);
        assert_eq!(alike[..2], ["txn_new", "txn_m12"]);
        let months = &detail.alike_months;
        assert_eq!(months.len(), 12);
        assert_eq!(months[0], (day("2025-12-01"), 1, -1_200));
        assert_eq!(months[1], (day("2026-01-01"), 0, 0));
        assert_eq!(months[11], (day("2026-11-01"), 1, -8_646));
    }
}
