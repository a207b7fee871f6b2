//! Orders and groups by the plans of SQLite: one index each, and nothing sorted but a window.

use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::sql::{Rows, Sql};
use super::tests::{plan, search};
use crate::database::Database;
use crate::domain::query::{Check, Clause};
use crate::domain::{
    Anchor, Currency, GroupBy, GroupQuery, Lead, Position, Sort, SortKey, TransactionQuery,
};
use crate::store::{Store, StoreOptions};

const ORDERS: [(SortKey, &str); 3] = [
    (SortKey::Amount, "pb_transactions_by_amount"),
    (SortKey::Description, "pb_transactions_by_merchant"),
    (SortKey::Category, "pb_transactions_by_category"),
];

async fn store() -> Store {
    Store::open(StoreOptions::new(Database::Memory)).await.unwrap()
}

fn position(key: SortKey) -> Position {
    Position {
        noted: false,
        lead: match key {
            SortKey::Amount => Lead::Amount(Currency::USD, -100),
            SortKey::Category => Lead::Category { missing: false, name: "dining".to_owned() },
            _ => Lead::Name("rowan".to_owned()),
        },
        date: "2026-11-22".parse().unwrap(),
        account_id: "acc_1".into(),
        sequence: 1,
        id: "txn_1".into(),
    }
}

#[tokio::test]
async fn every_sorted_window_walks_one_index_and_fetches_only_what_it_shows() {
    let store = store().await;
    for (key, index) in ORDERS {
        for anchor in [
            Anchor::Newest,
            Anchor::Oldest,
            Anchor::Older(position(key)),
            Anchor::Newer(position(key)),
        ] {
            for reversed in [false, true] {
                let (sort, newest) = (Sort { key, reversed }, TransactionQuery::newest(None, 50));
                let query = TransactionQuery { sort, anchor: anchor.clone(), ..newest };
                let plan = plan(&store, Sql::sorted(&query.natural())).await;
                let joined = plan.iter().position(|step| step.starts_with("SCAN found"));
                let (inside, outside) = plan.split_at(joined.expect("what is found is fetched"));
                let walks: Vec<_> =
                    inside.iter().filter(|step| step.contains("pb_transactions")).collect();
                assert!(!walks.is_empty(), "{plan:?}");
                for walk in walks {
                    assert!(
                        walk.contains(&format!("COVERING INDEX {index}")),
                        "{query:?} {plan:?}"
                    );
                    let anchored = matches!(anchor, Anchor::Older(_) | Anchor::Newer(_));
                    assert!(!anchored || walk.starts_with("SEARCH"), "{query:?} {plan:?}");
                }
                assert!(inside.iter().all(|step| !step.contains("TEMP B-TREE")), "{plan:?}");
                let fetch = outside.iter().find(|step| step.contains("pb_transactions")).unwrap();
                assert!(fetch.contains("account_id=? AND id=?"), "{plan:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_sorted_search_reads_the_one_index_that_holds_all_it_looks_at() {
    let store = store().await;
    for (key, _) in ORDERS {
        for anchor in [Anchor::Newest, Anchor::Older(position(key)), Anchor::Newer(position(key))] {
            let query = TransactionQuery { sort: Sort::by(key), anchor, ..search("rowan amt:>50") };
            let plan = plan(&store, Sql::sorted(&query)).await;
            let joined = plan.iter().position(|step| step.starts_with("SCAN found")).unwrap();
            let mut walks = plan[..joined].iter().filter(|step| step.contains("pb_transactions"));
            let by_date = |step: &String| step.contains("COVERING INDEX pb_transactions_by_date");
            assert!(walks.clone().count() > 0 && walks.all(by_date), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn groups_of_a_search_are_read_from_that_index_too() {
    let store = store().await;
    for by in [GroupBy::Category, GroupBy::Merchant] {
        let query = GroupQuery { rows: search("rowan -is:transfer"), by, limit: 100 };
        let plan = plan(&store, Sql::largest(&query, &["USD".to_owned()])).await;
        let walk = plan.iter().find(|step| step.contains("pb_transactions")).unwrap();
        assert!(walk.contains("COVERING INDEX pb_transactions_by_date"), "{plan:?}");
    }
}

#[tokio::test]
async fn plain_groups_are_added_up_in_the_order_of_an_index() {
    let store = store().await;
    for (by, index) in [
        (GroupBy::Merchant, "pb_transactions_by_merchant"),
        (GroupBy::Category, "pb_transactions_by_category"),
    ] {
        let query = GroupQuery { rows: TransactionQuery::newest(None, 0), by, limit: 100 };
        let plan = plan(&store, Sql::largest(&query, &["USD".to_owned()])).await;
        let walk = &plan.iter().find(|step| step.contains("pb_transactions")).unwrap();
        assert!(walk.contains(&format!("COVERING INDEX {index}")), "{plan:?}");
        let sums = plan.iter().position(|step| step.contains("CO-ROUTINE largest"));
        let sums = &plan[..sums.unwrap_or(2)];
        assert!(sums.iter().all(|step| !step.contains("GROUP BY")), "{plan:?}");
    }
}

#[tokio::test]
async fn plain_accounts_and_months_are_added_up_from_the_sums_of_days() {
    let store = store().await;
    let rows = TransactionQuery::newest(None, 0);
    for sql in [Sql::months(&rows), Sql::accounts(&rows)] {
        let plan = plan(&store, sql).await;
        assert!(plan.iter().all(|step| !step.contains("pb_transactions")), "{plan:?}");
    }
    let found = TransactionQuery { filter: Arc::clone(&search("rowan").filter), ..rows };
    for sql in [Sql::months(&found), Sql::accounts(&found)] {
        let plan = plan(&store, sql).await;
        let walk = plan.iter().find(|step| step.contains("pb_transactions")).unwrap();
        assert!(walk.contains("COVERING INDEX pb_transactions_by_date"), "{plan:?}");
    }
}

#[tokio::test]
async fn days_that_are_known_to_hold_the_words_are_all_that_is_looked_at() {
    let store = store().await;
    let mut query = search("rowan");
    let today: NaiveDate = "2026-11-22".parse().unwrap();
    let days = (0..90).map(|back| today - Days::new(back * 40));
    let known = Clause { negated: false, check: Check::Days(days.collect()) };
    Arc::make_mut(&mut query.filter).clauses.push(known);
    let group = GroupQuery { rows: query.clone(), by: GroupBy::Merchant, limit: 100 };
    for sql in [
        Sql::window(&query, Rows::Live),
        Sql::sorted(&TransactionQuery { sort: Sort::by(SortKey::Amount), ..query.clone() }),
        Sql::count(&query, None),
        Sql::sums_by_day(&query),
        Sql::sums_by_category(&query),
        Sql::months(&query),
        Sql::largest(&group, &["USD".to_owned()]),
    ] {
        let plan = plan(&store, sql).await;
        let walk = plan.iter().find(|step| step.contains("pb_transactions")).unwrap();
        assert!(walk.contains("COVERING INDEX pb_transactions_by_date (date=?)"), "{plan:?}");
    }
}
