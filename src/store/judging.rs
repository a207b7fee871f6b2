//! What a judgement reads of one account.

use std::collections::HashSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr;

use super::Store;
use super::engine::with_db;
use super::ledger::{Cursor, KnownRow, SyncState};
use super::transaction_row::{TransactionRow, select_rows};
use crate::domain::{AccountId, StoredTransaction, TransactionId};

/// Vanished rows older than this, in days before the newest row, are not paired any more.
const PAIRING_REACH: u64 = 31;
/// Rows that may belong together.
#[derive(Debug, Default)]
pub struct Pairable {
    /// Vanished and not yet paired; those just missed included.
    pub gone: Vec<StoredTransaction>,
    /// Posted from their first sight and not yet paired.
    pub came: Vec<StoredTransaction>,
    pub rechecks: Vec<TransactionId>,
    pub parted: HashSet<(TransactionId, TransactionId)>,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    head: Option<NaiveDate>,
    cursor_id: Option<TransactionId>,
    cursor_date: Option<NaiveDate>,
    done: bool,
    suspect_since: Option<DateTime<Utc>>,
    suspect_digest: Option<String>,
    empty_seen: bool,
    audit_due: bool,
    opening: Option<i64>,
    judged_at: Option<DateTime<Utc>>,
    full_at: Option<DateTime<Utc>>,
}

impl Store {
    pub async fn load_sync_state(&self, account: &AccountId) -> Result<SyncState> {
        const SQL: &str = "
            select head, cursor_id, cursor_date, done, suspect_since, suspect_digest, empty_seen,
                audit_due, opening, judged_at, full_at
            from pb_sync_state where account_id = $1";
        let row: Option<StateRow> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(account).fetch_optional(db).await)
                .wrap_err("loading how far a sync is")?;
        Ok(row.map(SyncState::from).unwrap_or_default())
    }

    /// The oldest day on which a row may still settle: live pendings, and gone ones still looked for.
    pub async fn load_oldest_unsettled(&self, account: &AccountId) -> Result<Option<NaiveDate>> {
        const LIVE: &str = "
            select min(date) from pb_transactions
            where account_id = $1 and life = 'live' and status = 'pending'";
        const GONE: &str = "
            select min(date) from pb_transactions
            where account_id = $1 and life <> 'live' and status = 'pending' and recheck > 0";
        let days: (Option<NaiveDate>, Option<NaiveDate>) = with_db!(self, |db| {
            let live = sqlx::query_scalar(LIVE).bind(account).fetch_one(&mut *db).await?;
            Ok((live, sqlx::query_scalar(GONE).bind(account).fetch_one(&mut *db).await?))
        })
        .wrap_err("loading the oldest unsettled row")?;
        Ok([days.0, days.1].into_iter().flatten().min())
    }

    /// Live rows from a day on, or all of them, but for those that the bank lists under another
    /// account's id.
    pub async fn load_known(
        &self,
        account: &AccountId,
        since: Option<NaiveDate>,
    ) -> Result<Vec<KnownRow>> {
        const SQL: &str = "
            select id, date, seq, amount, case when status = 'posted' then 1 else 0 end, strikes
            from pb_transactions where account_id = $1 and life = 'live' and date >= $2
                and merged_from is null";
        let since = since.unwrap_or(NaiveDate::from_ymd_opt(1, 1, 1).expect("a real day"));
        let rows: Vec<(TransactionId, NaiveDate, i64, i64, i32, i64)> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(account).bind(since).fetch_all(db).await)
                .wrap_err("loading the known rows")?;
        let known = |(id, date, seq, minor, posted, strikes)| KnownRow {
            id,
            date,
            seq,
            minor,
            posted: posted == 1,
            strikes,
        };
        Ok(rows.into_iter().map(known).collect())
    }

    /// Live rows of these days that were pending when first seen, at that instant or later.
    pub async fn load_born_pending(
        &self,
        account: &AccountId,
        since: NaiveDate,
        seen: DateTime<Utc>,
    ) -> Result<Vec<StoredTransaction>> {
        const SQL: &str = "
            select * from pb_transactions
            where account_id = $1 and life = 'live' and date >= $2 and born = 'pending'
                and first_seen_at >= $3
            order by date desc, seq desc";
        let rows: Vec<TransactionRow> = with_db!(self, |db| {
            sqlx::query_as(SQL).bind(account).bind(since).bind(seen).fetch_all(db).await
        })
        .wrap_err("loading new pending rows")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Live posted rows before a day that the bank lists under no other account's id.
    pub async fn load_posted_below(
        &self,
        account: &AccountId,
        day: NaiveDate,
    ) -> Result<Vec<StoredTransaction>> {
        const SQL: &str = "
            select * from pb_transactions
            where account_id = $1 and life = 'live' and date < $2 and status = 'posted'
                and merged_from is null
            order by date desc, seq desc";
        let rows: Vec<TransactionRow> = with_db!(self, |db| {
            sqlx::query_as(SQL).bind(account).bind(day).fetch_all(db).await
        })
        .wrap_err("loading the rows that the list no longer reaches")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// How many posted rows were followed to new ids after an instant.
    pub async fn count_followed(&self, account: &AccountId, since: DateTime<Utc>) -> Result<usize> {
        const SQL: &str = "
            select count(*) from pb_links l
                join pb_transactions t on t.account_id = l.account_id and t.id = l.pending_id
            where l.account_id = $1 and l.tier = 0 and not l.parted and l.made_at > $2
                and t.status = 'posted'";
        let count: i64 = with_db!(self, |db| {
            sqlx::query_scalar(SQL).bind(account).bind(since).fetch_one(db).await
        })
        .wrap_err("counting new ids")?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Everything that `missing` rows, and rows that vanished before, may be paired with.
    pub async fn load_pairable(
        &self,
        account: &AccountId,
        missing: &[TransactionId],
        newest: Option<NaiveDate>,
        since: Option<NaiveDate>,
    ) -> Result<Pairable> {
        // `life <> 'live'` is said for SQLite, which otherwise doesn't see that the partial index of
        // withdrawn rows fits, and reads the whole account.
        const GONE: &str = "
            select * from pb_transactions
            where account_id = $1 and life = 'gone' and life <> 'live' and date >= $2";
        const RECHECKS: &str = "
            select id from pb_transactions
            where account_id = $1 and life = 'gone' and life <> 'live' and status = 'pending'
                and recheck > 0 and date >= $2";
        const CAME: &str = "
            select * from pb_transactions
            where account_id = $1 and life = 'live' and status = 'posted' and born = 'posted'
                and date >= $2 and not exists (
                    select 1 from pb_links
                    where pb_links.account_id = pb_transactions.account_id
                        and pb_links.posted_id = pb_transactions.id and not pb_links.parted)
            order by date desc, seq desc";
        const PARTED: &str =
            "select pending_id, posted_id from pb_links where account_id = $1 and parted";
        let day_one = NaiveDate::from_ymd_opt(1, 1, 1).expect("a real day");
        let reach = newest.map_or(day_one, |newest| newest - Days::new(PAIRING_REACH));
        let pairable: Pairable = with_db!(self, |db| {
            let mut gone: Vec<TransactionRow> =
                sqlx::query_as(GONE).bind(account).bind(reach).fetch_all(&mut *db).await?;
            gone.extend(select_rows!(db, account, missing));
            let gone: Vec<StoredTransaction> = gone.into_iter().map(Into::into).collect();
            let rechecks =
                sqlx::query_scalar(RECHECKS).bind(account).bind(since.unwrap_or(day_one));
            let rechecks = rechecks.fetch_all(&mut *db).await?;
            let Some(earliest) = gone.iter().map(|row| row.transaction.date).min() else {
                return Ok(Pairable { rechecks, ..Pairable::default() });
            };
            let came: Vec<TransactionRow> = sqlx::query_as(CAME)
                .bind(account)
                .bind(earliest - Days::new(2))
                .fetch_all(&mut *db)
                .await?;
            let parted: Vec<(TransactionId, TransactionId)> =
                sqlx::query_as(PARTED).bind(account).fetch_all(&mut *db).await?;
            Ok(Pairable {
                gone,
                came: came.into_iter().map(Into::into).collect(),
                rechecks,
                parted: parted.into_iter().collect(),
            })
        })
        .wrap_err("loading rows that may belong together")?;
        Ok(pairable)
    }

    /// The sum of all posted live rows, minor units.
    pub async fn load_posted_sum(&self, account: &AccountId) -> Result<i64> {
        const SQL: &str =
            "select cast(coalesce(sum(posted), 0) as bigint) from pb_days where account_id = $1";
        with_db!(self, |db| sqlx::query_scalar(SQL).bind(account).fetch_one(db).await)
            .wrap_err("adding up the posted rows")
    }

    /// The lowest stored place within a day.
    pub async fn load_lowest_place(
        &self,
        account: &AccountId,
        day: NaiveDate,
    ) -> Result<Option<i64>> {
        const SQL: &str =
            "select min(seq) from pb_transactions where account_id = $1 and date = $2";
        with_db!(self, |db| sqlx::query_scalar(SQL).bind(account).bind(day).fetch_one(db).await)
            .wrap_err("loading the lowest place of a day")
    }

    /// The next newer posted row of ours: a cursor the bank may still know.
    pub async fn load_newer_posted(
        &self,
        account: &AccountId,
        (id, date): &Cursor,
    ) -> Result<Option<Cursor>> {
        const SQL: &str = "
            select id, date from pb_transactions
            where account_id = $1 and life = 'live' and status = 'posted' and id <> $2
                and (date > $3 or (date = $3 and seq > coalesce((
                    select seq from pb_transactions where account_id = $1 and id = $2), -1)))
            order by date, seq limit 1";
        with_db!(self, |db| {
            sqlx::query_as(SQL).bind(account).bind(id).bind(date).fetch_optional(db).await
        })
        .wrap_err("loading a row to go on from")
    }
}

impl From<StateRow> for SyncState {
    fn from(row: StateRow) -> Self {
        Self {
            head: row.head,
            cursor: row.cursor_id.zip(row.cursor_date),
            done: row.done,
            suspect_since: row.suspect_since,
            suspect_digest: row.suspect_digest,
            empty_seen: row.empty_seen,
            audit_due: row.audit_due,
            opening: row.opening,
            judged_at: row.judged_at,
            full_at: row.full_at,
        }
    }
}
