//! What the user says is kept, follows its row, and can be taken back.

use passbook::domain::{
    AccountField, Annotation, Edit, Edited, Field, HandAccount, HandKind, Rule, Target,
    TransactionKey,
};
use passbook::store::Store;

use crate::support::{self, TestDatabase, TestStore, ledger};

fn key(id: &str) -> TransactionKey {
    TransactionKey { account_id: "acc_1".into(), id: id.into() }
}

fn row(id: &str, field: Field) -> Target {
    Target::Row { key: key(id), field }
}

fn edit(sentence: &str, sets: Vec<(Target, Option<&str>)>) -> Edit {
    let sets = sets.into_iter().map(|(target, to)| (target, to.map(str::to_owned))).collect();
    Edit { sentence: sentence.to_owned(), sets }
}

async fn three_rows() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        let rows: Vec<_> = (1..=3)
            .map(|number| {
                let day = ledger::day("2026-11-20");
                ledger::Row {
                    counterparty: Some("Rowan Market".to_owned()),
                    ..ledger::Row::new("acc_1", &format!("txn_{number}"), day)
                }
            })
            .collect();
        ledger::transactions(&test.at, &rows).await;
        stores.push(test);
    }
    stores
}

async fn words(store: &Store, id: &str) -> Annotation {
    store.load_detail(&key(id)).await.unwrap().unwrap().annotation
}

async fn derived(at: &TestDatabase, id: &str) -> Vec<String> {
    at.ask(format!(
        "select merchant || '|' || coalesce(shown_category, '') || '|' || coalesce(tags, '') || '|'
            || words || '|' || case when left_out then 'out' else 'in' end
         from pb_transactions where id = '{id}'"
    ))
    .await
}

#[tokio::test]
async fn an_edit_of_many_rows_is_one_step_back_and_one_forth() {
    for test in three_rows().await {
        let store = &test.store;
        let before = derived(&test.at, "txn_1").await;
        let sets = ["txn_1", "txn_2"].into_iter().flat_map(|id| {
            [
                (row(id, Field::Category), Some("groceries")),
                (row(id, Field::Note), Some("für Sam")),
                (row(id, Field::Tag("trip".to_owned())), Some("on")),
                (row(id, Field::LeftOut), Some("on")),
            ]
        });
        let made = store.edit(&edit("2 transactions", sets.collect())).await.unwrap();
        assert_eq!((made.changed, made.kept), (8, 0));
        assert_eq!(
            derived(&test.at, "txn_2").await,
            ["Rowan Market|groceries|\ntrip\n|row txn_2\nrowan market\nfur sam\ntrip|out"],
            "{}",
            test.at.engine
        );
        assert_eq!(words(store, "txn_3").await, Annotation::default());

        let undone = store.undo().await.unwrap().unwrap();
        assert_eq!(undone, Edited { sentence: "2 transactions".to_owned(), changed: 8, kept: 0 });
        assert_eq!(words(store, "txn_1").await, Annotation::default());
        assert_eq!(derived(&test.at, "txn_1").await, before);
        assert_eq!(store.undo().await.unwrap(), None);

        let redone = store.redo().await.unwrap().unwrap();
        assert_eq!(redone.changed, 8);
        assert_eq!(words(store, "txn_1").await.note.as_deref(), Some("für Sam"));
        assert_eq!(store.redo().await.unwrap(), None);
    }
}

#[tokio::test]
async fn undo_outlives_the_program_and_a_new_edit_ends_redo() {
    for test in three_rows().await {
        let store = &test.store;
        for note in ["one", "two"] {
            let sets = vec![(row("txn_1", Field::Note), Some(note))];
            store.edit(&edit(&format!("note: {note}"), sets)).await.unwrap();
        }
        store.close().await;
        let store = Store::open(test.at.options()).await.unwrap();
        assert_eq!(store.load_undo().await.unwrap(), (Some("note: two".to_owned()), None));
        store.undo().await.unwrap().unwrap();
        assert_eq!(words(&store, "txn_1").await.note.as_deref(), Some("one"));
        assert_eq!(
            store.load_undo().await.unwrap(),
            (Some("note: one".to_owned()), Some("note: two".to_owned()))
        );
        let sets = vec![(row("txn_2", Field::Note), Some("three"))];
        store.edit(&edit("note: three", sets)).await.unwrap();
        assert_eq!(store.redo().await.unwrap(), None, "the way forth is another one now");
        store.undo().await.unwrap().unwrap();
        store.undo().await.unwrap().unwrap();
        assert_eq!(words(&store, "txn_1").await.note, None);
        store.close().await;
    }
}

#[tokio::test]
async fn what_was_changed_since_stays_when_an_older_edit_is_undone() {
    for test in three_rows().await {
        let store = &test.store;
        let sets = vec![
            (row("txn_1", Field::Note), Some("mine")),
            (row("txn_2", Field::Note), Some("mine")),
        ];
        store.edit(&edit("2 notes", sets)).await.unwrap();
        // Another program writes without a journal.
        test.at
            .run("update pb_annotations set note = 'theirs' where transaction_id = 'txn_2'")
            .await;
        let undone = store.undo().await.unwrap().unwrap();
        assert_eq!((undone.changed, undone.kept), (1, 1));
        assert_eq!(words(store, "txn_1").await.note, None);
        assert_eq!(words(store, "txn_2").await.note.as_deref(), Some("theirs"));
    }
}

#[tokio::test]
async fn an_edit_is_undone_on_the_row_that_its_row_became() {
    for test in three_rows().await {
        let store = &test.store;
        let sets = vec![(row("txn_1", Field::Note), Some("half is Sam's"))];
        store.edit(&edit("a note", sets)).await.unwrap();
        test.at
            .run(
                "update pb_transactions set life = 'gone', gone_at = first_seen_at
                 where id = 'txn_1'",
            )
            .await;
        store.make_pair(&key("txn_1"), &key("txn_2")).await.unwrap();
        assert_eq!(words(store, "txn_2").await.note.as_deref(), Some("half is Sam's"));
        let undone = store.undo().await.unwrap().unwrap();
        assert_eq!((undone.changed, undone.kept), (1, 0), "{}", test.at.engine);
        assert_eq!(words(store, "txn_2").await.note, None);
        // An edit that still has the old key means the row as it is now.
        let sets = vec![(row("txn_1", Field::Category), Some("food"))];
        store.edit(&edit("a category", sets)).await.unwrap();
        assert_eq!(words(store, "txn_2").await.category.as_deref(), Some("food"));
    }
}

#[tokio::test]
async fn a_rule_speaks_where_nothing_was_said_by_hand() {
    for test in three_rows().await {
        let store = &test.store;
        let sets = vec![
            (row("txn_1", Field::Category), Some("fun")),
            (row("txn_1", Field::Tag("shop".to_owned())), Some("off")),
        ];
        store.edit(&edit("by hand", sets)).await.unwrap();
        let rule = Rule {
            id: "rule_1".into(),
            position: 1,
            query: "rowan".to_owned(),
            category: Some("groceries".to_owned()),
            name: Some("Rowan's".to_owned()),
            tag: Some("shop".to_owned()),
            paused: false,
        };
        let json = serde_json::to_string(&rule).unwrap();
        let target = Target::Rule { id: rule.id.clone() };
        let made = vec![(target.clone(), Some(&*json))];
        assert_eq!(store.edit(&edit("a rule", made)).await.unwrap().changed, 1);
        let by_hand = derived(&test.at, "txn_1").await;
        assert!(by_hand[0].starts_with("Rowan's|fun||"), "{by_hand:?}");
        let by_rule = derived(&test.at, "txn_2").await;
        assert!(by_rule[0].starts_with("Rowan's|groceries|\nshop\n|"), "{by_rule:?}");
        store.undo().await.unwrap().unwrap();
        let without = derived(&test.at, "txn_2").await;
        assert!(without[0].starts_with("Rowan Market|||"), "{without:?}");
        assert_eq!(words(store, "txn_1").await.category.as_deref(), Some("fun"));
    }
}

#[tokio::test]
async fn everything_else_of_the_users_goes_back_and_forth_too() {
    for test in three_rows().await {
        let store = &test.store;
        let house = HandAccount {
            name: "House".to_owned(),
            kind: HandKind::Asset,
            currency: "USD".to_owned(),
            position: 1,
            closed: false,
        };
        let house = serde_json::to_string(&house).unwrap();
        let id = || "hand_1".into();
        let day = ledger::day("2026-09-01");
        let account = |field| Target::Account { id: "acc_1".into(), field };
        let dismissal = Target::Dismissal { kind: "price".into(), subject: "netflix".into() };
        let sets = vec![
            (Target::HandAccount { id: id() }, Some(&*house)),
            (Target::HandValue { id: id(), day }, Some("41200000")),
            (account(AccountField::Name), Some("Everyday")),
            (account(AccountField::Position), Some("3")),
            (account(AccountField::Hidden), Some("on")),
            (Target::Category { name: "pets".to_owned() }, Some("home")),
            (dismissal, Some("on")),
        ];
        let made = store.edit(&edit("all of it", sets)).await.unwrap();
        assert_eq!(made.changed, 7, "{}", test.at.engine);
        let all = "select cast(amount as text) from pb_hand_values
            union all select name || position || case when hidden then 'h' else '' end
                from pb_account_words
            union all select name || parent from pb_categories
            union all select kind || subject from pb_dismissals";
        let mut found = test.at.ask(all).await;
        found.sort();
        assert_eq!(found, ["41200000", "Everyday3h", "petshome", "pricenetflix"]);
        assert_eq!(store.undo().await.unwrap().unwrap().changed, 7);
        let left = test
            .at
            .ask(
                "select name from pb_hand_accounts
                 union all select cast(amount as text) from pb_hand_values
                 union all select coalesce(name, '') || coalesce(cast(position as text), '')
                    || case when hidden then 'h' else '' end from pb_account_words
                 union all select name from pb_categories
                 union all select kind from pb_dismissals",
            )
            .await;
        assert_eq!(left, [""], "{}: an empty line about the account", test.at.engine);
        assert_eq!(store.redo().await.unwrap().unwrap().changed, 7);
        let mut found = test.at.ask(all).await;
        found.sort();
        assert_eq!(found[0], "41200000");
    }
}
