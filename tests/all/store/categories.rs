//! The tree of categories: what the user makes of it reaches every row, and comes back.

use std::sync::Arc;

use passbook::domain::query::{Names, parse};
use passbook::domain::{Categories, Edit, Field, Rule, Target, TransactionKey, TransactionQuery};
use passbook::store::Store;

use crate::support::{self, TestDatabase, TestStore, ledger};

/// Three rows: the bank files them under groceries, bar, and nothing.
async fn filled() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        let row = |id: &str| ledger::Row::new("acc_1", id, ledger::day("2026-11-20"));
        ledger::transactions(&test.at, &[row("txn_1"), row("txn_2"), row("txn_3")]).await;
        for (id, word) in [("txn_1", "groceries"), ("txn_2", "bar")] {
            test.at
                .run(format!(
                    "update pb_transactions set category = '{word}', shown_category = '{word}'
                     where id = '{id}'"
                ))
                .await;
        }
        stores.push(test);
    }
    stores
}

async fn shown(at: &TestDatabase) -> Vec<String> {
    at.ask("select coalesce(shown_category, '-') from pb_transactions order by id").await
}

async fn found(store: &Store, text: &str) -> usize {
    let names: Names = store.load_names().await.unwrap();
    let mut parsed = parse(text, ledger::day("2026-11-22"));
    let filter = Arc::new(parsed.resolve(&names));
    assert_eq!(parsed.mistakes, [], "{text}");
    let query = TransactionQuery { filter, ..TransactionQuery::newest(None, 10) };
    store.load_transactions(&query).await.unwrap().rows.len()
}

async fn make<E: std::fmt::Debug>(store: &Store, edit: impl Fn(&Categories) -> Result<Edit, E>) {
    let known = store.load_categories().await.unwrap();
    let edited = store.edit(&edit(&known).unwrap()).await.unwrap();
    assert!(edited.changed > 0, "{}", edited.sentence);
}

#[tokio::test]
async fn a_renamed_category_takes_its_rows_along_and_undo_brings_them_back() {
    for test in filled().await {
        let store = &test.store;
        make(store, |it| it.rename("groceries", "food shop")).await;
        assert_eq!(shown(&test.at).await, ["food shop", "bar", "-"], "{}", test.at.engine);
        assert_eq!(found(store, "cat:food").await, 1, "below food, where it stood");
        assert_eq!(found(store, "cat:groceries").await, 1, "a kept search still finds it");
        make(store, |it| it.rename("food shop", "groceries")).await;
        assert_eq!(shown(&test.at).await[0], "groceries");
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await[0], "food shop");
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await[0], "groceries");
        let left = "select name from pb_categories union all select name from pb_category_names";
        assert!(test.at.ask(left).await.is_empty());
        store.redo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await[0], "food shop");
    }
}

#[tokio::test]
async fn a_word_of_the_banks_means_a_category_for_rows_to_come_too() {
    for test in filled().await {
        let store = &test.store;
        make(store, |it| it.map("bar", Some("food"))).await;
        assert_eq!(shown(&test.at).await[1], "food");
        // Whatever derives the row anew reads the same.
        let key = TransactionKey { account_id: "acc_1".into(), id: "txn_2".into() };
        let note = Target::Row { key, field: Field::Note };
        let edit = Edit { sentence: "n".into(), sets: vec![(note, Some("hi".into()))] };
        store.edit(&edit).await.unwrap();
        assert_eq!(shown(&test.at).await[1], "food", "{}", test.at.engine);
        let rule = Rule {
            id: "r".into(),
            query: "txn_3".into(),
            category: Some("bar".into()),
            ..Rule::default()
        };
        let json = serde_json::to_string(&rule).unwrap();
        let sets = vec![(Target::Rule { id: rule.id }, Some(json))];
        store.edit(&Edit { sentence: "a rule".into(), sets }).await.unwrap();
        assert_eq!(shown(&test.at).await, ["groceries", "food", "food"]);
        make(store, |it| it.map("bar", None)).await;
        assert_eq!(shown(&test.at).await, ["groceries", "bar", "bar"]);
    }
}

#[tokio::test]
async fn rows_of_a_removed_category_fall_to_the_one_above() {
    for test in filled().await {
        let store = &test.store;
        make(store, |it| it.add("pubs", Some("going out"))).await;
        make(store, |it| it.merge("bar", "pubs")).await;
        make(store, |it| it.remove("pubs")).await;
        assert_eq!(shown(&test.at).await, ["groceries", "going out", "-"], "{}", test.at.engine);
        let known = store.load_categories().await.unwrap();
        assert_eq!(known.rows_of("going out"), 1);
        let line = known.lines().into_iter().find(|line| line.name == "going out").unwrap();
        assert_eq!((line.rows, line.all_rows, line.depth), (1, 1, 0));
        for _ in 0..3 {
            store.undo().await.unwrap().unwrap();
        }
        assert_eq!(shown(&test.at).await, ["groceries", "bar", "-"]);
    }
}

#[tokio::test]
async fn a_category_of_the_users_can_be_moved_and_its_rows_are_found_above_it() {
    for test in filled().await {
        let store = &test.store;
        make(store, |it| it.put_below("bar", Some("food"))).await;
        assert_eq!(found(store, "cat:food").await, 2, "{}", test.at.engine);
        make(store, |it| it.put_below("bar", None)).await;
        assert_eq!(found(store, "cat:food").await, 1);
    }
}
