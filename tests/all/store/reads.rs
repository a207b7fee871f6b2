//! What the questions behind a key press read, as Postgres counts it.

use std::sync::Arc;

use chrono::{Days, NaiveDate};
use passbook::domain::insight::SpendingBy;
use passbook::domain::query::{Names, parse};
use passbook::domain::{GroupBy, GroupQuery, TransactionQuery};
use passbook::store::Store;

use super::windows::read_of;
use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

const ROWS: u64 = 20_000;
const A_DAY: u64 = 10;
/// Often enough for Postgres to settle on one plan for all parameters.
const TIMES: i64 = 8;
const LIMIT: u32 = 20;

/// What was read of the transactions: scans of the whole table, rows, and entries of indexes.
#[derive(Debug)]
struct Read {
    scans: i64,
    rows: i64,
    entries: i64,
}

enum Question {
    Groups(GroupBy, &'static str),
    Page(&'static str),
    Sums(&'static str),
    CashFlow,
    Spending(SpendingBy),
}

fn last_day() -> NaiveDate {
    day("2026-11-22")
}

/// Two accounts of many years, in which every fortieth row is of its own category.
async fn filled() -> Option<TestDatabase> {
    let at = support::postgres_direct().await?;
    Store::open(at.options()).await.unwrap().close().await;
    for account in ["acc_0", "acc_1"] {
        ledger::account(&at, account).await;
    }
    let row = |number: u64| {
        let date = last_day() - Days::new(number / A_DAY);
        let account = format!("acc_{}", number % 2);
        let amount = i64::try_from(number * 7_919 % 9_000).unwrap() - 4_000;
        let counterparty = Some(format!("SHOP {}", number * 31 % 100));
        Row { amount, counterparty, ..Row::new(&account, &format!("txn_{number:06}"), date) }
    };
    ledger::transactions(&at, &(0..ROWS).map(row).collect::<Vec<_>>()).await;
    at.run("update pb_transactions set shown_category = 'cat ' || (seq + amount % 40)").await;
    at.run("vacuum analyze pb_transactions").await;
    at.run("analyze").await;
    Some(at)
}

fn rows(words: &str) -> TransactionQuery {
    let filter = parse(words, last_day()).resolve(&Names::default());
    TransactionQuery { filter: Arc::new(filter), ..TransactionQuery::newest(None, LIMIT) }
}

impl Question {
    async fn ask(&self, store: &Store) -> usize {
        match self {
            Self::Groups(by, words) => {
                let query = GroupQuery { rows: rows(words), by: *by, limit: LIMIT };
                store.load_groups(&query).await.unwrap().groups.len()
            }
            Self::Page(words) => store.load_transactions(&rows(words)).await.unwrap().rows.len(),
            Self::Sums(words) => {
                let rows = store.load_summary(&rows(words)).await.unwrap().rows();
                usize::try_from(rows).unwrap()
            }
            Self::CashFlow => {
                store.load_cash_flow(last_day() - Days::new(300), last_day()).await.unwrap().len()
            }
            Self::Spending(by) => store.load_spending(last_day(), *by).await.unwrap().len(),
        }
    }

    /// What one answer reads of the transactions, and how much it brings.
    async fn reads(&self, at: &TestDatabase) -> (Read, usize) {
        let (read, brings) = self.counted(at, TIMES, false).await;
        (read.each(TIMES), brings)
    }

    /// The same where the words of all rows are in memory; to read them is not counted.
    async fn reads_prepared(&self, at: &TestDatabase) -> (Read, usize) {
        let (before, _) = self.counted(at, 0, true).await;
        let (Read { scans, rows, entries }, brings) = self.counted(at, TIMES, true).await;
        let read = Read {
            scans: scans - before.scans,
            rows: rows - before.rows,
            entries: entries - before.entries,
        };
        (read.each(TIMES), brings)
    }

    async fn counted(&self, at: &TestDatabase, times: i64, prepared: bool) -> (Read, usize) {
        at.run("select pg_stat_reset()").await;
        let store = Store::open(at.options()).await.unwrap();
        if prepared {
            assert!(store.prepare_search(1).await.unwrap() > 0);
        }
        let mut brings = 0;
        for _ in 0..times {
            brings = self.ask(&store).await;
        }
        store.close().await;
        let (scans, rows) = read_of(at, "pb_transactions").await;
        let entries = "select cast(sum(idx_tup_read) as text) from pg_stat_user_indexes
            where relname = 'pb_transactions'";
        let entries: i64 = at.ask(entries).await[0].parse().unwrap();
        (Read { scans, rows, entries }, brings)
    }
}

impl Read {
    fn each(self, times: i64) -> Self {
        Self { rows: self.rows / times, entries: self.entries / times, ..self }
    }
}

#[tokio::test]
async fn a_key_reads_no_more_than_its_answer_needs() {
    let Some(at) = filled().await else { return };
    let (limit, all) = (i64::from(LIMIT), i64::try_from(ROWS).unwrap());
    for by in [GroupBy::Account, GroupBy::Month] {
        let (read, brings) = Question::Groups(by, "").reads(&at).await;
        assert!(brings > 1 && read.scans + read.rows + read.entries == 0, "{by:?} {read:?}");
    }
    let (read, brings) = Question::Page("row").reads(&at).await;
    assert!(brings == 20 && read.scans == 0, "a common word {read:?}");
    assert!(read.rows <= limit + 1 && read.entries <= 2 * (limit + 1), "{read:?}");
    // Nothing but a look at every row finds these.
    for (words, found) in [("\"txn_000777\"", 1), ("nowhere", 0)] {
        let (read, brings) = Question::Page(words).reads(&at).await;
        assert_eq!(brings, found);
        assert!(read.rows + read.entries <= all + 2 * limit, "{words}, a page: {read:?}");
        // By day and by category.
        let (read, _) = Question::Sums(words).reads(&at).await;
        assert!(read.rows + read.entries <= 2 * all + 2 * limit, "{words}, sums: {read:?}");
        for by in [GroupBy::Account, GroupBy::Category, GroupBy::Merchant, GroupBy::Month] {
            let (read, _) = Question::Groups(by, words).reads(&at).await;
            assert!(read.rows + read.entries <= all + 2 * limit, "{words} {by:?}: {read:?}");
        }
    }
    let days = |days: i64| days * i64::try_from(A_DAY).unwrap();
    // With their words in memory, the rows of the days that have them: once for each question.
    for (words, found) in [("\"txn_000777\"", 1), ("nowhere", 0)] {
        let (read, brings) = Question::Page(words).reads_prepared(&at).await;
        let rows = read.rows + read.entries;
        assert!(brings == found && read.scans == 0 && rows <= days(2), "a page: {read:?}");
        let (read, _) = Question::Sums(words).reads_prepared(&at).await;
        assert!(read.scans == 0 && read.rows + read.entries <= days(3), "sums: {read:?}");
        for by in [GroupBy::Account, GroupBy::Category, GroupBy::Merchant, GroupBy::Month] {
            let (read, _) = Question::Groups(by, words).reads_prepared(&at).await;
            assert!(read.scans == 0 && read.rows + read.entries <= days(3), "{by:?}: {read:?}");
        }
    }
    let insights = [
        (Question::CashFlow, days(366)),
        (Question::Spending(SpendingBy::Category), days(4 * 31)),
        (Question::Spending(SpendingBy::Merchant), days(4 * 31)),
        (Question::Spending(SpendingBy::Account), days(4 * 31)),
    ];
    for (question, most) in insights {
        let (read, _) = question.reads(&at).await;
        assert!(read.scans == 0 && read.rows == 0, "the index covers it: {read:?}");
        assert!((1..=most).contains(&read.entries), "only these months: {read:?}");
    }
}

#[tokio::test]
async fn groups_of_all_rows_are_added_up_in_one_pass_without_sorting_them() {
    let Some(at) = filled().await else { return };
    // So little that as many rows could only be sorted on disk.
    at.run(
        "do $$ begin
            execute 'alter database ' || current_database() || ' set work_mem = ''64kB''';
        end $$",
    )
    .await;
    for by in [GroupBy::Category, GroupBy::Merchant] {
        let (read, brings) = Question::Groups(by, "").reads(&at).await;
        assert_eq!(brings, usize::try_from(LIMIT).unwrap());
        let names = i64::from(LIMIT) + 1;
        let most = i64::try_from(ROWS).unwrap() + 2 * names;
        assert!(read.rows + read.entries <= most, "{by:?} {read:?}");
        let on_disk = "select cast(temp_bytes as text) from pg_stat_database
            where datname = current_database()";
        assert_eq!(at.ask(on_disk).await, ["0"], "{by:?}");
    }
}
