//! Pairs made and parted by hand: a sync neither undoes nor repeats them.
//!
//! The row that vanished is live neither before nor after, so no sum of a day changes.

use chrono::{DateTime, Days, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::{Report, WrapErr as _};

use super::carry::{Carried, carry, take_back};
use super::engine::{with_db, with_tx};
use super::ledger::{ChangeWrite, log_changes};
use super::transaction_row::TransactionRow;
use super::{Store, words};
use crate::domain::{StoredTransaction, TransactionId, TransactionKey};

/// Stands in the change log where the run stands for what a sync changed.
pub(super) const BY_HAND: &str = "hand";
/// Days that the row it became may be dated before, and after, the one that vanished.
const BEFORE: u64 = 2;
const AFTER: u64 = 31;
/// Candidates shown at most.
const CANDIDATES: i64 = 20;

/// Why two rows were not paired, or a pair not parted; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    #[error("there is no transaction {0}")]
    Unknown(TransactionId),
    #[error("{0} took the place of no other row: there is nothing to undo")]
    NotPaired(TransactionId),
    #[error("a row cannot be paired with itself")]
    SameRow,
    #[error("both rows must be of one account")]
    OtherAccount,
    #[error("the bank still lists {0}: only a row that vanished can be paired")]
    StillListed(TransactionId),
    #[error("{gone} was paired with {came} already: undo that match first")]
    AlreadyPaired { gone: TransactionId, came: TransactionId },
    #[error("{0} is not posted, or not listed any more: pair with a posted row of the list")]
    NotPosted(TransactionId),
    #[error("{came} took the place of {gone} already: undo that match first")]
    Taken { came: TransactionId, gone: TransactionId },
    #[error("{0:#}")]
    Store(Report),
}

impl From<Report> for PairError {
    fn from(report: Report) -> Self {
        report.downcast().unwrap_or_else(Self::Store)
    }
}

/// A row as far as pairing looks at it.
#[derive(sqlx::FromRow)]
struct Side {
    life: String,
    status: String,
    replaced_by: Option<TransactionId>,
}

impl Store {
    /// Parts this row from the one it took the place of, for good. Words that came with the pair
    /// go, but for those touched since. Returns the row that is withdrawn again.
    pub async fn part_pair(&self, posted: &TransactionKey) -> Result<TransactionKey, PairError> {
        let (account, came) = (&posted.account_id, &posted.id);
        let gone: TransactionId = with_tx!(self, |tx| {
            let now = tx.now().await?;
            let known: Option<Side> =
                sqlx::query_as(SIDE).bind(account).bind(came).fetch_optional(&mut *tx).await?;
            if known.is_none() {
                return Err(PairError::Unknown(came.clone()).into());
            }
            let link = sqlx::query_as(PREDECESSOR).bind(account).bind(came);
            let link: Option<(TransactionId, Option<String>)> =
                link.fetch_optional(&mut *tx).await?;
            let Some((gone, carried)) = link else {
                return Err(PairError::NotPaired(came.clone()).into());
            };
            let carried: Carried =
                carried.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            let before = words::of!(tx, account, came);
            let words = take_back(&before, &carried);
            words::write!(tx, account, came, &before, &words, now);
            sqlx::query(RELEASE).bind(account).bind(&gone).bind(now).execute(&mut *tx).await?;
            let link = sqlx::query(PART).bind(account).bind(&gone).bind(came);
            link.bind(now).execute(&mut *tx).await?;
            let parted = |id: &TransactionId, other: &TransactionId| ChangeWrite {
                transaction_id: id.clone(),
                field: "parted",
                old: Some(other.to_string()),
                new: None,
            };
            let changes = [parted(came, &gone), parted(&gone, came)];
            log_changes!(tx, account, BY_HAND, now, changes);
            Ok(gone)
        })?;
        Ok(TransactionKey { account_id: account.clone(), id: gone })
    }

    /// Says for good that a row which vanished became this posted one: its words follow.
    pub async fn make_pair(
        &self,
        gone: &TransactionKey,
        came: &TransactionKey,
    ) -> Result<(), PairError> {
        if gone == came {
            return Err(PairError::SameRow);
        }
        if gone.account_id != came.account_id {
            return Err(PairError::OtherAccount);
        }
        let (account, gone, came) = (&gone.account_id, &gone.id, &came.id);
        with_tx!(self, |tx| {
            let now: DateTime<Utc> = tx.now().await?;
            let from: Option<Side> =
                sqlx::query_as(SIDE).bind(account).bind(gone).fetch_optional(&mut *tx).await?;
            let to: Option<Side> =
                sqlx::query_as(SIDE).bind(account).bind(came).fetch_optional(&mut *tx).await?;
            let taken = sqlx::query_as(PREDECESSOR).bind(account).bind(came);
            let taken: Option<(TransactionId, Option<String>)> =
                taken.fetch_optional(&mut *tx).await?;
            check((gone, from), (came, to), taken.map(|(id, _)| id))?;
            let own = words::of!(tx, account, gone);
            let before = words::of!(tx, account, came);
            let (words, carried) = carry(&own, &before);
            words::write!(tx, account, came, &before, &words, now);
            let carried = serde_json::to_string(&carried).wrap_err("writing what was carried")?;
            let replace = sqlx::query(REPLACE).bind(account).bind(gone);
            replace.bind(came).bind(now).execute(&mut *tx).await?;
            let link = sqlx::query(JOIN).bind(account).bind(gone).bind(came);
            link.bind(now).bind(carried).execute(&mut *tx).await?;
            let changes = [ChangeWrite {
                transaction_id: came.clone(),
                field: "id",
                old: Some(gone.to_string()),
                new: Some(came.to_string()),
            }];
            log_changes!(tx, account, BY_HAND, now, changes);
            Ok(())
        })?;
        Ok(())
    }

    /// Posted rows that one which vanished may have become, the nearest amount first, then the
    /// nearest day. Empty where the row is unknown.
    pub async fn load_pair_candidates(
        &self,
        gone: &TransactionKey,
    ) -> Result<Vec<StoredTransaction>> {
        const SQL: &str = "
            select * from pb_transactions t
            where account_id = $1 and life = 'live' and status = 'posted' and id <> $2
                and date >= $3 and date <= $4 and currency = $5
                and ((amount < 0 and $6 < 0) or (amount >= 0 and $6 >= 0))
                and not exists (
                    select 1 from pb_links l
                    where l.account_id = t.account_id and l.posted_id = t.id and not l.parted)
            order by abs(amount - $6), date, seq, id
            limit $7";
        const GONE: &str =
            "select date, amount, currency from pb_transactions where account_id = $1 and id = $2";
        let account = &gone.account_id;
        let (origin, rows) = with_db!(self, |db| {
            let origin = sqlx::query_as(GONE).bind(account).bind(&gone.id);
            let origin: Option<(NaiveDate, i64, String)> = origin.fetch_optional(&mut *db).await?;
            let Some((date, amount, currency)) = origin else { return Ok((None, Vec::new())) };
            let rows = sqlx::query_as(SQL).bind(account).bind(&gone.id);
            let rows = rows.bind(date - Days::new(BEFORE)).bind(date + Days::new(AFTER));
            let rows = rows.bind(&currency).bind(amount).bind(CANDIDATES);
            let rows: Vec<TransactionRow> = rows.fetch_all(db).await?;
            Ok((Some((date, amount)), rows))
        })
        .wrap_err("loading rows to pair with")?;
        let mut rows: Vec<StoredTransaction> = rows.into_iter().map(Into::into).collect();
        if let Some((date, amount)) = origin {
            rows.sort_by_key(|row| {
                let transaction = &row.transaction;
                let days = (transaction.date - date).num_days().unsigned_abs();
                (transaction.amount.minor.abs_diff(amount), days)
            });
        }
        Ok(rows)
    }
}

/// Whether the first row may have become the second. A pairing is one to one.
fn check(
    (gone, from): (&TransactionId, Option<Side>),
    (came, to): (&TransactionId, Option<Side>),
    taken: Option<TransactionId>,
) -> Result<(), PairError> {
    let from = from.ok_or_else(|| PairError::Unknown(gone.clone()))?;
    let to = to.ok_or_else(|| PairError::Unknown(came.clone()))?;
    if let Some(came) = from.replaced_by {
        return Err(PairError::AlreadyPaired { gone: gone.clone(), came });
    }
    if from.life != "gone" {
        return Err(PairError::StillListed(gone.clone()));
    }
    if to.life != "live" || to.status != "posted" {
        return Err(PairError::NotPosted(came.clone()));
    }
    match taken {
        Some(gone) => Err(PairError::Taken { came: came.clone(), gone }),
        None => Ok(()),
    }
}

const SIDE: &str = "
    select life, status, replaced_by from pb_transactions where account_id = $1 and id = $2";

/// `life <> 'live'` is said for `SQLite`, which then finds the small index of withdrawn rows.
const PREDECESSOR: &str = "
    select t.id, l.carried
    from pb_transactions t
        left join pb_links l on l.account_id = t.account_id and l.pending_id = t.id
            and l.posted_id = t.replaced_by and not l.parted
    where t.account_id = $1 and t.life = 'replaced' and t.life <> 'live' and t.replaced_by = $2
    order by t.id limit 1";

const RELEASE: &str = "
    update pb_transactions
    set life = 'gone', replaced_by = null, gone_at = coalesce(gone_at, $3)
    where account_id = $1 and id = $2";

const PART: &str = "
    insert into pb_links
        (account_id, pending_id, posted_id, tier, made_by, parted, made_at, carried)
    values ($1, $2, $3, null, 'hand', true, $4, null)
    on conflict (account_id, pending_id, posted_id) do update set
        tier = null, made_by = 'hand', parted = true, made_at = excluded.made_at, carried = null";

const REPLACE: &str = "
    update pb_transactions
    set life = 'replaced', replaced_by = $3, recheck = 0, strikes = 0,
        gone_at = coalesce(gone_at, $4)
    where account_id = $1 and id = $2";

const JOIN: &str = "
    insert into pb_links
        (account_id, pending_id, posted_id, tier, made_by, parted, made_at, carried)
    values ($1, $2, $3, null, 'hand', false, $4, $5)
    on conflict (account_id, pending_id, posted_id) do update set
        tier = null, made_by = 'hand', parted = false, made_at = excluded.made_at,
        carried = excluded.carried";
