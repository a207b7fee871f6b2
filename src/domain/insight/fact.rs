//! What detection reads of a row, and how sure it says it is.

use chrono::NaiveDate;

use crate::domain::{AccountId, AccountKind, Money, TransactionKey};

/// A live row, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub key: TransactionKey,
    pub date: NaiveDate,
    pub amount: Money,
    /// Who it went to or came from, as rows are grouped by it; may be empty.
    pub merchant: String,
    /// The bank's text. Only transfers and fees look at it.
    pub text: String,
    /// Teller's `type`.
    pub kind: String,
    pub category: Option<String>,
    pub pending: bool,
    /// The account that holds the other half, where this row is half of a transfer.
    pub twin: Option<AccountId>,
}

/// One of the user's accounts, as statements speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    pub id: AccountId,
    pub kind: AccountKind,
    pub name: String,
    pub last_four: Option<String>,
}

/// In percent, 1 to 99: a rule is never certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(u8);

impl Confidence {
    pub fn of(percent: i64) -> Self {
        Self(u8::try_from(percent.clamp(1, 99)).expect("two digits"))
    }

    pub fn percent(self) -> u8 {
        self.0
    }

    pub fn word(self) -> &'static str {
        match self.0 {
            85.. => "sure",
            60.. => "likely",
            _ => "perhaps",
        }
    }
}

impl Fact {
    pub fn is_out(&self) -> bool {
        self.amount.minor < 0
    }

    /// Rows in the order of time; ties by key, so that the order of the input never matters.
    pub(super) fn order(&self) -> (NaiveDate, &TransactionKey) {
        (self.date, &self.key)
    }
}

/// Letters and digits of a text, in upper case: how statements are compared.
pub(super) fn tokens(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_uppercase)
        .collect()
}

#[cfg(test)]
pub(super) mod sample {
    use chrono::Days;

    use super::*;
    use crate::domain::Currency;

    /// Day 0 is Monday, June 1 2026.
    pub fn day(number: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, 1).unwrap() + Days::new(number)
    }

    pub fn fact(account: &str, id: &str, on: u64, minor: i64) -> Fact {
        Fact {
            key: TransactionKey { account_id: account.into(), id: id.into() },
            date: day(on),
            amount: Money::new(minor, Currency::USD),
            merchant: String::new(),
            text: String::new(),
            kind: "ach".to_owned(),
            category: None,
            pending: false,
            twin: None,
        }
    }

    pub fn own(id: &str, kind: AccountKind, last_four: &str) -> Own {
        Own { id: id.into(), kind, name: String::new(), last_four: Some(last_four.to_owned()) }
    }
}
