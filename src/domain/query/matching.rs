//! A row held against a filter, in memory: what the database must find, too.

use chrono::{DateTime, NaiveDate, Utc};

use super::filter::{Check, Clause, Filter};
use super::{Mark, State};
use crate::domain::shown::merchant_key;
use crate::domain::{AccountId, Annotation, Life, Money, Status, StoredTransaction};

/// What is asked about a row.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts<'a> {
    pub account_id: &'a AccountId,
    pub id: &'a str,
    pub date: NaiveDate,
    pub amount: Money,
    pub status: &'a Status,
    pub life: &'a Life,
    /// All that is written about it, folded.
    pub words: &'a str,
    /// The user's own, a rule's or the bank's.
    pub category: Option<&'a str>,
    pub tags: &'a [String],
    /// Who it went to or came from.
    pub merchant: &'a str,
    pub noted: bool,
    pub named: bool,
    pub changed: bool,
    pub transfer: bool,
    pub left_out: bool,
    pub first_seen_at: DateTime<Utc>,
}

impl<'a> Facts<'a> {
    /// A row with what the user says of it; `words` are those a search looks into.
    pub fn of(row: &'a StoredTransaction, own: &Annotation, words: &'a str, changed: bool) -> Self {
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        Self {
            account_id: &row.transaction.account_id,
            id: row.transaction.id.as_str(),
            date: row.transaction.date,
            amount: row.transaction.amount,
            status: &row.transaction.status,
            life: &row.life,
            words,
            category: row.shown.category.as_deref(),
            tags: &row.shown.tags,
            merchant: &row.shown.merchant,
            noted: said(&own.note),
            named: said(&own.name),
            changed,
            transfer: row.shown.transfer,
            left_out: row.shown.left_out,
            first_seen_at: row.first_seen_at,
        }
    }
}

impl Filter {
    pub fn matches(&self, row: &Facts) -> bool {
        self.clauses.iter().all(|clause| clause.matches(row))
    }
}

impl Clause {
    fn matches(&self, row: &Facts) -> bool {
        self.check.holds(row) != self.negated
    }
}

impl Check {
    fn holds(&self, row: &Facts) -> bool {
        match self {
            Self::Text(_, folded) => row.words.contains(folded),
            Self::Accounts(accounts) => accounts.iter().any(|(id, _)| id == row.account_id),
            Self::Categories { all, .. } => {
                row.category.is_some_and(|category| all.iter().any(|one| one == category))
            }
            Self::Tags(tags) => tags.iter().any(|tag| row.tags.contains(tag)),
            Self::Merchants(names) => {
                let key = merchant_key(row.merchant);
                names.iter().any(|(_, folded)| key.contains(folded))
            }
            Self::Merchant { key, .. } => merchant_key(row.merchant) == *key,
            Self::Amount(amount) => amount.matches(row.amount),
            Self::Since(day) => row.date >= *day,
            Self::Until(day) => row.date <= *day,
            Self::Months(months) => {
                months.iter().any(|(first, last)| (*first..=*last).contains(&row.date))
            }
            Self::Is(state) => is(*state, row),
            Self::New(since) => row.first_seen_at >= *since,
            Self::Has(mark) => has(*mark, row),
            Self::Ids(ids) => ids.iter().any(|id| id == row.id),
            Self::Days(days) => days.contains(&row.date),
        }
    }
}

fn is(state: State, row: &Facts) -> bool {
    match state {
        State::Pending => *row.status == Status::Pending,
        State::Posted => *row.status == Status::Posted,
        State::Transfer => row.transfer,
        State::LeftOut => row.left_out,
        State::In => row.amount.minor > 0,
        State::Out => row.amount.minor < 0,
        State::Gone => *row.life == Life::Gone,
        // Asked as `Check::New`, which knows since when.
        State::New => false,
    }
}

fn has(mark: Mark, row: &Facts) -> bool {
    match mark {
        Mark::Note => row.noted,
        Mark::Tag => !row.tags.is_empty(),
        Mark::Category => row.category.is_some(),
        Mark::Change => row.changed,
        Mark::Name => row.named,
    }
}
