//! A first sync of a long history from a bank on loopback, and one that finds nothing new.

use std::time::{Duration, Instant};

use chrono::{Days, Utc};
use color_eyre::Result;
use color_eyre::eyre::{OptionExt as _, ensure};
use passbook::demo::{Bank, BankOptions};
use passbook::domain::{Account, Outcome};
use passbook::store::Store;
use passbook::sync::{self, Access, SyncRequest};
use passbook::teller::{Client, ClientOptions, Page, PageQuery, Row};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _, QueryBuilder};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};

const PAGE: u32 = 500;

pub fn measure(stopwatch: &mut Stopwatch, rows: usize) -> Result<()> {
    let today = Utc::now().date_naive();
    let options =
        BankOptions { seed: 7, first_day: today - Days::new(365), today, extra_rows: rows };
    let bank = stopwatch.wait_for(Bank::start(options))?;
    let accesses = accesses(&bank)?;

    let ours = stopwatch.measure("sync", "first", Pace::Slow, async || {
        let fixture = Fixture::empty().await?;
        let store = fixture.open().await?;
        let elapsed = run(&store, &accesses).await?;
        store.close().await;
        ensure!(
            count(&fixture, "pb_transactions").await? > i64::try_from(rows)?,
            "rows are missing"
        );
        Ok(elapsed)
    });
    let bare = stopwatch.measure("sync", "bare first", Pace::Slow, async || {
        let fixture = Fixture::empty().await?;
        let mut connection = fixture.connect().await?;
        let started = Instant::now();
        for access in &accesses {
            copy_everything(access, &mut connection).await?;
        }
        let elapsed = started.elapsed();
        connection.close().await?;
        ensure!(
            count(&fixture, "pb_transactions").await? > i64::try_from(rows)?,
            "rows are missing"
        );
        Ok(elapsed)
    });
    stopwatch.compare("first sync of 100 k rows / client and upserts", ours, bare);
    measure_nothing_new(stopwatch, &bank, &accesses)
}

fn measure_nothing_new(stopwatch: &mut Stopwatch, bank: &Bank, accesses: &[Access]) -> Result<()> {
    let fixture = stopwatch.wait_for(Fixture::empty())?;
    let store = stopwatch.wait_for(fixture.open())?;
    stopwatch.wait_for(run(&store, accesses))?;
    stopwatch.wait_for(watch_writes(&fixture))?;
    bank.clear_requests();
    stopwatch.wait_for(run(&store, accesses))?;
    let requests = bank.requests().len();
    let writes = stopwatch.wait_for(count(&fixture, "writes"))?;
    println!("a sync that finds nothing: {requests} requests, {writes} rows written");
    ensure!(requests <= 2 * bank.account_ids().len() + accesses.len(), "too many requests");
    ensure!(writes == 0, "rows were written");

    let ours =
        stopwatch.measure("sync", "nothing new", Pace::Quick, async || run(&store, accesses).await);
    let bare = stopwatch.measure("sync", "bare nothing new", Pace::Quick, async || {
        let started = Instant::now();
        for Access { client, token, .. } in accesses {
            for (account, _) in client.list_accounts(token).await?.accounts {
                client.get_balances(token, &account).await?;
                page(client, token, &account, None).await?;
            }
        }
        Ok(started.elapsed())
    });
    stopwatch.wait_for(store.close());
    stopwatch.compare("sync that finds nothing / the client alone", ours, bare);
    Ok(())
}

fn accesses(bank: &Bank) -> Result<Vec<Access>> {
    let client =
        Client::new(ClientOptions { base_url: bank.url().parse()?, ..Default::default() })?;
    let access = |token| Access {
        client: client.clone(),
        token,
        environment: "sandbox".to_owned(),
        enrollment: None,
    };
    Ok(bank.tokens().into_iter().map(access).collect())
}

async fn run(store: &Store, accesses: &[Access]) -> Result<Duration> {
    let (events, mut told) = mpsc::channel(256);
    let listening = tokio::spawn(async move { while told.recv().await.is_some() {} });
    let started = Instant::now();
    let request = SyncRequest { trigger: "command", ..SyncRequest::default() };
    let report = sync::run(store, accesses, &request, events, CancellationToken::new()).await?;
    let elapsed = started.elapsed();
    ensure!(report.run.outcome == Outcome::Ok, "the sync ended {:?}", report.run.outcome);
    listening.await?;
    Ok(elapsed)
}

/// The baseline: every page of every account, each written by itself in one transaction.
async fn copy_everything(access: &Access, connection: &mut SqliteConnection) -> Result<()> {
    let Access { client, token, .. } = access;
    for (account, _) in client.list_accounts(token).await?.accounts {
        insert_account(&account, connection).await?;
        client.get_balances(token, &account).await?;
        let mut last: Option<Row> = None;
        loop {
            let page = page(client, token, &account, last.as_ref()).await?;
            if page.rows.is_empty() {
                break;
            }
            upsert_page(&page.rows, connection).await?;
            last = page.rows.into_iter().next_back();
        }
    }
    Ok(())
}

async fn page(
    client: &Client,
    token: &passbook::secret::Secret,
    account: &Account,
    below: Option<&Row>,
) -> Result<Page> {
    let from_id = below.map(|row| row.transaction.id.clone());
    let query = PageQuery { count: Some(PAGE), from_id, ..PageQuery::default() };
    Ok(client.list_transactions(token, account, &query).await?)
}

async fn insert_account(account: &Account, connection: &mut SqliteConnection) -> Result<()> {
    const ENROLLMENT: &str = "
        insert into pb_enrollments
            (id, institution_id, institution_name, environment, state, first_seen_at)
        values ($1, '', '', 'sandbox', 'healthy', '2026-11-22T09:00:00+00:00')
        on conflict (id) do nothing";
    const ACCOUNT: &str = "
        insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name, type,
            currency, status, has_balances, has_transactions, position, first_seen_at)
        values ($1, $2, '', '', '', 'depository', 'USD', 'open', true, true, 0,
            '2026-11-22T09:00:00+00:00')";
    sqlx::query(ENROLLMENT).bind(&account.enrollment_id).execute(&mut *connection).await?;
    sqlx::query(ACCOUNT).bind(&account.id).bind(&account.enrollment_id).execute(connection).await?;
    Ok(())
}

/// The rows, and the bank's replies beside them: what passbook stores of a page, without asking
/// what was there before.
async fn upsert_page(rows: &[Row], connection: &mut SqliteConnection) -> Result<()> {
    let mut tx = connection.begin_with("begin immediate").await?;
    let now = Utc::now();
    let mut sql = QueryBuilder::new(
        "insert into pb_transactions (account_id, id, date, seq, amount, currency, description,
            status, type, running_balance, category, counterparty, counterparty_type,
            processing_status, life, born, first_seen_at, first_run, recheck, strikes, fence,
            digest) ",
    );
    sql.push_values(rows, |mut bind, Row { transaction, .. }| {
        bind.push_bind(&transaction.account_id)
            .push_bind(&transaction.id)
            .push_bind(transaction.date)
            .push_bind(0_i64)
            .push_bind(transaction.amount.minor)
            .push_bind(transaction.amount.currency.code())
            .push_bind(&transaction.description)
            .push_bind(transaction.status.as_str())
            .push_bind(&transaction.kind)
            .push_bind(transaction.running_balance.map(|balance| balance.minor))
            .push_bind(&transaction.category)
            .push_bind(&transaction.counterparty)
            .push_bind(&transaction.counterparty_type)
            .push_bind(&transaction.processing_status)
            .push_bind("live")
            .push_bind(transaction.status.as_str())
            .push_bind(now)
            .push_bind("run_0")
            .push_bind(0_i64)
            .push_bind(0_i64)
            .push_bind(0_i64)
            .push_bind(0_i64);
    });
    sql.push(" on conflict (account_id, id) do update set amount = excluded.amount");
    sql.build().execute(&mut *tx).await?;
    let mut sql =
        QueryBuilder::new("insert into pb_raw_replies (account_id, kind, id, body, received_at) ");
    sql.push_values(rows, |mut bind, Row { transaction, raw }| {
        bind.push_bind(&transaction.account_id)
            .push_bind("transaction")
            .push_bind(&transaction.id)
            .push_bind(raw)
            .push_bind(now);
    });
    sql.push(" on conflict (account_id, kind, id) do update set body = excluded.body");
    sql.build().execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Has SQLite itself keep a list of every row that is written from now on.
async fn watch_writes(fixture: &Fixture) -> Result<()> {
    let mut connection = fixture.connect().await?;
    sqlx::raw_sql("create table writes (id text)").execute(&mut connection).await?;
    for table in ["pb_transactions", "pb_raw_replies", "pb_days", "pb_transaction_changes"] {
        for (change, row) in [("insert", "new"), ("update", "new"), ("delete", "old")] {
            let sql = format!(
                "create trigger {table}_{change} after {change} on {table}
                begin insert into writes values ({row}.account_id); end"
            );
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        }
    }
    connection.close().await?;
    Ok(())
}

async fn count(fixture: &Fixture, table: &str) -> Result<i64> {
    let mut connection = fixture.connect().await?;
    let sql = AssertSqlSafe(format!("select count(*) from {table}"));
    let count = sqlx::query_scalar(sql).fetch_optional(&mut connection).await?;
    connection.close().await?;
    count.ok_or_eyre("a count has one row")
}
