//! Rules: what one would change is told before it does, and their order and silence are edits.

use passbook::domain::rule::book;
use passbook::domain::{Edit, Field, Rule, Target, TransactionKey};
use passbook::store::Store;

use crate::support::{self, TestDatabase, TestStore, ledger};

async fn three_rows() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        let row = |number: u32| ledger::Row {
            counterparty: Some("Rowan Market".to_owned()),
            ..ledger::Row::new("acc_1", &format!("txn_{number}"), day(number))
        };
        ledger::transactions(&test.at, &[row(1), row(2), row(3)]).await;
        stores.push(test);
    }
    stores
}

fn day(number: u32) -> chrono::NaiveDate {
    ledger::day(&format!("2026-11-0{number}"))
}

fn rule(id: &str, position: i64, category: &str) -> Rule {
    let (query, category) = ("rowan".to_owned(), Some(category.to_owned()));
    Rule { id: id.into(), position, query, category, ..Rule::default() }
}

async fn keep(store: &Store, edit: Option<Edit>) {
    assert!(store.edit(&edit.unwrap()).await.unwrap().changed > 0);
}

async fn shown(at: &TestDatabase) -> Vec<String> {
    at.ask("select coalesce(shown_category, '-') from pb_transactions order by id").await
}

#[tokio::test]
async fn what_a_rule_would_change_is_what_it_changes() {
    for test in three_rows().await {
        let store = &test.store;
        let key = TransactionKey { account_id: "acc_1".into(), id: "txn_2".into() };
        let target = Target::Row { key, field: Field::Category };
        let sets = vec![(target, Some("fun".to_owned()))];
        keep(store, Some(Edit { sentence: "by hand".to_owned(), sets })).await;

        let new = Rule { tag: Some("shop".to_owned()), ..rule("", 0, "groceries") };
        let preview = store.preview_rule(&new).await.unwrap();
        assert_eq!((preview.found, preview.changed), (3, 3), "{}", test.at.engine);
        let days: Vec<_> = preview.rows.iter().map(|row| row.date).collect();
        assert_eq!(days, [day(3), day(2), day(1)], "the newest first");
        let by_hand = preview.rows[1].differences();
        assert_eq!(by_hand, [("tags", "none".to_owned(), "shop".to_owned())]);
        assert_eq!(shown(&test.at).await, ["-", "fun", "-"], "nothing was written");

        keep(store, Some(book::save(new.clone(), &[]))).await;
        assert_eq!(shown(&test.at).await, ["groceries", "fun", "groceries"]);
        let names = store.load_names().await.unwrap();
        assert_eq!(names.tags, ["shop"], "a tag that only a rule gives is offered");
        let known = store.load_rules().await.unwrap();
        let again = store.preview_rule(&known[0]).await.unwrap();
        assert_eq!((again.found, again.changed), (3, 0), "it is so already");
    }
}

#[tokio::test]
async fn order_and_silence_reach_the_rows_and_are_undone() {
    for test in three_rows().await {
        let store = &test.store;
        keep(store, Some(book::save(rule("", 0, "food"), &[]))).await;
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::save(rule("", 0, "fun"), &known))).await;
        assert_eq!(shown(&test.at).await, ["food"; 3], "{}", test.at.engine);
        let known = store.load_rules().await.unwrap();
        keep(store, book::put(&known, 1, 0)).await;
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::pause(&known[0], true))).await;
        assert_eq!(shown(&test.at).await, ["food"; 3]);
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await, ["food"; 3]);
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::remove(&known[0]))).await;
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
    }
}
