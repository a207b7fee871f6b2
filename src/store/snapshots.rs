//! Balances as they were measured.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::{AccountId, Balance, Currency, Money, Snapshot};

#[derive(sqlx::FromRow)]
struct SnapshotRow {
    account_id: AccountId,
    observed_at: DateTime<Utc>,
    ledger: Option<i64>,
    available: Option<i64>,
    currency: String,
}

impl From<SnapshotRow> for Snapshot {
    fn from(row: SnapshotRow) -> Self {
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        let money = |minor: Option<i64>| minor.map(|minor| Money::new(minor, currency));
        Self {
            account_id: row.account_id,
            observed_at: row.observed_at,
            balance: Balance { ledger: money(row.ledger), available: money(row.available) },
        }
    }
}

impl Store {
    /// Newest first; `since` is a day in UTC.
    pub async fn load_snapshots(
        &self,
        account: Option<&AccountId>,
        since: Option<NaiveDate>,
    ) -> Result<Vec<Snapshot>> {
        const SQL: &str = "
            select account_id, observed_at, ledger, available, currency
            from pb_balance_snapshots
            where ($1 is null or account_id = $1) and ($2 is null or observed_at >= $2)
            order by observed_at desc, account_id";
        let since = since.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let rows: Vec<SnapshotRow> =
            with_db!(self, |db| sqlx::query_as(SQL).bind(account).bind(since).fetch_all(db).await)
                .wrap_err("loading balances")?;
        Ok(rows.into_iter().map(Snapshot::from).collect())
    }
}
