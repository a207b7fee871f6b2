//! The record of each sync, and the balances it measured.

use chrono::{DateTime, TimeDelta, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr;

use super::Store;
use super::engine::with_tx;
use super::leases::{Lease, renew};
use super::ledger::WriteError;
use crate::domain::{AccountId, AccountResult, Balance, Currency, SyncRun, SyncStep};

/// When, ledger, available, currency.
type Last = (DateTime<Utc>, Option<i64>, Option<i64>, String);

impl Store {
    /// Also ends on paper the runs of programs that died: nobody holds a lease for them any more.
    pub async fn start_run(&self, run: &SyncRun) -> Result<()> {
        const ABANDONED: &str = "
            update pb_sync_runs
            set outcome = 'stopped', reason = 'interrupted: the program ended', finished_at = $1
            where outcome = 'running'
                and not exists (select 1 from pb_leases where expires_at >= $1)";
        const INSERT: &str = "
            insert into pb_sync_runs (id, started_at, started_by, full_walk, outcome)
            values ($1, $2, $3, $4, 'running')
            on conflict (id) do nothing";
        with_tx!(self, |tx| {
            sqlx::query(ABANDONED).bind(run.started_at).execute(&mut *tx).await?;
            let insert = sqlx::query(INSERT).bind(&run.id).bind(run.started_at);
            insert.bind(&run.trigger).bind(run.full).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("recording a sync")
    }

    pub async fn finish_run(&self, run: &SyncRun) -> Result<()> {
        const SQL: &str =
            "update pb_sync_runs set finished_at = $2, outcome = $3, reason = $4 where id = $1";
        with_tx!(self, |tx| {
            let update = sqlx::query(SQL).bind(&run.id).bind(run.finished_at);
            update.bind(run.outcome.as_str()).bind(&run.reason).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("recording the end of a sync")
    }

    /// With what the pass read and concluded, if it came that far.
    pub async fn write_result(
        &self,
        run_id: &str,
        result: &AccountResult,
        steps: &[SyncStep],
    ) -> Result<()> {
        const SQL: &str = "
            insert into pb_sync_results (run_id, account_id, enrollment_id, institution_name,
                account_name, outcome, new_rows, settled_rows, changed_rows, gone_rows,
                paired_rows, quarantined_rows, pages, reached, reason, code, ledger, currency)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            on conflict (run_id, account_id) do nothing";
        const EXPLAIN: &str = "
            insert into pb_sync_explanations (run_id, account_id, steps) values ($1, $2, $3)
            on conflict (run_id, account_id) do nothing";
        let told = serde_json::to_string(steps).wrap_err("writing what a sync concluded")?;
        with_tx!(self, |tx| {
            sqlx::query(SQL)
                .bind(run_id)
                .bind(&result.account_id)
                .bind(&result.enrollment_id)
                .bind(&result.institution)
                .bind(&result.name)
                .bind(result.outcome.as_str())
                .bind(result.new)
                .bind(result.settled)
                .bind(result.changed)
                .bind(result.gone)
                .bind(result.paired)
                .bind(result.quarantined)
                .bind(result.pages)
                .bind(result.reached)
                .bind(&result.reason)
                .bind(&result.code)
                .bind(result.ledger.map(|ledger| ledger.minor))
                .bind(result.ledger.map(|ledger| ledger.currency.to_string()))
                .execute(&mut *tx)
                .await?;
            if !steps.is_empty() {
                let explain = sqlx::query(EXPLAIN).bind(run_id).bind(&result.account_id);
                explain.bind(&told).execute(&mut *tx).await?;
            }
            Ok(())
        })
        .wrap_err("recording an account's sync")
    }

    /// Appends a snapshot if it differs from the last one, or if that is of an earlier day (UTC).
    pub async fn write_snapshot(
        &self,
        lease: &Lease,
        account: &AccountId,
        currency: Currency,
        balance: Balance,
        raw: &str,
    ) -> Result<(), WriteError> {
        const LAST: &str = "
            select observed_at, ledger, available, currency from pb_balance_snapshots
            where account_id = $1 order by observed_at desc limit 1";
        const INSERT: &str = "
            insert into pb_balance_snapshots
                (account_id, observed_at, ledger, available, currency)
            values ($1, $2, $3, $4, $5)";
        const RAW: &str = "
            insert into pb_raw_replies (account_id, kind, id, body, received_at)
            values ($1, 'balance', $2, $3, $4)";
        let ledger = balance.ledger.map(|money| money.minor);
        let available = balance.available.map(|money| money.minor);
        with_tx!(self, |tx| {
            renew!(tx, lease);
            let now = tx.now().await?;
            let last: Option<Last> =
                sqlx::query_as(LAST).bind(account).fetch_optional(&mut *tx).await?;
            let observed_at = match &last {
                Some((at, was_ledger, was_available, was_currency)) => {
                    let same = (*was_ledger, *was_available) == (ledger, available)
                        && was_currency == currency.code();
                    if same && at.date_naive() >= now.date_naive() {
                        return Ok(());
                    }
                    now.max(*at + TimeDelta::seconds(1))
                }
                None => now,
            };
            let insert = sqlx::query(INSERT).bind(account).bind(observed_at).bind(ledger);
            insert.bind(available).bind(currency.code()).execute(&mut *tx).await?;
            let raw = sqlx::query(RAW).bind(account).bind(observed_at.to_rfc3339()).bind(raw);
            raw.bind(observed_at).execute(&mut *tx).await?;
            Ok(())
        })?;
        Ok(())
    }
}
