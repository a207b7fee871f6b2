//! A row of `pb_transactions` as the engines hand it over.
use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    AccountId, Currency, Life, Money, Shown, Status, StoredTransaction, Transaction, TransactionId,
};
use crate::store::shown;

#[derive(Debug, sqlx::FromRow)]
pub(super) struct TransactionRow {
    account_id: AccountId,
    id: TransactionId,
    date: NaiveDate,
    seq: i64,
    amount: i64,
    currency: String,
    description: String,
    status: String,
    #[sqlx(rename = "type")]
    kind: String,
    running_balance: Option<i64>,
    category: Option<String>,
    counterparty: Option<String>,
    counterparty_type: Option<String>,
    processing_status: Option<String>,
    life: String,
    replaced_by: Option<TransactionId>,
    first_seen_at: DateTime<Utc>,
    gone_at: Option<DateTime<Utc>>,
    shown_category: Option<String>,
    merchant: String,
    tags: Option<String>,
    left_out: bool,
    transfer: bool,
}

/// The rows of one account with these ids, newest first within a statement.
macro_rules! select_rows {
    ($db:ident, $account:expr, $ids:expr) => {{
        let mut rows: Vec<$crate::store::transaction_row::TransactionRow> = Vec::new();
        for chunk in $ids.chunks($crate::store::rows::ROWS_A_STATEMENT) {
            let mut sql =
                sqlx::QueryBuilder::new("select * from pb_transactions where account_id = ");
            sql.push_bind($account).push(" and id in (");
            let mut list = sql.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            sql.push(") order by date desc, seq desc");
            let chunk: Vec<_> = sql.build_query_as().fetch_all(&mut *$db).await?;
            rows.extend(chunk);
        }
        rows
    }};
}
pub(super) use select_rows;

impl From<TransactionRow> for StoredTransaction {
    fn from(row: TransactionRow) -> Self {
        let currency = Currency::parse(&row.currency).unwrap_or(Currency::NONE);
        Self {
            transaction: Transaction {
                id: row.id,
                account_id: row.account_id,
                date: row.date,
                amount: Money::new(row.amount, currency),
                description: row.description,
                status: Status::from(row.status.as_str()),
                kind: row.kind,
                running_balance: row.running_balance.map(|minor| Money::new(minor, currency)),
                category: row.category,
                counterparty: row.counterparty,
                counterparty_type: row.counterparty_type,
                processing_status: row.processing_status,
            },
            shown: Shown {
                merchant: row.merchant,
                category: row.shown_category,
                tags: shown::tags(row.tags.as_deref()),
                left_out: row.left_out,
                transfer: row.transfer,
            },
            sequence: row.seq,
            life: Life::from(row.life.as_str()),
            replaced_by: row.replaced_by,
            first_seen_at: row.first_seen_at,
            gone_at: row.gone_at,
            noted: false,
            account_rank: 0,
            computed_balance: None,
        }
    }
}
