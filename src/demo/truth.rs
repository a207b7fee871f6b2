//! What a client ought to end up with, for tests to compare.

use chrono::NaiveDate;

use super::book::{Book, Row};
use super::counterparties::Party;
use super::wire::decimal;
use crate::domain::{Status, TransactionId};

/// One row as the list endpoint tells it, amounts in its own words and sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthRow {
    pub id: TransactionId,
    pub date: NaiveDate,
    pub amount: String,
    pub description: String,
    pub status: Status,
    /// Teller's `type`.
    pub kind: String,
    pub running_balance: Option<String>,
    pub processing_status: String,
    pub category: Option<String>,
    pub counterparty: Option<String>,
    pub counterparty_type: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthBalance {
    pub ledger: String,
    pub available: String,
}

impl From<&Row> for TruthRow {
    fn from(row: &Row) -> Self {
        let (counterparty, counterparty_type) = match row.party {
            Party::Known { name, kind } => (Some(name.to_owned()), Some(kind.to_owned())),
            Party::Absent | Party::Unknown => (None, None),
        };
        Self {
            id: TransactionId(row.id.clone()),
            date: row.date,
            amount: decimal(row.amount),
            description: row.description.clone(),
            status: row.status.clone(),
            kind: row.kind.to_owned(),
            running_balance: row.running_balance.map(decimal),
            processing_status: row.processing_status().to_owned(),
            category: row.category.map(ToOwned::to_owned),
            counterparty,
            counterparty_type,
        }
    }
}

impl From<&Book> for TruthBalance {
    fn from(book: &Book) -> Self {
        Self { ledger: decimal(book.ledger), available: decimal(book.available) }
    }
}
