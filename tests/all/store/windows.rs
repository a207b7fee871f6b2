//! Windows of transactions: no row twice, none left out, however they are walked.

use passbook::domain::{
    AccountId, Anchor, Lead, Life, Position, Scope, Status, StoredTransaction, TransactionQuery,
    TransactionWindow,
};
use passbook::store::Store;

use crate::support::{
    self, TestDatabase, TestStore,
    ledger::{self, Row, day},
};

/// Three accounts, several rows a day, some pending, some withdrawn: 120 rows.
fn rows() -> Vec<Row> {
    let first = day("2026-01-30");
    (0..120_i64)
        .map(|number| {
            let account = format!("acc_{}", number % 3);
            let date = first + chrono::Days::new((number.unsigned_abs() * 7 % 20) / 2);
            let mut row = Row::new(&account, &format!("txn_{:03}", number * 37 % 120), date);
            row.seq = number % 4;
            row.amount = number * 11 - 400;
            row.status = if number % 17 == 3 { "pending" } else { "posted" };
            row.life = match number % 13 {
                5 | 8 => "gone",
                11 => "replaced",
                _ => "live",
            };
            row
        })
        .collect()
}

/// Every other row has words of the user's, and every fourth a note.
fn noted(row: &Row) -> bool {
    row.seq == 2
}

async fn stores_with_rows() -> Vec<TestStore> {
    let stores = support::stores().await;
    for test in &stores {
        for account in ["acc_0", "acc_1", "acc_2"] {
            ledger::account(&test.at, account).await;
        }
        ledger::transactions(&test.at, &rows()).await;
        test.at
            .run(
                "insert into pb_annotations (account_id, transaction_id, note, category, edited_at)
                 select account_id, id, case seq when 2 then 'mine' end, 'food', first_seen_at
                 from pb_transactions where seq in (0, 2)",
            )
            .await;
    }
    stores
}

/// What a query must bring, by plain filtering: newest first.
fn expected(query: &TransactionQuery) -> Vec<Position> {
    let mut positions: Vec<Position> = rows()
        .into_iter()
        .filter(|row| query.account.as_ref().is_none_or(|account| account.0 == row.account))
        .filter(|row| query.since.is_none_or(|since| row.date >= since))
        .filter(|row| query.until.is_none_or(|until| row.date <= until))
        .filter(|row| query.status.as_ref().is_none_or(|status| status.as_str() == row.status))
        .filter(|row| match query.scope {
            Scope::Live => row.life == "live",
            Scope::All => true,
            Scope::Gone => row.life == "gone",
        })
        .map(|row| Position {
            noted: query.scope == Scope::Gone && noted(&row),
            lead: Lead::None,
            date: row.date,
            account_id: row.account.as_str().into(),
            sequence: row.seq,
            id: row.id.as_str().into(),
        })
        .collect();
    positions.sort();
    positions.reverse();
    positions
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}

fn queries() -> Vec<TransactionQuery> {
    let all = TransactionQuery::newest(None, 7);
    let one = TransactionQuery::newest(Some(AccountId::from("acc_1")), 7);
    let mut queries = Vec::new();
    for query in [all, one] {
        let some_days = TransactionQuery {
            since: Some(day("2026-02-01")),
            until: Some(day("2026-02-05")),
            ..query.clone()
        };
        for query in [query, some_days] {
            for status in [None, Some(Status::Pending), Some(Status::Posted)] {
                for scope in [Scope::Live, Scope::All, Scope::Gone] {
                    queries.push(TransactionQuery {
                        status: status.clone(),
                        scope,
                        ..query.clone()
                    });
                }
            }
        }
    }
    queries
}

fn positions(window: &TransactionWindow) -> Vec<Position> {
    window.rows.iter().map(StoredTransaction::position).collect()
}

/// Walks the list window by window; returns all rows in the order of the list.
async fn walk(store: &Store, query: &TransactionQuery, older: bool) -> Vec<Position> {
    let mut anchor = if older { Anchor::Newest } else { Anchor::Oldest };
    let mut seen = Vec::new();
    loop {
        let query = TransactionQuery { anchor, ..query.clone() };
        let window = store.load_transactions(&query).await.unwrap();
        assert!(window.rows.len() <= query.limit as usize);
        let mut found = positions(&window);
        if older {
            seen.extend(found);
        } else {
            found.extend(seen);
            seen = found;
        }
        if window.at_end {
            return seen;
        }
        let edge = if older { seen.last() } else { seen.first() };
        let edge = edge.expect("a window that goes on is not empty").clone();
        anchor = if older { Anchor::Older(edge) } else { Anchor::Newer(edge) };
    }
}

#[tokio::test]
async fn walking_in_windows_brings_every_row_once_and_in_order() {
    for test in stores_with_rows().await {
        for query in queries() {
            let all = expected(&query);
            for limit in [1, 7, 200] {
                let query = TransactionQuery { limit, ..query.clone() };
                assert_eq!(walk(&test.store, &query, true).await, all, "{query:?}");
                assert_eq!(walk(&test.store, &query, false).await, all, "{query:?}");
            }
        }
    }
}

#[tokio::test]
async fn counts_are_those_of_the_rows() {
    for test in stores_with_rows().await {
        for query in queries() {
            let all = expected(&query);
            let count = test.store.count_transactions(&query).await.unwrap();
            assert_eq!(count, signed(all.len()), "{query:?}");
            for (above, position) in all.iter().enumerate().step_by(5) {
                let newer = test.store.count_newer(&query, position).await.unwrap();
                assert_eq!(newer, signed(above), "{query:?} {position:?}");
            }
        }
    }
}

#[tokio::test]
async fn of_the_gone_rows_those_with_a_note_come_first_and_no_replaced_one_at_all() {
    for test in stores_with_rows().await {
        let newest = TransactionQuery::newest(None, 3);
        let query = TransactionQuery { scope: Scope::Gone, ..newest };
        let mut rows = Vec::new();
        let mut anchor = Anchor::Newest;
        loop {
            let query = TransactionQuery { anchor, ..query.clone() };
            let window = test.store.load_transactions(&query).await.unwrap();
            rows.extend(window.rows);
            if window.at_end {
                break;
            }
            anchor = Anchor::Older(rows.last().unwrap().position());
        }
        assert!(rows.iter().all(|row| row.life == Life::Gone));
        let first = rows.iter().take_while(|row| row.noted).count();
        assert!((3..rows.len() - 3).contains(&first), "{first} of {}", rows.len());
        assert!(rows[first..].iter().all(|row| !row.noted));
        let all = self::rows();
        let gone = || all.iter().filter(|row| row.life == "gone");
        let counts = (gone().filter(|row| noted(row)).count(), gone().count());
        assert_eq!((first, rows.len()), counts);
    }
}

#[tokio::test]
async fn a_row_of_another_account_is_an_anchor_too() {
    for test in stores_with_rows().await {
        let query = TransactionQuery::newest(Some(AccountId::from("acc_1")), 200);
        let all = expected(&query);
        for position in expected(&TransactionQuery::newest(None, 200)).into_iter().step_by(3) {
            let older = all.iter().filter(|other| **other < position).cloned();
            let anchored =
                TransactionQuery { anchor: Anchor::Older(position.clone()), ..query.clone() };
            let window = test.store.load_transactions(&anchored).await.unwrap();
            assert_eq!(positions(&window), older.collect::<Vec<_>>(), "{position:?}");
            let newer = all.iter().filter(|other| **other > position).count();
            assert_eq!(test.store.count_newer(&query, &position).await.unwrap(), signed(newer));
        }
    }
}

#[tokio::test]
async fn dates_at_the_ends_of_the_calendar_are_rows_like_others() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_1").await;
        let dates = ["0001-01-01", "1970-01-01", "2026-11-22", "9999-12-31"];
        let rows: Vec<Row> = dates.iter().map(|date| Row::new("acc_1", date, day(date))).collect();
        ledger::transactions(&test.at, &rows).await;
        let query = TransactionQuery::newest(None, 1);
        let walked = walk(&test.store, &query, true).await;
        let ids: Vec<&str> = walked.iter().map(|position| position.id.as_str()).collect();
        assert_eq!(ids, ["9999-12-31", "2026-11-22", "1970-01-01", "0001-01-01"]);
        assert_eq!(test.store.count_newer(&query, &walked[0]).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn a_window_reads_no_more_rows_than_it_shows() {
    let Some(at) = support::postgres_direct().await else { return };
    let test = at.open().await;
    ledger::account(&test.at, "acc_0").await;
    ledger::account(&test.at, "acc_1").await;
    let first = day("2020-01-01");
    let many: Vec<Row> = (0..20_000)
        .map(|number| {
            let account = format!("acc_{}", number % 2);
            let date = first + chrono::Days::new(number / 10);
            let mut row = Row::new(&account, &format!("txn_{number:06}"), date);
            row.status = if number % 2_000 == 7 { "pending" } else { "posted" };
            row
        })
        .collect();
    ledger::transactions(&test.at, &many).await;
    test.at.run("analyze").await;
    test.store.close().await;

    let store = Store::open(test.at.options()).await.unwrap();
    test.at.run("select pg_stat_reset()").await;
    let middle = Position {
        noted: false,
        lead: Lead::None,
        date: first + chrono::Days::new(700),
        account_id: "acc_1".into(),
        sequence: 0,
        id: "txn_007001".into(),
    };
    for account in [None, Some(AccountId::from("acc_1"))] {
        for status in [None, Some(Status::Pending)] {
            for anchor in [
                Anchor::Newest,
                Anchor::Oldest,
                Anchor::Older(middle.clone()),
                Anchor::Newer(middle.clone()),
            ] {
                let mut query = TransactionQuery::newest(account.clone(), 20);
                (query.status, query.anchor) = (status.clone(), anchor);
                // Often enough for Postgres to settle on one plan for all parameters.
                for _ in 0..8 {
                    store.load_transactions(&query).await.unwrap();
                }
            }
        }
    }
    store.close().await;
    let (scans, fetched) = read_of(&test.at, "pb_transactions").await;
    assert_eq!(scans, 0, "never the whole table");
    assert!((1..=16 * 8 * 21).contains(&fetched), "{fetched} rows read");
}

/// Scans and rows that Postgres counted, once nobody is connected.
pub async fn read_of(at: &TestDatabase, table: &str) -> (i64, i64) {
    // A server process reports what it read when it ends, at the latest.
    let others = "select cast(count(*) as text) from pg_stat_activity \
        where datname = current_database() and pid <> pg_backend_pid()";
    while at.ask(others).await != ["0"] {}
    let read = format!(
        "select cast(sum(seq_scan) || ' ' || sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) as text)
         from pg_stat_user_tables where relname like '{table}'"
    );
    let answer = at.ask(read).await.remove(0);
    let (scans, rows) = answer.split_once(' ').unwrap();
    (scans.parse().unwrap(), rows.parse().unwrap())
}

/// What a list and the details of its rows read while somebody moves about in it.
async fn read_for_keys(rows: u64) -> Option<i64> {
    let at = support::postgres_direct().await?;
    Store::open(at.options()).await.unwrap().close().await;
    ledger::account(&at, "acc_0").await;
    let last = day("2026-11-22");
    let history: Vec<Row> = (0..rows)
        .map(|number| {
            let date = last - chrono::Days::new(number / 10);
            let mut row = Row::new("acc_0", &format!("txn_{number:06}"), date);
            row.counterparty = Some(format!("SHOP {}", number % 97));
            row
        })
        .collect();
    ledger::transactions(&at, &history).await;
    at.run("analyze").await;
    at.run("select pg_stat_reset()").await;
    let store = Store::open(at.options()).await.unwrap();
    let mut query = TransactionQuery::newest(Some("acc_0".into()), 50);
    for _ in 0..10 {
        let window = store.load_transactions(&query).await.unwrap();
        let newest = &window.rows[0];
        assert!(store.load_detail(&newest.key()).await.unwrap().is_some());
        query.anchor = Anchor::Older(window.rows.last().unwrap().position());
    }
    store.close().await;
    Some(read_of(&at, "pb_%").await.1)
}

#[tokio::test]
async fn keys_read_as_much_of_a_long_history_as_of_a_short_one() {
    // Both go back further than the twelve months that a detail sums up.
    let Some(short) = read_for_keys(5_000).await else { return };
    let long = read_for_keys(25_000).await.unwrap();
    assert!(long < short * 3 / 2, "{short} rows of the short one, {long} of the long one");
}
