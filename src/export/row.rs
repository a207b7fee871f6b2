//! A row as JSON documents name its parts.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::domain::{
    AccountId, Annotation, Currency, Frame, Life, OutgoingRow, Status, StoredTransaction,
    TransactionId,
};

/// What is stored of a row, and the user's words beside it.
#[derive(Serialize)]
pub struct BankRow<'a> {
    id: &'a TransactionId,
    account_id: &'a AccountId,
    date: NaiveDate,
    description: &'a str,
    amount: String,
    currency: Currency,
    status: &'a Status,
    r#type: &'a str,
    running_balance: Option<String>,
    category: Option<&'a str>,
    counterparty: Option<&'a str>,
    counterparty_type: Option<&'a str>,
    processing_status: Option<&'a str>,
    first_seen_at: DateTime<Utc>,
    life: &'a Life,
    gone_at: Option<DateTime<Utc>>,
    replaced_by: Option<&'a TransactionId>,
    note: Option<&'a str>,
    tags: &'a [String],
    own_category: Option<&'a str>,
    own_name: Option<&'a str>,
}

impl<'a> BankRow<'a> {
    pub fn new(stored: &'a StoredTransaction, own: &'a Annotation) -> Self {
        let transaction = &stored.transaction;
        Self {
            id: &transaction.id,
            account_id: &transaction.account_id,
            date: transaction.date,
            description: &transaction.description,
            amount: transaction.amount.to_string(),
            currency: transaction.amount.currency,
            status: &transaction.status,
            r#type: &transaction.kind,
            running_balance: transaction.running_balance.map(|money| money.to_string()),
            category: transaction.category.as_deref(),
            counterparty: transaction.counterparty.as_deref(),
            counterparty_type: transaction.counterparty_type.as_deref(),
            processing_status: transaction.processing_status.as_deref(),
            first_seen_at: stored.first_seen_at,
            life: &stored.life,
            gone_at: stored.gone_at,
            replaced_by: stored.replaced_by.as_ref(),
            note: own.note.as_deref(),
            tags: &own.tags,
            own_category: own.category.as_deref(),
            own_name: own.name.as_deref(),
        }
    }
}

/// The same with what is derived, and the account's names, so that a line stands for itself.
#[derive(Serialize)]
pub struct Whole<'a> {
    #[serde(flatten)]
    row: BankRow<'a>,
    amount_minor: i64,
    account: Option<&'a str>,
    institution: Option<&'a str>,
    merchant: &'a str,
    shown_category: Option<&'a str>,
    left_out: bool,
    transfer: bool,
    twin_account_id: Option<&'a AccountId>,
    twin_id: Option<&'a TransactionId>,
}

impl<'a> Whole<'a> {
    pub fn new(row: &'a OutgoingRow, accounts: &'a Accounts) -> Self {
        let (stored, shown) = (&row.stored, &row.stored.shown);
        let twin = row.twin.as_ref().map(|twin| &twin.key);
        let account = accounts.of(&stored.transaction.account_id);
        Self {
            row: BankRow::new(stored, &row.own),
            amount_minor: stored.transaction.amount.minor,
            account: account.map(|names| &*names.account),
            institution: account.map(|names| &*names.institution),
            merchant: &shown.merchant,
            shown_category: shown.category.as_deref(),
            left_out: shown.left_out,
            transfer: shown.transfer,
            twin_account_id: twin.map(|key| &key.account_id),
            twin_id: twin.map(|key| &key.id),
        }
    }
}

/// What accounts are called.
#[derive(Default)]
pub struct Accounts(HashMap<AccountId, AccountNames>);

pub struct AccountNames {
    pub account: String,
    pub institution: String,
}

impl Accounts {
    pub fn new(frame: &Frame) -> Self {
        let names = frame.accounts.iter().map(|account| {
            let institution = account.account.institution.name.clone();
            (account.account.id.clone(), AccountNames { account: account.name(), institution })
        });
        Self(names.collect())
    }

    pub fn of(&self, id: &AccountId) -> Option<&AccountNames> {
        self.0.get(id)
    }
}
