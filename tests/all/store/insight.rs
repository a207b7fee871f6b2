//! Transfers found and parted, sums without them, and what is worth a look, on both engines.

use passbook::domain::edit::PARTED;
use passbook::domain::insight::{FindingKind, SpendingBy};
use passbook::domain::{Currency, Edit, MonthTotals, Target, TransactionKey};
use passbook::store::Store;

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

fn key(account: &str, id: &str) -> TransactionKey {
    TransactionKey { account_id: account.into(), id: id.into() }
}

/// Pay, rent, a transfer on which both sides say so, and a repeated charge.
async fn fill(at: &TestDatabase) {
    ledger::account(at, "acc_1").await;
    ledger::account(at, "acc_2").await;
    let row = |account: &str, id: &str, date: &str, amount, who: &str| Row {
        amount,
        counterparty: Some(who.to_owned()),
        ..Row::new(account, id, day(date))
    };
    let mut rows = vec![
        row("acc_1", "out", "2026-11-19", -50_000, "Transfer"),
        row("acc_2", "in", "2026-11-20", 50_000, "Transfer"),
        row("acc_1", "ink_1", "2026-11-09", -1_200, "Paper & Ink"),
        row("acc_1", "ink_2", "2026-11-10", -1_200, "Paper & Ink"),
    ];
    for month in 7..=11 {
        let date = format!("2026-{month:02}-01");
        rows.push(row("acc_1", &format!("rent_{month}"), &date, -90_000, "Rent"));
        let date = format!("2026-{month:02}-15");
        rows.push(row("acc_1", &format!("pay_{month}"), &date, 261_000, "Acme"));
    }
    ledger::transactions(at, &rows).await;
    at.run("update pb_transactions set type = 'ach'").await;
}

async fn marked(store: &Store) -> Vec<String> {
    let mut marked = Vec::new();
    for (account, id) in [("acc_1", "out"), ("acc_2", "in")] {
        let detail = store.load_detail(&key(account, id)).await.unwrap().unwrap();
        if detail.stored.shown.transfer {
            marked.push(id.to_owned());
        }
    }
    marked
}

#[tokio::test]
async fn a_transfer_is_found_marked_and_parted_for_good() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        let store = &test.store;
        assert!(store.refresh_transfers().await.unwrap());
        assert_eq!(marked(store).await, ["out", "in"]);
        let twin = store.load_twin(&key("acc_2", "in")).await.unwrap().unwrap();
        assert_eq!(twin.key, key("acc_1", "out"));
        assert!(twin.why[0].contains("the day after"), "{:?}", twin.why);
        assert!(!store.refresh_transfers().await.unwrap(), "nothing new");

        let open = store.load_detail(&key("acc_2", "in")).await.unwrap().unwrap();
        assert_eq!(open.twin.unwrap().key(), key("acc_1", "out"));
        part(store, "in").await;
        assert!(marked(store).await.is_empty());
        store.forget_setting("transfers_seen").await.unwrap();
        assert!(!store.refresh_transfers().await.unwrap());
        assert!(marked(store).await.is_empty());
        assert_eq!(store.load_twin(&key("acc_1", "out")).await.unwrap(), None);
    }
}

async fn part(store: &Store, id: &str) {
    let target = Target::Transfer { key: key("acc_2", id), twin: key("acc_1", "out") };
    let edit = Edit { sentence: "none".into(), sets: vec![(target, Some(PARTED.to_owned()))] };
    assert_eq!(store.edit(&edit).await.unwrap().changed, 1);
}

#[tokio::test]
async fn parting_a_transfer_is_undone_and_redone() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        let store = &test.store;
        store.refresh_transfers().await.unwrap();
        part(store, "in").await;
        assert_eq!(store.undo().await.unwrap().unwrap().changed, 1, "{}", test.at.engine);
        assert_eq!(marked(store).await, ["out", "in"]);
        assert_eq!(store.load_twin(&key("acc_1", "out")).await.unwrap().unwrap().key.id.0, "in");
        store.redo().await.unwrap().unwrap();
        assert!(marked(store).await.is_empty());
        store.undo().await.unwrap().unwrap();
        store.forget_setting("transfers_seen").await.unwrap();
        assert!(!store.refresh_transfers().await.unwrap(), "it is as it was found");
        assert_eq!(marked(store).await, ["out", "in"]);
    }
}

#[tokio::test]
async fn what_was_parted_stays_so_under_a_new_id_and_is_undone_there() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        let store = &test.store;
        store.refresh_transfers().await.unwrap();
        part(store, "in").await;
        test.at
            .run(
                "create table copied as select * from pb_transactions where id = 'in';
                 update copied set id = 'in_2';
                 insert into pb_transactions select * from copied;
                 drop table copied;
                 update pb_transactions set life = 'replaced', replaced_by = 'in_2'
                 where id = 'in'",
            )
            .await;
        store.forget_setting("transfers_seen").await.unwrap();
        store.refresh_transfers().await.unwrap();
        let kept = "select twin_id || '|' || made_by from pb_transfers where parted";
        assert_eq!(test.at.ask(kept).await, ["in_2|hand"], "{}", test.at.engine);
        let detail = store.load_detail(&key("acc_2", "in_2")).await.unwrap().unwrap();
        assert!(!detail.stored.shown.transfer, "it is not found again");
        assert_eq!(store.undo().await.unwrap().unwrap().changed, 1);
        let twin = store.load_twin(&key("acc_1", "out")).await.unwrap().unwrap();
        assert_eq!(twin.key, key("acc_2", "in_2"));
    }
}

#[tokio::test]
async fn a_pair_goes_with_its_row() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        test.store.refresh_transfers().await.unwrap();
        test.at.run("update pb_transactions set life = 'gone' where id = 'in'").await;
        test.store.forget_setting("transfers_seen").await.unwrap();
        assert!(test.store.refresh_transfers().await.unwrap());
        let detail = test.store.load_detail(&key("acc_1", "out")).await.unwrap().unwrap();
        assert!(!detail.stored.shown.transfer);
    }
}

#[tokio::test]
async fn transfers_and_what_is_left_out_count_in_no_sum() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        test.store.refresh_transfers().await.unwrap();
        test.at.run("update pb_transactions set left_out = true where id = 'ink_2'").await;
        let flows = test.store.load_cash_flow(day("2026-09-15"), day("2026-11-22")).await.unwrap();
        assert_eq!(flows.len(), 1);
        assert_eq!(flows[0].currency, Currency::USD);
        assert_eq!(flows[0].months.len(), 3);
        let november = MonthTotals { money_in: 261_000, money_out: -91_200 };
        assert_eq!(flows[0].months[2], (day("2026-11-01"), november));

        let by = SpendingBy::Merchant;
        let spending = test.store.load_spending(day("2026-11-22"), by).await.unwrap();
        let lines: Vec<(&str, i64, i64)> =
            spending[0].lines.iter().map(|l| (l.name.as_str(), l.spent, l.average)).collect();
        assert_eq!(lines, [("Rent", 90_000, 90_000), ("Paper & Ink", 1_200, 0)]);
    }
}

#[tokio::test]
async fn patterns_are_found_and_a_dismissed_one_stays_away() {
    for at in support::databases().await {
        let test = at.open().await;
        fill(&test.at).await;
        test.store.refresh_transfers().await.unwrap();
        let today = day("2026-11-22");
        let patterns = test.store.load_patterns(today).await.unwrap();
        let series: Vec<(&str, i64)> = patterns
            .series
            .iter()
            .map(|one| (one.merchant.as_str(), one.sum.usual().minor))
            .collect();
        assert_eq!(series, [("Rent", -90_000), ("Acme", 261_000)]);
        assert_eq!(patterns.findings.len(), 1, "{:?}", patterns.findings);
        assert_eq!(patterns.findings[0].kind, FindingKind::Twice);

        test.store.edit(&patterns.findings[0].dismissal()).await.unwrap();
        assert!(test.store.load_patterns(today).await.unwrap().findings.is_empty());
        test.store.undo().await.unwrap().unwrap();
        assert_eq!(test.store.load_patterns(today).await.unwrap().findings, patterns.findings);
    }
}
