//! The first window of each order, one deep down, and the groups of all rows, each beside the same
//! question bare.

use std::sync::Arc;
use std::time::{Duration, Instant};

use color_eyre::Result;
use passbook::domain::query::{Names, parse};
use passbook::domain::{
    Anchor, GroupBy, GroupQuery, Sort, SortKey, StoredTransaction, TransactionQuery,
};
use passbook::store::Store;

use crate::bare::Bare;
use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};

const LIMIT: u32 = 100;
/// Windows down: where no index helps, each of them reads as much as all before it.
const DEEP: usize = 50;

/// The rows, in an order that an index has.
fn first(order: &str) -> String {
    format!(
        "select account_id, id, date, seq, amount, currency, description, status, type,
            running_balance, category, counterparty, counterparty_type, processing_status, life,
            replaced_by, first_seen_at, gone_at
         from pb_transactions where life = 'live'
         order by {order}, date desc, account_id desc, seq desc, id desc limit {}",
        LIMIT + 1
    )
}

fn grouped(column: &str) -> String {
    format!(
        "select {column}, count(*), sum(case when amount > 0 then amount else 0 end),
            sum(case when amount < 0 then amount else 0 end)
         from pb_transactions where life = 'live' group by {column}"
    )
}

pub fn measure_on_sqlite(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let mut bare = Bare::Sqlite(stopwatch.wait_for(fixture.connect())?);
    measure(stopwatch, "SQLite", &store, &mut bare)?;
    stopwatch.wait_for(store.close());
    Ok(())
}

pub fn measure(
    stopwatch: &mut Stopwatch,
    engine: &str,
    store: &Store,
    bare: &mut Bare,
) -> Result<()> {
    for (key, order) in [
        (SortKey::Amount, "currency, amount"),
        (SortKey::Description, "merchant_key"),
        (SortKey::Category, "shown_category"),
        (SortKey::Account, "account_id"),
    ] {
        sorted(stopwatch, engine, store, bare, (key, order))?;
    }
    for (by, column) in [
        (GroupBy::Account, "account_id"),
        (GroupBy::Category, "shown_category"),
        (GroupBy::Merchant, "merchant_key"),
        (GroupBy::Month, "substr(cast(date as text), 1, 7)"),
    ] {
        groups(stopwatch, engine, store, bare, (by, column));
    }
    Ok(())
}

fn sorted(
    stopwatch: &mut Stopwatch,
    engine: &str,
    store: &Store,
    bare: &mut Bare,
    (key, order): (SortKey, &str),
) -> Result<()> {
    let sort = Sort::by(key);
    let query = TransactionQuery { sort, ..TransactionQuery::newest(None, LIMIT) };
    let name = key.as_str();
    let ours = page(stopwatch, engine, store, &query, &format!("by {name}"));
    // Accounts in the order of their names: SQL has nothing of the kind to set beside it.
    if key != SortKey::Account {
        let (bench, sql) = (format!("sort: bare, by {name}"), first(order));
        let plain =
            stopwatch.measure(engine, &bench, Pace::Quick, async || bare.fetch(&sql, None).await);
        stopwatch.compare(&format!("{engine}: first page by {name} / bare"), ours, plain);
    }
    let anchor = Anchor::Older(sort.position(&stopwatch.wait_for(down(store, &query))?));
    let deep = TransactionQuery { anchor, ..query.clone() };
    let deep = page(stopwatch, engine, store, &deep, &format!("by {name}, far down"));
    stopwatch.compare(&format!("{engine}: far down by {name} / first page"), deep, ours);
    let filter = Arc::new(parse("portland", "2026-11-22".parse()?).resolve(&Names::default()));
    let found = TransactionQuery { filter, ..query };
    page(stopwatch, engine, store, &found, &format!("by {name}, a search"));
    Ok(())
}

fn page(
    stopwatch: &mut Stopwatch,
    engine: &str,
    store: &Store,
    query: &TransactionQuery,
    name: &str,
) -> Option<Duration> {
    stopwatch.measure(engine, &format!("sort: {name}"), Pace::Quick, async || {
        let started = Instant::now();
        let window = store.load_transactions(query).await?;
        let elapsed = started.elapsed();
        assert!(!window.rows.is_empty());
        Ok(elapsed)
    })
}

/// The last row of a window some way down.
async fn down(store: &Store, query: &TransactionQuery) -> Result<StoredTransaction> {
    let mut query = query.clone();
    let mut last = None;
    for _ in 0..DEEP {
        let window = store.load_transactions(&query).await?;
        let Some(row) = window.rows.into_iter().next_back() else { break };
        query.anchor = Anchor::Older(query.sort.position(&row));
        last = Some(row);
    }
    last.ok_or_else(|| color_eyre::eyre::eyre!("the list is not empty"))
}

fn groups(
    stopwatch: &mut Stopwatch,
    engine: &str,
    store: &Store,
    bare: &mut Bare,
    (by, column): (GroupBy, &str),
) {
    let query = GroupQuery { rows: TransactionQuery::newest(None, 0), by, limit: 100 };
    let name = by.word();
    let ours = stopwatch.measure(engine, &format!("group: by {name}"), Pace::Slow, async || {
        let started = Instant::now();
        let groups = store.load_groups(&query).await?;
        let elapsed = started.elapsed();
        assert!(!groups.groups.is_empty());
        Ok(elapsed)
    });
    let (bench, sql) = (format!("group: bare, by {name}"), grouped(column));
    let plain =
        stopwatch.measure(engine, &bench, Pace::Slow, async || bare.fetch(&sql, None).await);
    stopwatch.compare(&format!("{engine}: groups by {name} / bare"), ours, plain);
}
