//! Cash flow, spending and patterns over a million rows, the first two beside the same sums bare.

use std::time::{Duration, Instant};

use chrono::{Months, NaiveDate};
use color_eyre::Result;
use passbook::domain::insight::SpendingBy;
use sqlx::SqliteConnection;

use crate::first_screen::now;
use crate::fixture::Fixture;
use crate::stopwatch::{Pace, Stopwatch};

const FLOW: &str = "
    select date, currency, sum(case when amount > 0 then amount else 0 end),
        sum(case when amount < 0 then amount else 0 end)
    from pb_transactions where life = 'live' and not transfer and not left_out
        and date >= $1 and date < $2
    group by date, currency";
const SPENDING: &str = "
    select currency, shown_category, sum(case when date >= $3 then amount else 0 end),
        sum(case when date < $3 then amount else 0 end)
    from pb_transactions where life = 'live' and not transfer and not left_out
        and date >= $1 and date < $2
    group by currency, shown_category";

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let store = stopwatch.wait_for(fixture.open())?;
    let today = now()?.date_naive();
    let month = passbook::domain::insight::month_of(today);
    let mut connection = stopwatch.wait_for(fixture.connect())?;

    let (since, until) = (month - Months::new(5), month + Months::new(1));
    let ours = stopwatch.measure("cash flow", "passbook", Pace::Quick, async || {
        let started = Instant::now();
        store.load_cash_flow(since, today).await?;
        Ok(started.elapsed())
    });
    let bare = stopwatch.measure("cash flow", "bare", Pace::Quick, async || {
        bare_flow(&mut connection, since, until).await
    });
    stopwatch.compare("cash flow of 1 M rows / plain sums of the rows", ours, bare);

    let since = month - Months::new(3);
    let ours = stopwatch.measure("spending", "passbook", Pace::Quick, async || {
        let started = Instant::now();
        store.load_spending(today, SpendingBy::Category).await?;
        Ok(started.elapsed())
    });
    let bare = stopwatch.measure("spending", "bare", Pace::Quick, async || {
        bare_spending(&mut connection, [since, until, month]).await
    });
    stopwatch.compare("spending of 1 M rows / plain sums of the rows", ours, bare);

    stopwatch.measure("patterns", "passbook", Pace::Quick, async || {
        let started = Instant::now();
        store.load_patterns(today).await?;
        Ok(started.elapsed())
    });
    stopwatch.wait_for(store.close());
    Ok(())
}

async fn bare_flow(
    connection: &mut SqliteConnection,
    since: NaiveDate,
    until: NaiveDate,
) -> Result<Duration> {
    let started = Instant::now();
    let _: Vec<(String, String, i64, i64)> =
        sqlx::query_as(FLOW).bind(since).bind(until).fetch_all(connection).await?;
    Ok(started.elapsed())
}

async fn bare_spending(
    connection: &mut SqliteConnection,
    days: [NaiveDate; 3],
) -> Result<Duration> {
    let started = Instant::now();
    let query = sqlx::query_as(SPENDING).bind(days[0]).bind(days[1]).bind(days[2]);
    let _: Vec<(String, Option<String>, i64, i64)> = query.fetch_all(connection).await?;
    Ok(started.elapsed())
}
