//! How what can be searched comes into memory: a month at a time, the newest first, so that no
//! question waits long behind it and no snapshot is held.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::{Known, Month, STAMPS, Stamp, bounds};
use crate::store::Store;
use crate::store::engine::with_db;

/// A server at the end of a slow line is read from for so long at a time: whatever else the screen
/// wants from there waits behind it.
const PATIENCE: Duration = Duration::from_secs(20);

const ROWS: &str = "select cast(coalesce(sum(entries), 0) as bigint) from pb_days";

const STAMP: &str = "select stamp from pb_word_stamps where month = $1";

/// Live rows have an index that holds their words; those that are gone may come back.
const WORDS: [&str; 2] = [
    "select date, string_agg(words, '\n') from pb_transactions
    where life = 'live' and date >= $1 and date < $2 and words is not null group by date",
    "select date, string_agg(words, '\n') from pb_transactions
    where life <> 'live' and date >= $1 and date < $2 and words is not null group by date",
];

impl Store {
    /// Reads what searches look into ahead of them, or what of it has changed since, where there are
    /// `least` live rows or more: with fewer the database alone is quick enough. Takes a third of
    /// a second for a million rows and some fifty bytes of memory for each; what takes longer than twenty
    /// seconds is left to the next time. Returns how many months were read.
    pub async fn prepare_search(&self, least: i64) -> Result<usize> {
        self.read_within(PATIENCE, least).await
    }

    async fn read_within(&self, patience: Duration, least: i64) -> Result<usize> {
        let Ok(_reading) = self.arena().reading.try_lock() else { return Ok(0) };
        let started = Instant::now();
        let (rows, stamps): (i64, Vec<Stamp>) = with_db!(self, |db| {
            let rows = sqlx::query_scalar(ROWS).fetch_one(&mut *db).await?;
            Ok((rows, sqlx::query_as(STAMPS).fetch_all(&mut *db).await?))
        })
        .wrap_err("looking for what can be searched")?;
        if rows < least {
            return Ok(0);
        }
        let old = self.arena().known().unwrap_or_default();
        let (mut months, mut read) = (BTreeMap::new(), 0);
        for (month, stamp) in stamps.iter().rev() {
            let known = if old.is_fresh(month, stamp) {
                old.0.get(month).cloned()
            } else if started.elapsed() < patience {
                read += 1;
                self.read_month(month).await?
            } else {
                None
            };
            months.extend(known.map(|known| (month.clone(), known)));
        }
        self.arena().learn(Known(months));
        Ok(read)
    }

    async fn read_month(&self, month: &str) -> Result<Option<Arc<Month>>> {
        let Some((first, next)) = bounds(month) else { return Ok(None) };
        let (stamp, days) = with_db!(self, |db| {
            // Before the rows: they may be newer than it says, never older.
            let stamp: Option<String> =
                sqlx::query_scalar(STAMP).bind(month).fetch_optional(&mut *db).await?;
            let mut days: Vec<(NaiveDate, String)> = Vec::new();
            for sql in WORDS {
                let found: Vec<(NaiveDate, String)> =
                    sqlx::query_as(sql).bind(first).bind(next).fetch_all(&mut *db).await?;
                days.extend(found);
            }
            Ok((stamp, days))
        })
        .wrap_err_with(|| format!("reading what can be searched of {month}"))?;
        let days = days.into_iter().map(|(day, words)| (day, words.into_boxed_str())).collect();
        Ok(stamp.map(|stamp| Arc::new(Month { stamp, days })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use crate::store::StoreOptions;
    use crate::store::engine::with_tx;

    #[tokio::test]
    async fn what_takes_too_long_is_left_to_the_next_time() {
        let store = Store::open(StoreOptions::new(Database::Memory)).await.unwrap();
        let stamped: Result<()> = with_tx!(store, |tx| {
            let stamps = "insert into pb_word_stamps values ('2026-10', 'a'), ('2026-11', 'b')";
            sqlx::query(stamps).execute(&mut *tx).await?;
            Ok(())
        });
        stamped.unwrap();
        let read = async |patience| store.read_within(patience, 0).await.unwrap();
        assert_eq!(read(Duration::ZERO).await, 0);
        assert_eq!(read(Duration::MAX).await, 2);
        assert_eq!(read(Duration::ZERO).await, 0);
        assert!(store.arena().known().unwrap().is_fresh("2026-10", "a"), "kept all the same");
    }
}
