//! The sums of the accounts screen, beside the same sums taken from the rows themselves.

use std::time::{Duration, Instant};

use color_eyre::Result;
use sqlx::SqliteConnection;

use crate::first_screen::now;
use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};

const DAILY: &str = "
    select account_id, date, sum(amount) from pb_transactions
    where life = 'live' and status = 'posted' and date >= $1
    group by account_id, date order by account_id, date";
const MONTH: &str = "
    select currency, sum(case when amount > 0 then amount else 0 end),
        sum(case when amount < 0 then amount else 0 end)
    from pb_transactions where life = 'live' and date >= $1 group by currency";

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let today = now()?.date_naive();
    let ours = stopwatch.measure("overview", "passbook", Pace::Quick, async || {
        let started = Instant::now();
        store.load_overview(today, 90).await?;
        Ok(started.elapsed())
    });
    let mut connection = stopwatch.wait_for(fixture.connect())?;
    let bare =
        stopwatch.measure("overview", "bare", Pace::Quick, async || bare(&mut connection).await);
    stopwatch.wait_for(store.close());
    stopwatch.compare("overview of 1 M rows / plain sums of the rows", ours, bare);
    Ok(())
}

async fn bare(connection: &mut SqliteConnection) -> Result<Duration> {
    let started = Instant::now();
    let _: Vec<(String, String, i64)> =
        sqlx::query_as(DAILY).bind("2026-08-25").fetch_all(&mut *connection).await?;
    let _: Vec<(String, i64, i64)> =
        sqlx::query_as(MONTH).bind("2026-11-01").fetch_all(connection).await?;
    Ok(started.elapsed())
}
