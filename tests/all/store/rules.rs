//! Rules: what one would change is told before it does, and their order and silence are edits.

use passbook::domain::query::Names;
use passbook::domain::rule::{RuleDraft, book};
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

        keep(store, Some(book::save(new.clone(), &[], &Names::default()))).await;
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
        keep(store, Some(book::save(rule("", 0, "food"), &[], &Names::default()))).await;
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::save(rule("", 0, "fun"), &known, &Names::default()))).await;
        assert_eq!(shown(&test.at).await, ["food"; 3], "{}", test.at.engine);
        let known = store.load_rules().await.unwrap();
        keep(store, book::put(&known, 1, 0, &Names::default())).await;
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::pause(&known[0], true, &Names::default()))).await;
        assert_eq!(shown(&test.at).await, ["food"; 3]);
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
        store.undo().await.unwrap().unwrap();
        assert_eq!(shown(&test.at).await, ["food"; 3]);
        let known = store.load_rules().await.unwrap();
        keep(store, Some(book::remove(&known[0], &Names::default()))).await;
        assert_eq!(shown(&test.at).await, ["fun"; 3]);
    }
}

/// Two accounts, of which the second has one row and the digits that tell it from the first.
async fn two_accounts() -> Vec<TestStore> {
    let stores = three_rows().await;
    for test in &stores {
        ledger::account(&test.at, "acc_2").await;
        let other = ledger::Row::new("acc_2", "txn_4", day(4));
        ledger::transactions(&test.at, &[other]).await;
        test.at
            .run(
                "update pb_accounts set name = 'Checking';
                 update pb_accounts set last_four = '6605' where id = 'acc_2'",
            )
            .await;
    }
    stores
}

#[tokio::test]
async fn a_rule_may_hold_for_one_account_whatever_it_is_called() {
    for test in two_accounts().await {
        let store = &test.store;
        let names = store.load_names().await.unwrap();
        let draft = RuleDraft { tag: "shared".to_owned(), ..RuleDraft::default() };
        let of = |accounts: &str| {
            let draft = RuleDraft { accounts: accounts.to_owned(), ..draft.clone() };
            draft.rule(&Rule::default(), &names)
        };
        let both = of("checking").unwrap();
        assert_eq!(both.query, "acct:acc_1 acct:acc_2", "two accounts have that name");
        assert_eq!(store.preview_rule(&both).await.unwrap().found, 4);
        assert!(of("savings").is_err(), "{}", test.at.engine);
        let rule = of("6605").unwrap();
        let preview = store.preview_rule(&rule).await.unwrap();
        assert_eq!((preview.found, preview.changed), (1, 1));
        let edit = book::save(rule, &[], &names);
        assert_eq!(edit.sentence, "a rule for acct:6605: tag shared");
        keep(store, Some(edit)).await;
        let tagged = "select id from pb_transactions where tags is not null order by id";
        assert_eq!(test.at.ask(tagged).await, ["txn_4"]);
        let name = "insert into pb_account_words (account_id, name, hidden, edited_at)
            values ('acc_2', 'Ours', true, '2026-11-22T10:00:00+00:00')";
        test.at.run(name).await;
        let known = store.load_rules().await.unwrap();
        let names = store.load_names().await.unwrap();
        let off = book::pause(&known[0], true, &names);
        assert_eq!(off.sentence, "the rule for acct:Ours is off", "hidden, and called otherwise");
        keep(store, Some(off)).await;
        assert_eq!(test.at.ask(tagged).await, [] as [&str; 0]);
        let back = test.store.undo().await.unwrap();
        assert!(back.is_some());
        assert_eq!(test.at.ask(tagged).await, ["txn_4"]);
    }
}
