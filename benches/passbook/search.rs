//! The first page of a search, and what all that it finds comes to: for a word that every row has,
//! for one that a day in nine has, for one that a single row has, and for one that none has. Each
//! with the words of all rows in memory, without, and bare; and what it takes to read them there.

use std::sync::Arc;
use std::time::Instant;

use color_eyre::Result;
use color_eyre::eyre::ensure;
use passbook::domain::TransactionQuery;
use passbook::domain::query::{Names, parse};
use passbook::store::Store;
use sqlx::SqliteConnection;

use crate::fixture::Fixture;
use crate::memory;
use crate::stopwatch::{Pace, Stopwatch};

const LIMIT: u32 = 100;
const FIRST_PAGE: &str = "
    select account_id, id, date, seq, amount, currency, description, status, type,
        running_balance, category, counterparty, counterparty_type, processing_status, life,
        replaced_by, first_seen_at, gone_at
    from pb_transactions where life = 'live' and words like $1
    order by date desc, account_id desc, seq desc, id desc limit $2";
const SUMS: &str = "
    select account_id, currency, count(*), sum(case when amount > 0 then amount else 0 end),
        sum(case when amount < 0 then amount else 0 end)
    from pb_transactions where life = 'live' and words like $1 group by account_id, currency";
const WORDS: &str = "select words from pb_transactions where life = 'live'";

const KINDS: [(&str, &str); 4] = [
    ("common", "portland"),
    ("seldom", "\"purchase 0007\""),
    ("rare", "\"purchase 000007\""),
    ("absent", "nowhere"),
];

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let database = stopwatch.wait_for(fixture.open())?;
    let mut connection = stopwatch.wait_for(fixture.connect())?;
    let prepared = stopwatch.wait_for(fixture.open())?;
    reading(stopwatch, fixture, &prepared, &mut connection)?;
    for (kind, words) in KINDS {
        search(stopwatch, [&prepared, &database], &mut connection, (kind, words))?;
    }
    stopwatch.wait_for(async {
        prepared.close().await;
        database.close().await;
    });
    Ok(())
}

/// Into memory, once, while the line is typed.
fn reading(
    stopwatch: &mut Stopwatch,
    fixture: &Fixture,
    prepared: &Store,
    connection: &mut SqliteConnection,
) -> Result<()> {
    let taken = memory::peak(|| stopwatch.wait_for(prepared.prepare_search(0)))?;
    let ours =
        stopwatch.measure("search", "reading the words of all rows", Pace::Slow, async || {
            let fresh = fixture.open().await?;
            let started = Instant::now();
            ensure!(fresh.prepare_search(0).await? > 0, "the fixture has stamps");
            let elapsed = started.elapsed();
            fresh.close().await;
            Ok(elapsed)
        });
    let bare = stopwatch.measure("search", "bare, reading", Pace::Slow, async || {
        let started = Instant::now();
        let rows: Vec<(String,)> = sqlx::query_as(WORDS).fetch_all(&mut *connection).await?;
        ensure!(!rows.is_empty(), "the fixture has words");
        Ok(started.elapsed())
    });
    stopwatch.compare("words of all rows into memory / read bare", ours, bare);
    let bytes: (i64,) = stopwatch.wait_for(
        sqlx::query_as("select sum(length(words)) from pb_transactions").fetch_one(connection),
    )?;
    let bytes = taken.map(|taken| (taken, bytes.0.unsigned_abs()));
    stopwatch.compare_memory("memory for them / their letters", bytes);
    Ok(())
}

fn search(
    stopwatch: &mut Stopwatch,
    [prepared, database]: [&Store; 2],
    connection: &mut SqliteConnection,
    (kind, words): (&str, &str),
) -> Result<()> {
    let filter = parse(words, "2026-11-22".parse()?).resolve(&Names::default());
    let newest = TransactionQuery::newest(None, LIMIT);
    let query = TransactionQuery { filter: Arc::new(filter), ..newest };
    let pattern = format!("%{}%", words.trim_matches('"'));
    let mut page = |name: &str, store: &Store| {
        stopwatch.measure(
            "search",
            &format!("{name}, first page, {kind}"),
            Pace::Quick,
            async || {
                let started = Instant::now();
                store.load_transactions(&query).await?;
                Ok(started.elapsed())
            },
        )
    };
    let [ours, without] = [page("ours", prepared), page("from the database", database)];
    let name = format!("bare, first page, {kind}");
    let bare = stopwatch.measure("search", &name, Pace::Quick, async || {
        let started = Instant::now();
        let asking = sqlx::query(FIRST_PAGE).bind(&pattern).bind(LIMIT + 1);
        asking.fetch_all(&mut *connection).await?;
        Ok(started.elapsed())
    });
    stopwatch.compare(&format!("first page of a {kind} word / bare"), ours, bare);
    stopwatch.compare("  with nothing in memory yet / bare", without, bare);
    let mut sums = |name: &str, store: &Store| {
        stopwatch.measure("search", &format!("{name}, sums, {kind}"), Pace::Slow, async || {
            let started = Instant::now();
            store.load_summary(&query).await?;
            Ok(started.elapsed())
        })
    };
    let [ours, without] = [sums("ours", prepared), sums("from the database", database)];
    let name = format!("bare, sums, {kind}");
    let bare = stopwatch.measure("search", &name, Pace::Slow, async || {
        let started = Instant::now();
        sqlx::query(SUMS).bind(&pattern).fetch_all(&mut *connection).await?;
        Ok(started.elapsed())
    });
    stopwatch.compare(&format!("sums of three kinds, {kind} word / one"), ours, bare);
    stopwatch.compare("  with nothing in memory yet / one", without, bare);
    Ok(())
}
