//! The first page of a search, and what all that it finds comes to: for a word that every row has,
//! for one that a single row has, and for one that none has.

use std::sync::Arc;
use std::time::Instant;

use color_eyre::Result;
use passbook::domain::TransactionQuery;
use passbook::domain::query::{Names, parse};

use crate::fixture::Fixture;
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

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let today = "2026-11-22".parse()?;
    for (kind, words) in
        [("common", "portland"), ("rare", "\"purchase 000007\""), ("absent", "nowhere")]
    {
        let filter = parse(words, today).resolve(&Names::default());
        let newest = TransactionQuery::newest(None, LIMIT);
        let query = TransactionQuery { filter: Arc::new(filter), ..newest };
        let pattern = format!("%{}%", words.trim_matches('"'));
        let ours =
            stopwatch.measure("search", &format!("first page, {kind}"), Pace::Quick, async || {
                let started = Instant::now();
                store.load_transactions(&query).await?;
                Ok(started.elapsed())
            });
        let mut connection = stopwatch.wait_for(fixture.connect())?;
        let name = format!("bare, first page, {kind}");
        let bare = stopwatch.measure("search", &name, Pace::Quick, async || {
            let started = Instant::now();
            let asking = sqlx::query(FIRST_PAGE).bind(&pattern).bind(LIMIT + 1);
            asking.fetch_all(&mut connection).await?;
            Ok(started.elapsed())
        });
        stopwatch.compare(&format!("first page of a {kind} word / bare"), ours, bare);
        let ours = stopwatch.measure("search", &format!("sums, {kind}"), Pace::Slow, async || {
            let started = Instant::now();
            store.load_summary(&query).await?;
            Ok(started.elapsed())
        });
        let name = format!("bare, sums, {kind}");
        let bare = stopwatch.measure("search", &name, Pace::Slow, async || {
            let started = Instant::now();
            sqlx::query(SUMS).bind(&pattern).fetch_all(&mut connection).await?;
            Ok(started.elapsed())
        });
        stopwatch.compare(&format!("sums of three kinds, {kind} word / one"), ours, bare);
    }
    stopwatch.wait_for(store.close());
    Ok(())
}
