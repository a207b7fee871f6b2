//! The overview against plain sums over the rows.

use chrono::{Datelike as _, Days, NaiveDate};
use passbook::domain::{AccountId, Currency, DayKind, History, Money};

use crate::support::{
    self, TestDatabase,
    ledger::{self, Row, day},
};

const TODAY: &str = "2026-11-22";

fn rows() -> Vec<Row> {
    (0..300_i64)
        .map(|number| {
            let account = format!("acc_{}", number % 3);
            let date = day(TODAY) - Days::new(number.unsigned_abs());
            let mut row = Row::new(&account, &format!("txn_{number:03}"), date);
            row.amount = if number % 4 == 0 { number * 100 } else { -number * 13 };
            row.status = if number < 6 { "pending" } else { "posted" };
            row.life = if number % 11 == 2 { "gone" } else { "live" };
            row.currency = if number % 50 == 9 { "EUR" } else { "USD" };
            row
        })
        .collect()
}

async fn fill(at: &TestDatabase) {
    for account in ["acc_0", "acc_1", "acc_2"] {
        ledger::account(at, account).await;
    }
    ledger::transactions(at, &rows()).await;
    for (instant, ledger) in [
        ("2026-01-05T10:00:00+00:00", 1_000),
        ("2026-07-01T10:00:00+00:00", 2_000),
        ("2026-11-20T10:00:00+00:00", 3_000),
        ("2026-11-21T10:00:00+00:00", 4_000),
    ] {
        ledger::snapshot(at, "acc_0", instant, ledger).await;
    }
    at.run(
        "insert into pb_sync_state (account_id, cursor_id, cursor_date, done, empty_seen, audit_due,
            judged_at)
         values ('acc_0', null, null, true, false, false, '2026-11-22T08:00:00+00:00'),
            ('acc_1', 'txn_100', '2026-08-14', false, false, false, null);
         update pb_accounts set duplicate_of = 'acc_1' where id = 'acc_2';
         insert into pb_sync_runs (id, started_at, finished_at, started_by, full_walk, outcome)
         values ('run_1', '2026-11-21T08:00:00+00:00', '2026-11-21T08:00:09+00:00', 'key', false, 'ok'),
            ('run_2', '2026-11-22T08:00:00+00:00', null, 'schedule', true, 'running');
         insert into pb_sync_results (run_id, account_id, enrollment_id, institution_name,
            account_name, outcome, new_rows, settled_rows, changed_rows, gone_rows, paired_rows,
            quarantined_rows, pages, reached, reason, code, ledger, currency)
         values ('run_2', 'acc_0', 'enr_1', 'Harbor Credit Union', 'Account acc_0', 'failed', 1, 2,
            3, 4, 5, 6, 7, '2026-11-08', 'why', 'offline', -8, 'USD');
         insert into pb_quarantine (account_id, digest, reason, body, first_seen_at, last_seen_at,
            resolved_at)
         values ('acc_0', 'a', 'amount', '{}', '2026-11-22T08:00:00+00:00',
                '2026-11-22T08:00:00+00:00', null),
            ('acc_0', 'b', 'amount', '{}', '2026-11-22T08:00:00+00:00',
                '2026-11-22T08:00:00+00:00', '2026-11-22T09:00:00+00:00')",
    )
    .await;
}

/// Live rows of one account.
fn live(account: &AccountId) -> impl Iterator<Item = Row> {
    let account = account.0.clone();
    rows().into_iter().filter(move |row| row.account == account && row.life == "live")
}

/// The first of 90 days, or the day of the last snapshot before them, with a margin for zones.
fn first_told(account: &AccountId) -> NaiveDate {
    day(if account.as_str() == "acc_0" { "2026-06-30" } else { "2026-08-25" })
}

#[tokio::test]
async fn every_number_is_the_plain_sum_of_the_rows() {
    for test in support::stores().await {
        fill(&test.at).await;
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        let ids: Vec<&str> = overview.accounts.iter().map(|a| a.account.id.as_str()).collect();
        assert_eq!(ids, ["acc_0", "acc_1", "acc_2"], "as the bank lists them");
        for overview in &overview.accounts {
            let pending: i64 = live(&overview.account.id)
                .filter(|r| r.status == "pending")
                .map(|r| r.amount)
                .sum();
            assert_eq!(overview.pending, pending);
            let told = |date| overview.flows.iter().any(|flow| flow.date == date);
            for row in live(&overview.account.id).filter(|row| row.currency == "USD") {
                assert_eq!(told(row.date), row.date >= first_told(&overview.account.id), "{row:?}");
            }
            for flow in &overview.flows {
                let posted: i64 = live(&overview.account.id)
                    .filter(|row| row.date == flow.date && row.status == "posted")
                    .filter(|row| row.currency == "USD")
                    .map(|row| row.amount)
                    .sum();
                assert_eq!(flow.minor, posted, "{} {}", overview.account.id, flow.date);
            }
            assert!(overview.flows.is_sorted_by_key(|flow| flow.date));
        }
    }
}

#[tokio::test]
async fn the_month_is_summed_by_currency_without_possible_duplicates() {
    for test in support::stores().await {
        fill(&test.at).await;
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        let this_month = |date: NaiveDate| (date.year(), date.month()) == (2026, 11);
        for (currency, totals) in &overview.month {
            let amounts = rows()
                .into_iter()
                .filter(|row| row.life == "live" && row.account != "acc_2")
                .filter(|row| this_month(row.date) && row.currency == currency.code())
                .map(|row| row.amount);
            let (money_in, money_out): (Vec<i64>, Vec<i64>) = amounts.partition(|&a| a > 0);
            assert_eq!(totals.money_in, money_in.iter().sum::<i64>());
            assert_eq!(totals.money_out, money_out.iter().sum::<i64>());
        }
        let currencies: Vec<Currency> = overview.month.keys().copied().collect();
        assert_eq!(currencies, [Currency::parse("EUR").unwrap(), Currency::USD]);
        let flags: Vec<bool> = overview.accounts.iter().map(|a| a.possible_duplicate).collect();
        assert_eq!(flags, [false, false, true]);
    }
}

#[tokio::test]
async fn snapshots_are_those_shown_and_the_last_before() {
    for test in support::stores().await {
        fill(&test.at).await;
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        let first = &overview.accounts[0];
        let ledgers = first.snapshots.iter().map(|s| s.balance.ledger.map(|ledger| ledger.minor));
        assert_eq!(ledgers.collect::<Vec<_>>(), [Some(2_000), Some(3_000), Some(4_000)]);
        let latest = first.latest.as_ref().unwrap();
        assert_eq!(latest.balance.ledger, Some(Money::new(4_000, Currency::USD)));
        assert_eq!(latest.balance.available, None, "unknown is not zero");
        assert_eq!(overview.accounts[1].latest, None);

        // The first day shown carries the balance of July and all that was posted since.
        let measured = first
            .snapshots
            .iter()
            .map(|s| (s.observed_at.date_naive(), s.balance.ledger.unwrap().minor));
        let flows = first.flows.iter().map(|flow| (flow.date, flow.minor)).collect();
        let history = History::build(day(TODAY), 90, &measured.collect(), &flows, first.reach);
        let start = history.days[0];
        let since_july: i64 = live(&first.account.id)
            .filter(|row| row.date > day("2026-07-01") && row.date <= start.date)
            .filter(|row| row.status == "posted" && row.currency == "USD")
            .map(|row| row.amount)
            .sum();
        assert_eq!((start.kind, start.value), (DayKind::Rebuilt, Some(2_000 + since_july)));
    }
}

#[tokio::test]
async fn it_says_how_far_the_rows_reach_and_what_the_last_sync_did() {
    for test in support::stores().await {
        fill(&test.at).await;
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        let oldest = live(&AccountId::from("acc_0")).map(|row| row.date).min();
        let [first, second, third] = &overview.accounts[..] else { panic!("three accounts") };
        assert_eq!((first.complete, first.reach), (true, oldest));
        assert!(first.synced_at.is_some());
        // Of the cursor's own day some rows may be missing.
        assert_eq!((second.complete, second.reach), (false, Some(day("2026-08-15"))));
        assert!(!third.complete);

        assert_eq!(overview.quarantined, 1);
        assert_eq!(overview.enrollments.len(), 1);
        let run = overview.last_run.unwrap();
        assert_eq!((run.id.as_str(), run.trigger.as_str(), run.full), ("run_2", "schedule", true));
        let [result] = &run.results[..] else { panic!("one result") };
        let counts = [result.new, result.settled, result.changed, result.gone, result.paired];
        assert_eq!(counts, [1, 2, 3, 4, 5]);
        assert_eq!((result.quarantined, result.pages), (6, 7));
        assert_eq!(result.ledger, Some(Money::new(-8, Currency::USD)));

        let runs = test.store.load_runs(10).await.unwrap();
        assert_eq!(runs[0], run);
        assert_eq!(runs[1].id, "run_1");
        assert!(runs[1].results.is_empty());
    }
}

#[tokio::test]
async fn an_empty_store_has_an_empty_overview() {
    for test in support::stores().await {
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        assert_eq!(overview, passbook::domain::Overview::default());
    }
}

#[tokio::test]
async fn a_thousand_accounts_are_one_overview() {
    for test in support::stores().await {
        ledger::account(&test.at, "acc_0").await;
        test.at
            .run(
                "with recursive numbers (n) as
                    (select 1 union all select n + 1 from numbers where n < 999)
                 insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name,
                    type, subtype, currency, last_four, status, has_balances, has_transactions,
                    position, first_seen_at)
                 select 'acc_' || cast(n as text), enrollment_id, institution_id, institution_name,
                    name, type, subtype, currency, last_four, status, has_balances,
                    has_transactions, n, first_seen_at
                 from numbers, pb_accounts where id = 'acc_0'",
            )
            .await;
        let rows: Vec<Row> = (0..1_000)
            .map(|number| Row::new(&format!("acc_{number}"), &format!("txn_{number}"), day(TODAY)))
            .collect();
        ledger::transactions(&test.at, &rows).await;
        let overview = test.store.load_overview(day(TODAY), 90).await.unwrap();
        assert_eq!(overview.accounts.len(), 1_000);
        assert!(overview.accounts.iter().all(|account| account.flows.len() == 1));
        let last = &overview.accounts[999].account.id;
        assert_eq!(last.as_str(), "acc_999", "as the bank lists them");
        assert_eq!(overview.month[&Currency::USD].money_in, 100_000);
    }
}

#[tokio::test]
async fn snapshots_are_listed_newest_first() {
    for test in support::stores().await {
        fill(&test.at).await;
        let all = test.store.load_snapshots(None, None).await.unwrap();
        assert_eq!(all.len(), 4);
        assert!(all.is_sorted_by(|a, b| a.observed_at >= b.observed_at));
        let account = AccountId::from("acc_0");
        let since = Some(day("2026-11-20"));
        assert_eq!(test.store.load_snapshots(Some(&account), since).await.unwrap().len(), 2);
        let other = AccountId::from("acc_1");
        assert!(test.store.load_snapshots(Some(&other), None).await.unwrap().is_empty());
    }
}
