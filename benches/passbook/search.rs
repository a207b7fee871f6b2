//! The first page of a search, and what all that it finds comes to: for a word that every row has,
//! for one that a day in nine has, for one that a single row has, and for one that none has. Each
//! with the words of all rows in memory, without, and bare; and what it takes to read them there.

use std::sync::Arc;
use std::time::Instant;

use color_eyre::Result;
use passbook::domain::TransactionQuery;
use passbook::domain::query::{Names, parse};
use passbook::store::Store;

use crate::bare::Bare;
use crate::fixture::Fixture;
use crate::memory;
use crate::stopwatch::{Pace, Stopwatch};

const LIMIT: u32 = 100;
const FIRST_PAGE: &str = "
    select account_id, id, date, seq, amount, currency, description, status, type,
        running_balance, category, counterparty, counterparty_type, processing_status, life,
        replaced_by, first_seen_at, gone_at
    from pb_transactions where life = 'live' and words like $1
    order by date desc, account_id desc, seq desc, id desc limit 101";
const SUMS: &str = "
    select account_id, currency, count(*), sum(case when amount > 0 then amount else 0 end),
        sum(case when amount < 0 then amount else 0 end)
    from pb_transactions where life = 'live' and words like $1 group by account_id, currency";
const WORDS: &str = "select words from pb_transactions where life = 'live'";
const LETTERS: &str = "select cast(sum(length(words)) as bigint) from pb_transactions";

const KINDS: [(&str, &str); 4] = [
    ("common", "portland"),
    ("seldom", "\"purchase 0007\""),
    ("rare", "\"purchase 000007\""),
    ("absent", "nowhere"),
];

pub fn measure_on_sqlite(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let mut bare = Bare::Sqlite(stopwatch.wait_for(fixture.connect())?);
    let open = || fixture.open();
    let (database, prepared) = stopwatch.wait_for(async { (open().await, open().await) });
    let (database, prepared) = (database?, prepared?);
    measure(stopwatch, "SQLite", [&prepared, &database], &mut bare)?;
    stopwatch.wait_for(async {
        prepared.close().await;
        database.close().await;
    });
    Ok(())
}

/// Of two stores of the same rows, the first is the one that gets their words into memory.
pub fn measure(
    stopwatch: &mut Stopwatch,
    engine: &str,
    stores: [&Store; 2],
    bare: &mut Bare,
) -> Result<()> {
    reading(stopwatch, engine, stores[0], bare)?;
    for kind in KINDS {
        search(stopwatch, engine, stores, bare, kind)?;
    }
    Ok(())
}

/// Into memory, once, while the line is typed.
fn reading(
    stopwatch: &mut Stopwatch,
    engine: &str,
    prepared: &Store,
    bare: &mut Bare,
) -> Result<()> {
    let mut ours = None;
    let taken = memory::peak(|| {
        let started = Instant::now();
        stopwatch.wait_for(prepared.prepare_search(0))?;
        ours = Some(started.elapsed());
        Ok(())
    })?;
    let plain = stopwatch.measure(engine, "bare, reading all words", Pace::Slow, async || {
        bare.fetch(WORDS, None).await
    });
    stopwatch.compare(&format!("{engine}: all words into memory / read bare"), ours, plain);
    let letters = stopwatch.wait_for(bare.number(LETTERS))?;
    stopwatch.compare_memory(
        &format!("{engine}: memory for them / their letters"),
        taken.map(|taken| (taken, letters)),
    );
    Ok(())
}

fn search(
    stopwatch: &mut Stopwatch,
    engine: &str,
    [prepared, database]: [&Store; 2],
    bare: &mut Bare,
    (kind, words): (&str, &str),
) -> Result<()> {
    let filter = parse(words, "2026-11-22".parse()?).resolve(&Names::default());
    let newest = TransactionQuery::newest(None, LIMIT);
    let query = TransactionQuery { filter: Arc::new(filter), ..newest };
    let pattern = format!("%{}%", words.trim_matches('"'));
    let mut page = |name: &str, store: &Store| {
        let name = format!("search: {name}, first page, {kind}");
        stopwatch.measure(engine, &name, Pace::Quick, async || {
            let started = Instant::now();
            store.load_transactions(&query).await?;
            Ok(started.elapsed())
        })
    };
    let [ours, without] = [page("ours", prepared), page("nothing in memory", database)];
    let name = format!("search: bare, first page, {kind}");
    let plain = stopwatch
        .measure(engine, &name, Pace::Quick, async || bare.fetch(FIRST_PAGE, Some(&pattern)).await);
    stopwatch.compare(&format!("{engine}: first page, {kind} word / bare"), ours, plain);
    stopwatch.compare("  with nothing in memory yet / bare", without, plain);
    let mut sums = |name: &str, store: &Store| {
        let name = format!("search: {name}, sums, {kind}");
        stopwatch.measure(engine, &name, Pace::Slow, async || {
            let started = Instant::now();
            store.load_summary(&query).await?;
            Ok(started.elapsed())
        })
    };
    let [ours, without] = [sums("ours", prepared), sums("nothing in memory", database)];
    let name = format!("search: bare, sums, {kind}");
    let plain = stopwatch
        .measure(engine, &name, Pace::Slow, async || bare.fetch(SUMS, Some(&pattern)).await);
    stopwatch.compare(&format!("{engine}: sums of three kinds, {kind} word / one"), ours, plain);
    stopwatch.compare("  with nothing in memory yet / one", without, plain);
    Ok(())
}
