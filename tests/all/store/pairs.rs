//! Pairs made and parted by hand, and what a sync may do to them afterwards.

use passbook::domain::{Life, Transaction, TransactionDetail, TransactionId, TransactionKey};
use passbook::store::ledger::{ListedRow, PageWrite, SyncState, Verdict};
use passbook::store::{PairError, Store};

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

fn key(id: &str) -> TransactionKey {
    TransactionKey { account_id: "acc_1".into(), id: id.into() }
}

/// A pending row that vanished, with words, and posted rows it may have become.
async fn fill(at: &TestDatabase) {
    ledger::account(at, "acc_1").await;
    ledger::account(at, "acc_2").await;
    let row = |id: &str, date: &str, amount| Row { amount, ..Row::new("acc_1", id, day(date)) };
    let pending = |id: &str, life| Row { status: "pending", life, ..row(id, "2026-11-18", -8_600) };
    let rows = [
        pending("txn_old", "gone"),
        pending("txn_held", "live"),
        row("txn_new", "2026-11-20", -8_646),
        row("txn_far", "2026-11-18", -12_000),
        row("txn_same", "2026-12-10", -8_600),
        row("txn_in", "2026-11-19", 8_600),
        row("txn_late", "2026-12-20", -8_600),
        Row { amount: -8_600, ..Row::new("acc_2", "txn_other", day("2026-11-18")) },
    ];
    ledger::transactions(at, &rows).await;
    at.run(
        "insert into pb_annotations (account_id, transaction_id, note, category, edited_at)
         values ('acc_1', 'txn_old', 'half is for Sam', 'food', '2026-11-19T07:00:00+00:00');
         insert into pb_tags (account_id, transaction_id, tag, edited_at)
         values ('acc_1', 'txn_old', 'shared', '2026-11-19T07:00:00+00:00')",
    )
    .await;
}

async fn detail(store: &Store, id: &str) -> TransactionDetail {
    store.load_detail(&key(id)).await.unwrap().unwrap()
}

/// The bank lists a row once more.
async fn list(store: &Store, listed: &Transaction) {
    let account = &listed.account_id;
    let lease = store.take_lease("enr_1", "run_9").await.unwrap().unwrap();
    let rows = vec![ListedRow { transaction: listed, raw: "{}", seq: 0 }];
    let page = PageWrite {
        account_id: account,
        lease: &lease,
        run_id: "run_9",
        rows,
        unreadable: Vec::new(),
        cursor: None,
    };
    store.write_page(&page).await.unwrap();
    store.release_lease(&lease).await.unwrap();
}

#[tokio::test]
async fn a_pair_made_by_hand_moves_the_words_and_no_money() {
    const SUMS: &str =
        "select cast(day as text) || ' ' || entries || ' ' || posted from pb_days order by 1";
    for test in support::stores().await {
        fill(&test.at).await;
        let sums = test.at.ask(SUMS).await;
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        let (old, new) =
            (detail(&test.store, "txn_old").await, detail(&test.store, "txn_new").await);
        assert_eq!(old.stored.life, Life::Replaced);
        assert_eq!(old.stored.replaced_by, Some("txn_new".into()));
        assert_eq!(old.annotation, new.annotation);
        assert_eq!(new.annotation.note.as_deref(), Some("half is for Sam"));
        let last = new.changes.last().unwrap();
        assert_eq!((last.field.as_str(), last.old.as_deref()), ("id", Some("txn_old")));
        assert_eq!(test.at.ask(SUMS).await, sums);
    }
}

#[tokio::test]
async fn a_row_paired_by_hand_counts_while_the_bank_lists_it_and_its_words_stay_with_the_other() {
    for test in support::stores().await {
        fill(&test.at).await;
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        let old = detail(&test.store, "txn_old").await;
        list(&test.store, &old.stored.transaction).await;
        let old = detail(&test.store, "txn_old").await;
        assert_eq!((old.stored.life, old.stored.replaced_by), (Life::Live, None));
        let new = detail(&test.store, "txn_new").await;
        assert_eq!(new.annotation.category.as_deref(), Some("food"));
    }
}

#[tokio::test]
async fn a_parted_pair_gives_back_the_words_but_for_those_touched_since() {
    for test in support::stores().await {
        fill(&test.at).await;
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        test.at
            .run("update pb_annotations set category = 'trips' where transaction_id = 'txn_new'")
            .await;
        let gone = test.store.part_pair(&key("txn_new")).await.unwrap();
        assert_eq!(gone, key("txn_old"));
        let (old, new) =
            (detail(&test.store, "txn_old").await, detail(&test.store, "txn_new").await);
        assert_eq!(old.stored.life, Life::Gone);
        assert_eq!(old.stored.replaced_by, None);
        assert_eq!(old.annotation.note.as_deref(), Some("half is for Sam"));
        assert_eq!(new.annotation.note, None);
        assert_eq!(new.annotation.category.as_deref(), Some("trips"));
        assert!(new.annotation.tags.is_empty());
        let last = new.changes.last().unwrap();
        assert_eq!((last.field.as_str(), last.old.as_deref()), ("parted", Some("txn_old")));
    }
}

#[tokio::test]
async fn a_pair_made_by_a_sync_stays_parted_for_later_ones() {
    for test in support::stores().await {
        fill(&test.at).await;
        let pair =
            passbook::domain::Pair { gone: "txn_old".into(), came: "txn_new".into(), tier: 1 };
        let verdict =
            Verdict { pairs: vec![pair], state: SyncState::default(), ..Verdict::default() };
        let lease = test.store.take_lease("enr_1", "run_2").await.unwrap().unwrap();
        let account = "acc_1".into();
        test.store.apply_verdict(&lease, &account, "run_2", &verdict).await.unwrap();
        assert_eq!(detail(&test.store, "txn_new").await.annotation.tags, ["shared"]);

        test.store.part_pair(&key("txn_new")).await.unwrap();
        assert!(detail(&test.store, "txn_new").await.annotation.tags.is_empty());
        let newest = Some(day("2026-12-01"));
        let pairable = test.store.load_pairable(&account, &[], newest, None).await.unwrap();
        let pair: (TransactionId, TransactionId) = ("txn_old".into(), "txn_new".into());
        assert!(pairable.parted.contains(&pair));
        let holds = |rows: &[passbook::domain::StoredTransaction], id: &str| {
            rows.iter().any(|row| row.transaction.id.as_str() == id)
        };
        assert!(holds(&pairable.gone, "txn_old"), "it may still become another row");
        assert!(holds(&pairable.came, "txn_new"), "and so may the other");

        // The user may think better of it.
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        let pairable = test.store.load_pairable(&account, &[], newest, None).await.unwrap();
        assert!(pairable.parted.is_empty());
    }
}

#[tokio::test]
async fn the_likeliest_row_is_offered_first() {
    for test in support::stores().await {
        fill(&test.at).await;
        let rows = test.store.load_pair_candidates(&key("txn_old")).await.unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.transaction.id.as_str()).collect();
        assert_eq!(ids, ["txn_same", "txn_new", "txn_far"]);
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        let rows = test.store.load_pair_candidates(&key("txn_old")).await.unwrap();
        let ids: Vec<&str> = rows.iter().map(|row| row.transaction.id.as_str()).collect();
        assert_eq!(ids, ["txn_same", "txn_far"], "one that is taken is not offered");
        assert!(test.store.load_pair_candidates(&key("txn_none")).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_cannot_be_paired_is_refused_with_its_reason() {
    for test in support::stores().await {
        fill(&test.at).await;
        test.at
            .run(
                "insert into pb_transactions (account_id, id, date, seq, amount, currency,
                    description, status, type, life, born, first_seen_at, first_run, recheck,
                    strikes, fence, digest)
                 select account_id, 'txn_gone', date, seq, amount, currency, description, status,
                    type, life, born, first_seen_at, first_run, recheck, strikes, fence, digest
                 from pb_transactions where id = 'txn_old'",
            )
            .await;
        let pair = async |gone: &str, came: &str| {
            test.store.make_pair(&key(gone), &key(came)).await.unwrap_err()
        };
        assert!(matches!(pair("txn_old", "txn_old").await, PairError::SameRow));
        let other = TransactionKey { account_id: "acc_2".into(), id: "txn_other".into() };
        let refused = test.store.make_pair(&key("txn_old"), &other).await.unwrap_err();
        assert!(matches!(refused, PairError::OtherAccount));
        assert!(matches!(pair("txn_held", "txn_new").await, PairError::StillListed(_)));
        assert!(matches!(pair("txn_old", "txn_held").await, PairError::NotPosted(_)));
        assert!(matches!(pair("txn_old", "txn_gone").await, PairError::NotPosted(_)));
        assert!(matches!(pair("txn_old", "txn_none").await, PairError::Unknown(_)));
        test.store.make_pair(&key("txn_old"), &key("txn_new")).await.unwrap();
        assert!(matches!(pair("txn_gone", "txn_new").await, PairError::Taken { .. }));
        assert!(matches!(pair("txn_old", "txn_far").await, PairError::AlreadyPaired { .. }));

        let refused = test.store.part_pair(&key("txn_far")).await.unwrap_err();
        assert!(matches!(refused, PairError::NotPaired(_)), "{refused}");
        let refused = test.store.part_pair(&key("txn_none")).await.unwrap_err();
        assert!(matches!(refused, PairError::Unknown(_)), "{refused}");
    }
}
