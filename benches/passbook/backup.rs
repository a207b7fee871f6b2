//! A backup and the way back, beside the same rows streamed through gzip and copied by SQLite itself;
//! and that neither takes more memory for a long history than for a short one.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use color_eyre::Result;
use color_eyre::eyre::ensure;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::TryStreamExt as _;
use passbook::database::Database;
use passbook::store::StoreOptions;
use passbook::store::backup::{read_backup, restore};
use sqlx::{AssertSqlSafe, Connection as _};
use tempfile::TempDir;

use crate::fixture::Fixture;
use crate::memory;
use crate::stopwatch::{Pace, Stopwatch};

/// What nearly all of the fixture is, a row a line as a backup has them.
const ROWS: &str = "
    select json_array(account_id, id, date, seq, amount, currency, description, status, type,
        running_balance, category, counterparty, counterparty_type, processing_status, life,
        replaced_by, born, first_seen_at, first_run, gone_at, gone_run, recheck, strikes, fence, digest)
    from pb_transactions order by account_id, id";

/// Of memory a long history may take so much more than one of a hundredth of its rows.
const MOST_MORE: u64 = 32 * 1024 * 1024;

pub fn measure(stopwatch: &mut Stopwatch, large: &Fixture, small: &Fixture) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("kept.jsonl.gz");
    stopwatch.wait_for(back_up(large, &file))?;
    let less = directory.path().join("less.jsonl.gz");
    stopwatch.wait_for(back_up(small, &less))?;

    let ours = stopwatch.measure("backup", "passbook", Pace::Slow, async || {
        let directory = tempfile::tempdir()?;
        back_up(large, &directory.path().join("backup")).await
    });
    let bare = stopwatch
        .measure("backup", "bare", Pace::Slow, async || stream(large, tempfile::tempdir()?).await);
    stopwatch.compare("backup, read back / rows streamed and gzipped", ours, bare);

    let ours = stopwatch.measure("restore", "passbook", Pace::Slow, async || {
        let (elapsed, _) = put_back(&file).await?;
        Ok(elapsed)
    });
    let bare = stopwatch.measure("restore", "bare", Pace::Slow, async || copy_rows(large).await);
    stopwatch.compare("restore / rows copied by SQLite", ours, bare);

    let backups = [small, large].map(|fixture| {
        memory::peak(|| {
            let directory = tempfile::tempdir()?;
            stopwatch.wait_for(back_up(fixture, &directory.path().join("backup")))
        })
    });
    stopwatch.compare_memory("backup, memory: all rows / 10 k", bounded(backups)?);
    let restores = [&less, &file].map(|file| memory::peak(|| stopwatch.wait_for(put_back(file))));
    stopwatch.compare_memory("restore, memory: all rows / 10 k", bounded(restores)?);
    Ok(())
}

/// Of the long history and of the short one; an error where the first is beyond all bounds.
fn bounded(peaks: [Result<Option<u64>>; 2]) -> Result<Option<(u64, u64)>> {
    let [short, long] = peaks;
    let Some((short, long)) = short?.zip(long?) else { return Ok(None) };
    ensure!(long <= short + MOST_MORE, "{long} bytes at once, where a few rows take {short}");
    Ok(Some((long, short)))
}

/// With what belongs to one: it is read back and compared.
async fn back_up(fixture: &Fixture, path: &Path) -> Result<Duration> {
    let store = fixture.open().await?;
    let started = Instant::now();
    let made = store.back_up(path.to_owned(), &|_, _| {}).await?;
    let elapsed = started.elapsed();
    ensure!(made.header.rows > 0, "rows are missing");
    store.close().await;
    Ok(elapsed)
}

/// What any program would have to do at the least.
async fn stream(fixture: &Fixture, directory: TempDir) -> Result<Duration> {
    let mut connection = fixture.connect().await?;
    let started = Instant::now();
    let file = File::create_new(directory.path().join("bare"))?;
    let mut out = GzEncoder::new(file, Compression::fast());
    let mut rows = sqlx::query_scalar::<_, String>(ROWS).fetch(&mut connection);
    while let Some(row) = rows.try_next().await? {
        writeln!(out, "{row}")?;
    }
    out.finish()?.sync_all()?;
    Ok(started.elapsed())
}

/// Into a database of its own, which is handed back so that it is gone after the clock has stopped.
async fn put_back(file: &Path) -> Result<(Duration, Fixture)> {
    let fixture = Fixture::empty().await?;
    let target = StoreOptions::new(Database::Sqlite { path: fixture.path() });
    let (header, _) = read_backup(file).await?;
    let started = Instant::now();
    let manifest = restore(file, &target, &|_, _| {}).await?;
    let elapsed = started.elapsed();
    let rows: u64 = manifest.tables.values().map(|table| table.rows).sum();
    ensure!(rows == header.rows, "rows are missing");
    Ok((elapsed, fixture))
}

/// One statement a table, in one transaction.
async fn copy_rows(from: &Fixture) -> Result<Duration> {
    let fixture = Fixture::empty().await?;
    let mut connection = fixture.connect().await?;
    sqlx::query("attach database $1 as source")
        .bind(from.path().display().to_string())
        .execute(&mut connection)
        .await?;
    let started = Instant::now();
    let mut tx = connection.begin_with("begin immediate").await?;
    for table in ["enrollments", "accounts", "balance_snapshots", "transactions", "days"] {
        let sql = format!("insert into main.pb_{table} select * from source.pb_{table}");
        sqlx::query(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    let elapsed = started.elapsed();
    connection.close().await?;
    Ok(elapsed)
}
