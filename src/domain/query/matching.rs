//! A row held against a filter, in memory: what the database must find, too.

use chrono::{DateTime, NaiveDate, Utc};

use super::filter::{Check, Clause, Filter};
use super::{Mark, State};
use crate::domain::{AccountId, Life, Money, Status};

/// What is asked about a row.
#[derive(Clone, Debug)]
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
    pub noted: bool,
    pub named: bool,
    pub changed: bool,
    pub transfer: bool,
    pub left_out: bool,
    pub first_seen_at: DateTime<Utc>,
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
