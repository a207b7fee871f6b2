//! Rows of the bank's that could not be read: looked at, and let go once they can.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::{with_db, with_tx};
use super::leases::{Lease, renew};
use super::ledger::WriteError;
use crate::domain::{AccountId, QuarantinedRow, TransactionId};

#[derive(sqlx::FromRow)]
struct Row {
    account_id: AccountId,
    digest: String,
    transaction_id: Option<TransactionId>,
    reason: String,
    body: String,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
}

impl Store {
    /// The `limit` rows in quarantine that the bank listed last.
    pub async fn load_quarantine(&self, limit: u32) -> Result<Vec<QuarantinedRow>> {
        const SQL: &str = "
            select account_id, digest, transaction_id, reason, body, first_seen_at, last_seen_at
            from pb_quarantine where resolved_at is null
            order by last_seen_at desc, account_id, digest limit $1";
        let rows: Vec<Row> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(i64::from(limit)).fetch_all(db).await)
                .wrap_err("loading the rows that could not be read")?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Those in quarantine, by their digest, whose row was stored or withdrawn on the bank's word
    /// when they were last listed, or since. In the same second either may have been first: what
    /// is stored was read without doubt.
    pub async fn load_overtaken(&self, account: &AccountId) -> Result<HashSet<String>> {
        const SQL: &str = "
            select q.digest from pb_quarantine q
                join pb_transactions t on t.account_id = q.account_id and t.id = q.transaction_id
                left join pb_raw_replies r
                    on r.account_id = t.account_id and r.kind = 'transaction' and r.id = t.id
            where q.account_id = $1 and q.resolved_at is null
                and (r.received_at >= q.last_seen_at or t.gone_at >= q.last_seen_at)";
        let digests: Vec<String> =
            with_db!(self, |db| sqlx::query_scalar(SQL).bind(account).fetch_all(db).await)
                .wrap_err("comparing the rows that could not be read with those stored")?;
        Ok(digests.into_iter().collect())
    }

    /// A list that was read to its end lacks the rows last seen before it was begun: they are not
    /// waited for any more.
    pub async fn resolve_unlisted(
        &self,
        lease: &Lease,
        account: &AccountId,
        begun: DateTime<Utc>,
    ) -> Result<(), WriteError> {
        const SQL: &str = "
            update pb_quarantine set resolved_at = $3
            where account_id = $1 and last_seen_at < $2 and resolved_at is null";
        with_tx!(self, |tx| {
            renew!(tx, lease);
            let now = tx.now().await?;
            let resolve = sqlx::query(SQL).bind(account).bind(begun).bind(now);
            resolve.execute(&mut *tx).await?;
            Ok(())
        })?;
        Ok(())
    }

    /// Lets rows out of quarantine that could be read after all, or that were overtaken. They stay
    /// on record.
    pub async fn resolve_quarantine(
        &self,
        lease: &Lease,
        account: &AccountId,
        digests: &[&str],
    ) -> Result<(), WriteError> {
        const SQL: &str = "
            update pb_quarantine set resolved_at = $3
            where account_id = $1 and digest = $2 and resolved_at is null";
        with_tx!(self, |tx| {
            renew!(tx, lease);
            let now = tx.now().await?;
            for digest in digests {
                let row = sqlx::query(SQL).bind(account).bind(*digest);
                row.bind(now).execute(&mut *tx).await?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl From<Row> for QuarantinedRow {
    fn from(row: Row) -> Self {
        Self {
            account_id: row.account_id,
            digest: row.digest,
            transaction_id: row.transaction_id,
            reason: row.reason,
            raw: row.body,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
        }
    }
}
