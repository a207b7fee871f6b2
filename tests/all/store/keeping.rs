//! What the user calls accounts, where they stand, which are out of sight, and which are kept by hand.

use passbook::domain::hand::account_id;
use passbook::domain::keeping::{self, NewHand};
use passbook::domain::{AccountOverview, Currency, Edit, HandKind, HandValue, Money, Overview};
use passbook::store::Store;

use crate::support::{
    self, TestStore,
    ledger::{self, Row, day},
};

const TODAY: &str = "2026-11-22";

/// Two banks with two accounts each, and a row this month in each account.
async fn two_banks() -> Vec<TestStore> {
    let mut stores = Vec::new();
    for test in support::stores().await {
        let ids = ["acc_1", "acc_2", "acc_3", "acc_4"];
        for id in ids {
            ledger::account(&test.at, id).await;
        }
        test.at
            .run(
                "update pb_accounts set institution_id = 'zebra', institution_name = 'Zebra Bank'
                 where id in ('acc_3', 'acc_4')",
            )
            .await;
        let rows = ids.map(|id| Row::new(id, &format!("txn_{id}"), day("2026-11-20")));
        ledger::transactions(&test.at, &rows).await;
        stores.push(test);
    }
    stores
}

async fn load(store: &Store) -> Overview {
    store.load_overview(day(TODAY), 90).await.unwrap()
}

async fn make(store: &Store, edit: impl FnOnce(&[AccountOverview]) -> Edit) {
    let accounts = load(store).await.accounts;
    let edited = store.edit(&edit(&accounts)).await.unwrap();
    assert!(edited.changed > 0, "{}", edited.sentence);
}

fn named<'a>(accounts: &'a [AccountOverview], id: &str) -> &'a AccountOverview {
    accounts.iter().find(|account| account.account.id.as_str() == id).unwrap()
}

fn ids(overview: &Overview) -> Vec<&str> {
    overview.accounts.iter().map(|account| account.account.id.as_str()).collect()
}

fn house() -> NewHand {
    NewHand {
        name: "House".to_owned(),
        kind: HandKind::House,
        value: Money::new(40_000_000, Currency::USD),
        day: day("2026-09-01"),
    }
}

#[tokio::test]
async fn an_account_goes_by_ones_own_name_and_the_banks_stays_known() {
    for test in two_banks().await {
        let store = &test.store;
        make(store, |all| keeping::rename(named(all, "acc_2"), "Täglich")).await;
        let overview = load(store).await;
        let renamed = named(&overview.accounts, "acc_2");
        assert_eq!(renamed.account.name, "Täglich", "{}", test.at.engine);
        assert_eq!(renamed.said_name(), "Account acc_2");
        assert_eq!(named(&overview.accounts, "acc_1").bank_name, None);
        let listed = store.load_accounts().await.unwrap();
        assert_eq!(listed[1].name, "Täglich");
        let names = store.load_names().await.unwrap();
        let found = names.accounts.iter().find(|account| account.name == "Täglich").unwrap();
        assert!(found.also.contains(&"Account acc_2".to_owned()), "found by the bank's name too");
        store.undo().await.unwrap().unwrap();
        assert_eq!(named(&load(store).await.accounts, "acc_2").account.name, "Account acc_2");
    }
}

#[tokio::test]
async fn accounts_stand_where_they_were_put_and_new_ones_follow() {
    for test in two_banks().await {
        let store = &test.store;
        assert_eq!(ids(&load(store).await), ["acc_1", "acc_2", "acc_3", "acc_4"]);
        let step = |id: &'static str, down| {
            move |all: &[AccountOverview]| {
                keeping::step(all, &id.into(), down, |_| true).expect("there is a neighbour")
            }
        };
        make(store, step("acc_3", false)).await;
        assert_eq!(ids(&load(store).await), ["acc_3", "acc_4", "acc_1", "acc_2"]);
        make(store, step("acc_1", true)).await;
        assert_eq!(ids(&load(store).await), ["acc_3", "acc_4", "acc_2", "acc_1"]);
        ledger::account(&test.at, "acc_5").await;
        let accounts = store.load_accounts().await.unwrap();
        let listed: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
        assert_eq!(listed, ["acc_3", "acc_4", "acc_2", "acc_1", "acc_5"], "{}", test.at.engine);
        store.undo().await.unwrap().unwrap();
        store.undo().await.unwrap().unwrap();
        assert_eq!(ids(&load(store).await)[..2], ["acc_1", "acc_2"]);
    }
}

#[tokio::test]
async fn a_hidden_account_is_in_no_sum_of_the_month_and_still_found() {
    for test in two_banks().await {
        let store = &test.store;
        let month = |overview: &Overview| overview.month[&Currency::USD].money_in;
        assert_eq!(month(&load(store).await), 400);
        make(store, |all| keeping::hide(named(all, "acc_2"), true)).await;
        let overview = load(store).await;
        assert!(named(&overview.accounts, "acc_2").hidden);
        assert!(!named(&overview.accounts, "acc_2").counts());
        assert_eq!(month(&overview), 300, "{}", test.at.engine);
        let names = store.load_names().await.unwrap();
        assert!(names.accounts.iter().any(|account| account.id.as_str() == "acc_2"));
        make(store, |all| keeping::hide(named(all, "acc_2"), false)).await;
        assert_eq!(month(&load(store).await), 400);
    }
}

#[tokio::test]
async fn what_is_kept_by_hand_stands_below_the_banks_with_its_values() {
    for test in two_banks().await {
        let store = &test.store;
        make(store, |all| keeping::add(&house(), all)).await;
        make(store, |all| keeping::add(&house(), all)).await;
        let overview = load(store).await;
        assert_eq!(ids(&overview)[4..], ["by-hand:house", "by-hand:house-2"]);
        let hand = overview.accounts[4].hand.clone().unwrap();
        let value = |on, minor| HandValue { day: day(on), minor };
        assert_eq!(hand.values, [value("2026-09-01", 40_000_000)]);
        assert_eq!(overview.accounts[4].account.institution.name, "By hand");

        let more = Money::new(41_200_000, Currency::USD);
        make(store, |_| keeping::set_value(&hand, day("2026-12-01"), more)).await;
        make(store, |_| keeping::set_value(&hand, day("2026-01-01"), more)).await;
        let overview = load(store).await;
        let account = &overview.accounts[4];
        assert_eq!(account.hand.as_ref().unwrap().values.len(), 3, "{}", test.at.engine);
        let today = account.ledger(day(TODAY)).unwrap();
        assert_eq!(today.minor, 40_000_000, "what is to come does not count yet");

        let moved = keeping::step(&overview.accounts, &account_id(&hand.id), true, |_| true);
        store.edit(&moved.unwrap()).await.unwrap();
        assert_eq!(ids(&load(store).await)[4..], ["by-hand:house-2", "by-hand:house"]);
        make(store, |all| keeping::hide(named(all, "by-hand:house"), true)).await;
        assert!(named(&load(store).await.accounts, "by-hand:house").hidden);

        let hand = load(store).await.accounts[5].hand.clone().unwrap();
        make(store, |_| keeping::remove(&hand)).await;
        assert_eq!(load(store).await.accounts.len(), 5);
        store.undo().await.unwrap().unwrap();
        let back = load(store).await.accounts[5].hand.clone().unwrap();
        assert_eq!(back, hand, "{}: with every value", test.at.engine);
        assert_eq!(store.load_accounts().await.unwrap().len(), 4, "never among those of banks");
    }
}

#[tokio::test]
async fn a_value_moves_to_another_day_in_one_step() {
    for test in support::stores().await {
        let store = &test.store;
        make(store, |all| keeping::add(&house(), all)).await;
        let hand = load(store).await.accounts[0].hand.clone().unwrap();
        let to = Money::new(1, Currency::USD);
        let edit = keeping::change_value(&hand, day("2026-09-01"), day("2026-09-02"), to);
        store.edit(&edit).await.unwrap();
        let values = |overview: Overview| overview.accounts[0].hand.clone().unwrap().values;
        assert_eq!(values(load(store).await), [HandValue { day: day("2026-09-02"), minor: 1 }]);
        store.undo().await.unwrap().unwrap();
        assert_eq!(values(load(store).await), hand.values, "{}", test.at.engine);
    }
}
