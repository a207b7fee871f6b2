//! One window of a list, at its start and at its end.

use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::OptionExt as _;
use passbook::domain::{AccountId, Anchor, Position, TransactionQuery};
use passbook::store::Store;

use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};

const LIMIT: u32 = 100;

const OF_ALL: &str = "
    select account_id, id, date, seq, amount, currency, description, status, type,
        running_balance, category, counterparty, counterparty_type, processing_status, life,
        replaced_by, first_seen_at, gone_at
    from pb_transactions where life = 'live' and (date, account_id, seq, id) < ($1, $2, $3, $4)
    order by date desc, account_id desc, seq desc, id desc limit $5";
const OF_ONE: &str = "
    select account_id, id, date, seq, amount, currency, description, status, type,
        running_balance, category, counterparty, counterparty_type, processing_status, life,
        replaced_by, first_seen_at, gone_at
    from pb_transactions where life = 'live' and account_id = $2 and (date, seq, id) < ($1, $3, $4)
    order by date desc, seq desc, id desc limit $5";

/// The columns as they come.
#[derive(sqlx::FromRow)]
#[expect(dead_code, reason = "decoding them is what is measured")]
struct BareRow {
    account_id: String,
    id: String,
    date: NaiveDate,
    seq: i64,
    amount: i64,
    currency: String,
    description: String,
    status: String,
    r#type: String,
    running_balance: Option<i64>,
    category: Option<String>,
    counterparty: Option<String>,
    counterparty_type: Option<String>,
    processing_status: Option<String>,
    life: String,
    replaced_by: Option<String>,
    first_seen_at: DateTime<Utc>,
    gone_at: Option<DateTime<Utc>>,
}

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    for (list, account, sql) in
        [("all accounts", None, OF_ALL), ("one account", Some(AccountId::from("acc_05")), OF_ONE)]
    {
        let mut at_start = None;
        for place in ["start", "end"] {
            let position =
                stopwatch.wait_for(position(&store, account.as_ref(), place == "end"))?;
            let query = TransactionQuery {
                anchor: Anchor::Older(position.clone()),
                ..TransactionQuery::newest(account.clone(), LIMIT)
            };
            let name = format!("{list}, {place}");
            let ours = stopwatch.measure("page", &name, Pace::Quick, async || {
                let started = Instant::now();
                let window = store.load_transactions(&query).await?;
                let elapsed = started.elapsed();
                assert_eq!(window.rows.len(), LIMIT as usize);
                Ok(elapsed)
            });
            let mut connection = stopwatch.wait_for(fixture.connect())?;
            let name = format!("bare, {list}, {place}");
            let bare = stopwatch.measure("page", &name, Pace::Quick, async || {
                let started = Instant::now();
                let asking = sqlx::query_as(sql)
                    .bind(position.date)
                    .bind(&position.account_id)
                    .bind(position.sequence)
                    .bind(&position.id)
                    .bind(LIMIT + 1);
                let rows: Vec<BareRow> = asking.fetch_all(&mut connection).await?;
                let elapsed = started.elapsed();
                assert_eq!(rows.len(), LIMIT as usize + 1);
                Ok(elapsed)
            });
            stopwatch.compare(&format!("page of 100, {list}, {place} / bare"), ours, bare);
            if place == "end" {
                stopwatch.compare(&format!("page of 100, {list}, end / start"), ours, at_start);
            }
            at_start = ours;
        }
    }
    stopwatch.wait_for(store.close());
    Ok(())
}

/// Of the newest row, or of one with some pages below it and nearly all of the list above.
async fn position(store: &Store, account: Option<&AccountId>, end: bool) -> Result<Position> {
    let anchor = if end { Anchor::Oldest } else { Anchor::Newest };
    let query =
        TransactionQuery { anchor, ..TransactionQuery::newest(account.cloned(), 3 * LIMIT) };
    let window = store.load_transactions(&query).await?;
    Ok(window.rows.first().ok_or_eyre("the list is not empty")?.position())
}
