//! Lists in every order, and the groups of their rows, on every engine: as sorting and adding up in
//! memory has them.

use std::collections::BTreeMap;

use passbook::domain::shown::merchant_key;
use passbook::domain::{
    AccountId, Anchor, Currency, GroupBy, GroupKey, GroupQuery, Groups, Position, Scope, Sort,
    SortKey, Status, StoredTransaction, TransactionQuery,
};
use passbook::store::Store;

use crate::support::{
    self, TestDatabase, TestStore,
    ledger::{self, Row, day},
};

/// By name: Checking, Kyoto, savings.
const ACCOUNTS: [(&str, &str, &str); 3] =
    [("acc_0", "savings", "USD"), ("acc_1", "Checking", "USD"), ("acc_2", "Kyoto", "JPY")];
const MERCHANTS: [&str; 5] = ["Rowan Market", "ROWAN MARKET", "apple", "Zoe", "Blue Bottle"];
const CATEGORIES: [Option<&str>; 4] = [Some("dining"), None, Some("groceries"), Some("Own")];

/// Many rows alike in whatever they are sorted by, some pending, some withdrawn.
async fn fill(at: &TestDatabase) {
    let first = day("2026-01-30");
    let rows: Vec<Row> = (0..120_i64)
        .map(|number| {
            let (account, _, currency) = ACCOUNTS[usize::try_from(number % 3).unwrap()];
            let date = first + chrono::Days::new((number.unsigned_abs() * 7 % 80) / 2);
            let mut row = Row::new(account, &format!("txn_{:03}", number * 37 % 120), date);
            (row.seq, row.currency) = (number % 4, currency);
            row.amount = (number % 11 - 5) * 250;
            row.status = if number % 17 == 3 { "pending" } else { "posted" };
            row.counterparty = Some(MERCHANTS[usize::try_from(number % 5).unwrap()].to_owned());
            row.life = match number % 13 {
                5 | 8 => "gone",
                11 => "replaced",
                _ => "live",
            };
            row
        })
        .collect();
    for (id, name, currency) in ACCOUNTS {
        ledger::account(at, id).await;
        let named = format!("name = '{name}', currency = '{currency}'");
        at.run(format!("update pb_accounts set {named} where id = '{id}'")).await;
    }
    ledger::transactions(at, &rows).await;
    for (row, category) in rows.iter().zip(CATEGORIES.iter().cycle()) {
        let Some(category) = category else { continue };
        let set = format!("update pb_transactions set shown_category = '{category}'");
        at.run(format!("{set} where id = '{}'", row.id)).await;
    }
}

async fn filled() -> Vec<TestStore> {
    let stores = support::stores().await;
    for test in &stores {
        fill(&test.at).await;
    }
    stores
}

fn sorts() -> impl Iterator<Item = Sort> {
    let both = |key| [Sort::by(key), Sort::by(key).reverse()];
    SortKey::ALL.into_iter().flat_map(both)
}

fn queries() -> Vec<TransactionQuery> {
    let all = TransactionQuery::newest(None, 7);
    let one = TransactionQuery::newest(Some(AccountId::from("acc_1")), 7);
    let mut queries = Vec::new();
    for query in [all, one] {
        let some_days = TransactionQuery {
            since: Some(day("2026-02-03")),
            until: Some(day("2026-02-28")),
            ..query.clone()
        };
        for query in [query, some_days] {
            for status in [None, Some(Status::Pending), Some(Status::Posted)] {
                for scope in [Scope::Live, Scope::All, Scope::Gone] {
                    let status = status.clone();
                    queries.push(TransactionQuery { status, scope, ..query.clone() });
                }
            }
        }
    }
    queries
}

/// All rows of the query, by plain sorting.
async fn in_memory(store: &Store, query: &TransactionQuery) -> Vec<StoredTransaction> {
    let (sort, limit) = (Sort::default(), 1_000);
    let by_date = TransactionQuery { sort, limit, ..query.clone() };
    let mut rows = store.load_transactions(&by_date).await.unwrap().rows;
    let of_all = query.account.is_none() && query.sort.key == SortKey::Account;
    for row in &mut rows {
        row.noted &= query.sort.is_by_date();
        let rank = match row.transaction.account_id.as_str() {
            "acc_1" => 0,
            "acc_2" => 1,
            _ => 2,
        };
        row.account_rank = if of_all { rank } else { 0 };
    }
    query.sort.arrange(&mut rows);
    rows
}

fn places(rows: &[StoredTransaction], sort: Sort) -> Vec<Position> {
    rows.iter().map(|row| sort.position(row)).collect()
}

/// Window by window, from the top or from the bottom.
async fn walk(store: &Store, query: &TransactionQuery, downwards: bool) -> Vec<StoredTransaction> {
    let mut anchor = if downwards { Anchor::Newest } else { Anchor::Oldest };
    let mut seen: Vec<StoredTransaction> = Vec::new();
    loop {
        let query = TransactionQuery { anchor, ..query.clone() };
        let window = store.load_transactions(&query).await.unwrap();
        assert!(window.rows.len() <= query.limit as usize);
        let at = if downwards { seen.len() } else { 0 };
        seen.splice(at..at, window.rows);
        if window.at_end {
            return seen;
        }
        let edge = if downwards { seen.last() } else { seen.first() };
        let edge = query.sort.position(edge.expect("a window that goes on is not empty"));
        anchor = if downwards { Anchor::Older(edge) } else { Anchor::Newer(edge) };
    }
}

#[tokio::test]
async fn every_order_brings_every_row_once_and_as_sorting_in_memory_does() {
    for test in filled().await {
        for query in queries() {
            for sort in sorts() {
                let query = TransactionQuery { sort, ..query.clone() };
                let all = in_memory(&test.store, &query).await;
                let what = format!("{}: {query:?}", test.at.engine);
                for limit in [1, 7, 200] {
                    let query = TransactionQuery { limit, ..query.clone() };
                    for downwards in [true, false] {
                        let walked = walk(&test.store, &query, downwards).await;
                        assert_eq!(places(&walked, sort), places(&all, sort), "{what}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn the_rows_above_one_are_counted_in_every_order() {
    for test in filled().await {
        for query in queries() {
            for sort in sorts() {
                let query = TransactionQuery { sort, ..query.clone() };
                let all = in_memory(&test.store, &query).await;
                for (above, row) in all.iter().enumerate().step_by(9) {
                    let position = sort.position(row);
                    let counted = test.store.count_newer(&query, &position).await.unwrap();
                    assert_eq!(counted, i64::try_from(above).unwrap(), "{query:?} {position:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_range_is_picked_in_the_order_of_its_list() {
    for test in filled().await {
        for sort in sorts() {
            let query = TransactionQuery { sort, ..TransactionQuery::newest(None, 1_000) };
            let all = in_memory(&test.store, &query).await;
            let ends = (sort.position(&all[3]), sort.position(&all[40]));
            let picked = test.store.load_picked(&query, Some(&ends)).await.unwrap();
            assert_eq!(places(&picked, sort), places(&all[3..=40], sort), "{sort:?}");
        }
    }
}

/// Names aside: the database takes the newest spelling of all.
fn sums(groups: &Groups) -> Vec<(GroupKey, Vec<passbook::domain::Sum>)> {
    groups.groups.iter().map(|group| (group.key.clone(), group.sums.clone())).collect()
}

#[tokio::test]
async fn groups_are_what_adding_up_in_memory_comes_to() {
    for test in filled().await {
        for rows in queries() {
            for by in [GroupBy::Account, GroupBy::Category, GroupBy::Merchant, GroupBy::Month] {
                let query = GroupQuery { rows: rows.clone(), by, limit: 100 };
                let groups = test.store.load_groups(&query).await.unwrap();
                // Withdrawn rows count in no sum, unless they alone are meant.
                let scope = if rows.scope == Scope::All { Scope::Live } else { rows.scope };
                let meant = TransactionQuery { scope, ..rows.clone() };
                let all = in_memory(&test.store, &meant).await;
                let main = if scope == Scope::Gone { Currency::NONE } else { Currency::USD };
                let expected = Groups { groups: Groups::of(&all, by, main), at_end: true };
                let what = format!("{}: {query:?}", test.at.engine);
                assert_eq!(sums(&groups), sums(&expected), "{what}");
                assert!(groups.at_end);
                for group in &groups.groups {
                    if let GroupKey::Merchant(key) = &group.key {
                        assert_eq!(merchant_key(&group.name), *key, "{what}");
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn the_rows_of_a_group_are_those_that_it_counts() {
    for test in filled().await {
        let rows = TransactionQuery::newest(None, 1_000);
        for by in [GroupBy::Account, GroupBy::Category, GroupBy::Merchant, GroupBy::Month] {
            let query = GroupQuery { rows: rows.clone(), by, limit: 100 };
            let groups = test.store.load_groups(&query).await.unwrap().groups;
            let mut found = BTreeMap::new();
            for group in &groups {
                let filter = group.key.narrow(&rows.filter, &group.name).into();
                let narrowed = TransactionQuery { filter, ..rows.clone() };
                let window = test.store.load_transactions(&narrowed).await.unwrap();
                assert_eq!(i64::try_from(window.rows.len()).unwrap(), group.rows(), "{group:?}");
                for row in window.rows {
                    assert_eq!(GroupKey::of(&row, by), group.key);
                    *found.entry(row.key()).or_insert(0) += 1;
                }
            }
            assert!(found.values().all(|times| *times == 1));
            assert_eq!(found.len(), walk(&test.store, &rows, true).await.len());
        }
    }
}

#[tokio::test]
async fn of_many_groups_the_largest_come_first_and_no_more_than_asked_for() {
    for test in filled().await {
        let rows = TransactionQuery::newest(None, 0);
        for by in [GroupBy::Category, GroupBy::Merchant] {
            let query = |limit| GroupQuery { rows: rows.clone(), by, limit };
            let all = test.store.load_groups(&query(100)).await.unwrap();
            let some = test.store.load_groups(&query(2)).await.unwrap();
            assert_eq!(some.groups, all.groups[..2]);
            assert!(all.at_end && !some.at_end);
        }
    }
}

#[tokio::test]
async fn a_sorted_window_reads_no_more_rows_than_it_shows() {
    let Some(at) = support::postgres_direct().await else { return };
    let test = at.open().await;
    ledger::account(&test.at, "acc_0").await;
    let first = day("2020-01-01");
    let many: Vec<Row> = (0..20_000_u64)
        .map(|number| {
            let mut row = Row::new(
                "acc_0",
                &format!("txn_{number:06}"),
                first + chrono::Days::new(number / 10),
            );
            row.amount = i64::try_from(number * 7_919 % 9_000).unwrap() - 4_000;
            row.counterparty = Some(format!("SHOP {}", number * 31 % 400));
            row
        })
        .collect();
    ledger::transactions(&test.at, &many).await;
    test.at.run("update pb_transactions set shown_category = 'cat ' || (seq + amount % 9)").await;
    test.at.run("vacuum analyze pb_transactions").await;
    test.store.close().await;

    let store = Store::open(test.at.options()).await.unwrap();
    test.at.run("select pg_stat_reset()").await;
    let keys = [SortKey::Amount, SortKey::Description, SortKey::Category];
    for sort in keys.into_iter().flat_map(|key| [Sort::by(key), Sort::by(key).reverse()]) {
        let mut query = TransactionQuery { sort, ..TransactionQuery::newest(None, 20) };
        // Often enough for Postgres to settle on one plan for all parameters.
        for _ in 0..8 {
            let window = store.load_transactions(&query).await.unwrap();
            query.anchor = Anchor::Older(sort.position(window.rows.last().unwrap()));
        }
    }
    store.close().await;
    let (scans, fetched) = super::windows::read_of(&test.at, "pb_transactions").await;
    assert_eq!(scans, 0, "never the whole table");
    // A row is found in one of three stretches of an index, and fetched once.
    assert!((1..=6 * 8 * 4 * 21).contains(&fetched), "{fetched} rows read");
}
