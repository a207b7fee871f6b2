//! Giving up what adoption brought, and nothing else.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;
use serde::Serialize;

use super::hand;
use super::rows::RUN;
use crate::store::Store;
use crate::store::days;
use crate::store::engine::{with_db, with_tx};

/// What was given up. Counts are rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    pub transactions: u64,
    pub balances: u64,
    pub accounts: u64,
    /// Accounts kept by hand.
    pub by_hand: u64,
    /// Transactions that a sync has met since: they are the bank's word now, and stay.
    pub kept: u64,
}

impl Store {
    /// How many adoptions there were.
    pub async fn count_adoptions(&self) -> Result<i64> {
        with_db!(self, |db| {
            sqlx::query_scalar("select count(*) from pb_adoptions").fetch_one(db).await
        })
        .wrap_err("counting adoptions")
    }

    /// Removes the rows that came by adoption. Your words, and what a sync has met since, stay.
    pub async fn forget_adopted(&self) -> Result<Forgotten> {
        with_tx!(self, |tx| {
            let mut forgotten = Forgotten::default();
            let all: i64 =
                sqlx::query_scalar("select count(*) from pb_adopted where kind = 'transaction'")
                    .fetch_one(&mut *tx)
                    .await?;
            let dirty: Vec<String> = sqlx::query_scalar(
                "select distinct account_id from pb_adopted where kind = 'transaction'",
            )
            .fetch_all(&mut *tx)
            .await?;
            sqlx::query(FORGET_RAW).bind(RUN).execute(&mut *tx).await?;
            let gone = sqlx::query(FORGET_TRANSACTIONS).bind(RUN).execute(&mut *tx).await?;
            forgotten.transactions = gone.rows_affected();
            forgotten.kept = all.unsigned_abs().saturating_sub(forgotten.transactions);
            // The instants of balances are compared in Rust: the engines spell them differently.
            let balances: Vec<(String, String)> =
                sqlx::query_as("select account_id, id from pb_adopted where kind = 'balance'")
                    .fetch_all(&mut *tx)
                    .await?;
            for (account, id) in balances {
                let Ok(measured) = chrono::DateTime::parse_from_rfc3339(&id) else { continue };
                let gone = sqlx::query(FORGET_BALANCE).bind(&account).bind(measured.to_utc());
                forgotten.balances += gone.execute(&mut *tx).await?.rows_affected();
                let raw = sqlx::query(FORGET_BALANCE_RAW).bind(&account).bind(&id);
                raw.execute(&mut *tx).await?;
            }
            sqlx::query(FORGET_ASIDE).execute(&mut *tx).await?;
            for account in &dirty {
                days::refresh_all!(tx, account);
            }
            sqlx::query(hand::FORGET[0]).execute(&mut *tx).await?;
            let gone = sqlx::query(hand::FORGET[1]).execute(&mut *tx).await?;
            forgotten.by_hand = gone.rows_affected();
            let gone = sqlx::query(FORGET_ACCOUNTS).execute(&mut *tx).await?;
            forgotten.accounts = gone.rows_affected();
            sqlx::query(FORGET_NAMES).execute(&mut *tx).await?;
            sqlx::query(FORGET_ENROLLMENTS).execute(&mut *tx).await?;
            sqlx::query("delete from pb_adopted").execute(&mut *tx).await?;
            sqlx::query("delete from pb_adoptions").execute(&mut *tx).await?;
            Ok(forgotten)
        })
        .wrap_err("giving up what was taken over")
    }
}

/// What no sync has written since, as its fence tells.
const FORGET_TRANSACTIONS: &str = "
    delete from pb_transactions
    where first_run = $1 and fence = 0 and life in ('live', 'gone') and merged_from is null and exists (
        select 1 from pb_adopted a
        where a.kind = 'transaction' and a.account_id = pb_transactions.account_id
            and a.id = pb_transactions.id)";

const FORGET_RAW: &str = "
    delete from pb_raw_replies
    where kind = 'transaction' and exists (
        select 1 from pb_transactions t
            join pb_adopted a on a.account_id = t.account_id and a.id = t.id
        where a.kind = 'transaction' and t.account_id = pb_raw_replies.account_id
            and t.id = pb_raw_replies.id and t.first_run = $1 and t.fence = 0
            and t.life in ('live', 'gone') and t.merged_from is null)";

const FORGET_BALANCE: &str =
    "delete from pb_balance_snapshots where account_id = $1 and observed_at = $2";

const FORGET_BALANCE_RAW: &str =
    "delete from pb_raw_replies where account_id = $1 and kind = 'balance' and id = $2";

const FORGET_ASIDE: &str =
    "delete from pb_quarantine where reason like 'taken over from the Python app:%'";

/// Those that have no row of any kind left and that no sync has listed.
const FORGET_ACCOUNTS: &str = "
    delete from pb_accounts
    where enrollment_id like 'python-app:%'
        and exists (
            select 1 from pb_adopted a where a.kind = 'account' and a.id = pb_accounts.id)
        and not exists (select 1 from pb_transactions t where t.account_id = pb_accounts.id)
        and not exists (select 1 from pb_balance_snapshots b where b.account_id = pb_accounts.id)
        and not exists (select 1 from pb_sync_state s where s.account_id = pb_accounts.id)";

const FORGET_NAMES: &str = "
    delete from pb_enrollment_words
    where enrollment_id like 'python-app:%' and not exists (
        select 1 from pb_accounts a where a.enrollment_id = pb_enrollment_words.enrollment_id)";

const FORGET_ENROLLMENTS: &str = "
    delete from pb_enrollments
    where id like 'python-app:%'
        and not exists (select 1 from pb_accounts a where a.enrollment_id = pb_enrollments.id)";
