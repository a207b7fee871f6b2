//! The first window of each order, one deep down, and the groups of all rows, each beside the same
//! question bare.

use std::sync::Arc;
use std::time::Instant;

use color_eyre::Result;
use passbook::domain::query::{Names, parse};
use passbook::domain::{
    Anchor, GroupBy, GroupQuery, Sort, SortKey, StoredTransaction, TransactionQuery,
};
use passbook::store::Store;
use sqlx::SqliteConnection;

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

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let mut connection = stopwatch.wait_for(fixture.connect())?;
    for (key, order) in [
        (SortKey::Amount, "currency, amount"),
        (SortKey::Description, "merchant_key"),
        (SortKey::Category, "shown_category"),
        (SortKey::Account, "account_id"),
    ] {
        sorted(stopwatch, &store, &mut connection, (key, order))?;
    }
    for (by, column) in [
        (GroupBy::Account, "account_id"),
        (GroupBy::Category, "shown_category"),
        (GroupBy::Merchant, "merchant_key"),
        (GroupBy::Month, "substr(date, 1, 7)"),
    ] {
        groups(stopwatch, &store, &mut connection, (by, column));
    }
    stopwatch.wait_for(store.close());
    Ok(())
}

fn sorted(
    stopwatch: &mut Stopwatch,
    store: &Store,
    connection: &mut SqliteConnection,
    (key, order): (SortKey, &str),
) -> Result<()> {
    let sort = Sort::by(key);
    let query = TransactionQuery { sort, ..TransactionQuery::newest(None, LIMIT) };
    let name = key.as_str();
    let ours = page(stopwatch, store, &query, &format!("by {name}"));
    // Accounts in the order of their names: SQL has nothing of the kind to set beside it.
    if key != SortKey::Account {
        let sql = first(order);
        let bare =
            stopwatch.measure("sort", &format!("bare, by {name}"), Pace::Quick, async || {
                let started = Instant::now();
                sqlx::query(sqlx::AssertSqlSafe(sql.clone())).fetch_all(&mut *connection).await?;
                Ok(started.elapsed())
            });
        stopwatch.compare(&format!("first page by {name} / bare"), ours, bare);
    }
    let anchor = Anchor::Older(sort.position(&stopwatch.wait_for(down(store, &query))?));
    let deep = page(
        stopwatch,
        store,
        &TransactionQuery { anchor, ..query.clone() },
        &format!("by {name}, far down"),
    );
    stopwatch.compare(&format!("page far down by {name} / first"), deep, ours);
    let filter = Arc::new(parse("portland", "2026-11-22".parse()?).resolve(&Names::default()));
    page(stopwatch, store, &TransactionQuery { filter, ..query }, &format!("by {name}, a search"));
    Ok(())
}

fn page(
    stopwatch: &mut Stopwatch,
    store: &Store,
    query: &TransactionQuery,
    name: &str,
) -> Option<std::time::Duration> {
    stopwatch.measure("sort", name, Pace::Quick, async || {
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
    store: &Store,
    connection: &mut SqliteConnection,
    (by, column): (GroupBy, &str),
) {
    let query = GroupQuery { rows: TransactionQuery::newest(None, 0), by, limit: 100 };
    let name = by.word();
    let ours = stopwatch.measure("group", &format!("by {name}"), Pace::Slow, async || {
        let started = Instant::now();
        let groups = store.load_groups(&query).await?;
        let elapsed = started.elapsed();
        assert!(!groups.groups.is_empty());
        Ok(elapsed)
    });
    let sql = grouped(column);
    let bare = stopwatch.measure("group", &format!("bare, by {name}"), Pace::Slow, async || {
        let started = Instant::now();
        sqlx::query(sqlx::AssertSqlSafe(sql.clone())).fetch_all(&mut *connection).await?;
        Ok(started.elapsed())
    });
    stopwatch.compare(&format!("groups by {name} / bare"), ours, bare);
}
