//! The same questions on a Postgres server, where one is named: a database of its own, empty, in
//! which the rows of the large file stay for the next run.
//!
//! ```text
//! PASSBOOK_BENCH_POSTGRES=postgres://user@127.0.0.1/empty cargo bench --profile dist -- search
//! ```

use color_eyre::Result;
use color_eyre::eyre::ensure;
use passbook::database::Database;
use passbook::domain::TransactionQuery;
use passbook::store::backup::restore;
use passbook::store::{Store, StoreOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::bare::Bare;
use crate::fixture::Fixture;
use crate::stopwatch::Stopwatch;
use crate::{search, sorting};

const SERVER: &str = "PASSBOOK_BENCH_POSTGRES";

/// What a server does by itself sooner or later.
const SETTLE: &str = "vacuum analyze pb_transactions";

pub fn measure(stopwatch: &mut Stopwatch, fixture: &Fixture) -> Result<()> {
    let Ok(url) = std::env::var(SERVER) else {
        println!("\nPostgres: skipped, {SERVER} names no empty database");
        return Ok(());
    };
    let options = StoreOptions::new(Database::parse(&url, &std::env::current_dir()?)?);
    stopwatch.wait_for(fill(fixture, &options, &url))?;
    let open = || Store::open(options.clone());
    let (database, prepared) = stopwatch.wait_for(async { (open().await, open().await) });
    let (database, prepared) = (database?, prepared?);
    let mut bare = Bare::Postgres(stopwatch.wait_for(connect(&url))?);
    search::measure(stopwatch, "Postgres", [&prepared, &database], &mut bare)?;
    sorting::measure(stopwatch, "Postgres", &database, &mut bare)?;
    stopwatch.wait_for(async {
        prepared.close().await;
        database.close().await;
    });
    Ok(())
}

async fn connect(url: &str) -> Result<PgConnection> {
    Ok(url.parse::<PgConnectOptions>()?.connect().await?)
}

async fn fill(fixture: &Fixture, options: &StoreOptions, url: &str) -> Result<()> {
    let rows = fixture.rows().await?;
    let store = Store::open(options.clone()).await?;
    let held = store.count_transactions(&TransactionQuery::newest(None, 0)).await?;
    store.close().await;
    ensure!(held == 0 || held == rows, "{SERVER} names a database that is in use");
    if held == 0 {
        let directory = tempfile::tempdir()?;
        let file = directory.path().join("kept.jsonl.gz");
        let from = fixture.open().await?;
        from.back_up(file.clone(), &|_, _| {}).await?;
        from.close().await;
        restore(&file, options, &|_, _| {}).await?;
    }
    let mut connection = connect(url).await?;
    sqlx::query(SETTLE).execute(&mut connection).await?;
    Ok(connection.close().await?)
}
