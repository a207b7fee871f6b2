//! What the last syncs brought.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::{
    AccountId, AccountResult, Currency, EnrollmentId, Explanation, Money, Outcome, SyncRun,
};

/// The newest `$1` runs.
pub(super) const RUNS: &str = "
    select id, started_at, finished_at, started_by, full_walk, outcome, reason
    from pb_sync_runs order by started_at desc, id desc limit $1";

/// Their results.
pub(super) const RESULTS: &str = "
    select run_id, account_id, enrollment_id, institution_name, account_name, outcome, new_rows,
        settled_rows, changed_rows, gone_rows, paired_rows, quarantined_rows, pages, reached,
        reason, code, ledger, currency
    from pb_sync_results
    where run_id in (select id from pb_sync_runs order by started_at desc, id desc limit $1)
    order by run_id, institution_name, account_name, account_id";

#[derive(sqlx::FromRow)]
pub(super) struct RunRow {
    id: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    started_by: String,
    full_walk: bool,
    outcome: String,
    reason: Option<String>,
}

#[derive(sqlx::FromRow)]
pub(super) struct ResultRow {
    run_id: String,
    account_id: AccountId,
    enrollment_id: EnrollmentId,
    institution_name: String,
    account_name: String,
    outcome: String,
    new_rows: i64,
    settled_rows: i64,
    changed_rows: i64,
    gone_rows: i64,
    paired_rows: i64,
    quarantined_rows: i64,
    pages: i64,
    reached: Option<NaiveDate>,
    reason: Option<String>,
    code: Option<String>,
    ledger: Option<i64>,
    currency: Option<String>,
}

impl Store {
    /// Newest first, each with its results.
    pub async fn load_runs(&self, limit: u32) -> Result<Vec<SyncRun>> {
        let limit = i64::from(limit);
        let (runs, results) = with_db!(self, |db| {
            let runs = sqlx::query_as(RUNS).bind(limit).fetch_all(&mut *db).await?;
            let results = sqlx::query_as(RESULTS).bind(limit).fetch_all(db).await?;
            Ok((runs, results))
        })
        .wrap_err("loading the last syncs")?;
        Ok(assemble(runs, results))
    }
}

impl Store {
    /// What each pass of a run read and concluded.
    pub async fn load_explanations(&self, run_id: &str) -> Result<Vec<Explanation>> {
        const SQL: &str = "
            select account_id, steps from pb_sync_explanations where run_id = $1
            order by account_id";
        let rows: Vec<(AccountId, String)> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(run_id).fetch_all(db).await)
                .wrap_err("loading what a sync concluded")?;
        let read = |(account_id, steps): (AccountId, String)| {
            let steps = serde_json::from_str(&steps).wrap_err("reading what a sync concluded")?;
            Ok(Explanation { account_id, steps })
        };
        rows.into_iter().map(read).collect()
    }
}

/// Gives each run its results.
pub(super) fn assemble(runs: Vec<RunRow>, results: Vec<ResultRow>) -> Vec<SyncRun> {
    let mut by_run: HashMap<String, Vec<AccountResult>> = HashMap::new();
    for row in results {
        by_run.entry(row.run_id.clone()).or_default().push(row.into());
    }
    let with_results = |row: RunRow| SyncRun {
        results: by_run.remove(&row.id).unwrap_or_default(),
        id: row.id,
        started_at: row.started_at,
        finished_at: row.finished_at,
        trigger: row.started_by,
        full: row.full_walk,
        outcome: Outcome::from(row.outcome.as_str()),
        reason: row.reason,
    };
    runs.into_iter().map(with_results).collect()
}

impl From<ResultRow> for AccountResult {
    fn from(row: ResultRow) -> Self {
        let currency = row.currency.as_deref().and_then(Currency::parse);
        Self {
            enrollment_id: row.enrollment_id,
            account_id: row.account_id,
            name: row.account_name,
            institution: row.institution_name,
            outcome: Outcome::from(row.outcome.as_str()),
            new: row.new_rows,
            settled: row.settled_rows,
            changed: row.changed_rows,
            gone: row.gone_rows,
            paired: row.paired_rows,
            quarantined: row.quarantined_rows,
            pages: row.pages,
            reached: row.reached,
            reason: row.reason,
            code: row.code,
            ledger: row.ledger.map(|minor| Money::new(minor, currency.unwrap_or(Currency::NONE))),
        }
    }
}
