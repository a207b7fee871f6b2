//! What goes out of passbook: rows with all that is kept about each, and what books need around them.

use chrono::{DateTime, NaiveDate, Utc};

use super::account::{Account, AccountId};
use super::money::{Currency, Money};
use super::said::Annotation;
use super::transaction::{Status, StoredTransaction, TransactionKey};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    JsonLines,
    Hledger,
    Beancount,
    Ledger,
}

impl ExportFormat {
    pub const ALL: [Self; 5] =
        [Self::Csv, Self::JsonLines, Self::Hledger, Self::Beancount, Self::Ledger];

    /// As it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Hledger => "hledger",
            Self::Beancount => "beancount",
            Self::Ledger => "ledger",
        }
    }

    /// As its program ends the names of files.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Hledger => "journal",
            Self::Beancount => "beancount",
            Self::Ledger => "ledger",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether it is double-entry books, which hold what stood before and what was measured, too.
    pub fn is_journal(self) -> bool {
        !matches!(self, Self::Csv | Self::JsonLines)
    }
}

/// One row with what the user says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingRow {
    pub stored: StoredTransaction,
    pub own: Annotation,
    pub twin: Option<OtherHalf>,
}

/// The other half of a transfer between own accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherHalf {
    pub key: TransactionKey,
    pub date: NaiveDate,
    pub amount: Money,
    pub status: Status,
}

/// What stands around the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub accounts: Vec<OutgoingAccount>,
    /// Accounts that no bank tells about; for books alone.
    pub by_hand: Vec<ValuedAccount>,
    /// What rows are filed under, and whether money in: each pair once, in order; for books alone.
    pub categories: Vec<(Option<String>, bool)>,
    /// The user's, in order; for books alone.
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingAccount {
    pub account: Account,
    pub own_name: Option<String>,
    /// For books alone, as all that follows.
    pub sums: Vec<AccountSum>,
    /// Ledger balances, oldest first.
    pub measured: Vec<(DateTime<Utc>, Money)>,
}

/// The posted rows of one account in one currency, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSum {
    pub currency: Currency,
    pub first_day: NaiveDate,
    /// Of all rows, whenever.
    pub posted: i64,
    /// Of those before the first day that was asked for.
    pub before: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValuedAccount {
    pub id: AccountId,
    pub name: String,
    pub owed: bool,
    /// Oldest first; owed is negative.
    pub values: Vec<(NaiveDate, Money)>,
}

impl OutgoingAccount {
    /// As the user calls it, else as the bank does, with the digits that tell alike ones apart.
    pub fn name(&self) -> String {
        match (&self.own_name, &self.account.last_four) {
            (Some(own), _) => own.clone(),
            (None, Some(digits)) => format!("{} {digits}", self.account.name),
            (None, None) => self.account.name.clone(),
        }
    }

    /// The balance measured last.
    pub fn latest(&self) -> Option<(DateTime<Utc>, Money)> {
        self.measured.last().copied()
    }
}
