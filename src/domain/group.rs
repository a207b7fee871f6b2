//! Rows put together by what they have in common, and the way from a group to its rows.

use std::cmp::Reverse;

use chrono::{Days, Months, NaiveDate};

use super::account::AccountId;
use super::money::Currency;
use super::query::{Check, Clause, Filter, Mark};
use super::summary::Sum;
use super::transaction::{StoredTransaction, TransactionQuery};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GroupBy {
    Account,
    Category,
    Merchant,
    Month,
}

impl GroupBy {
    /// `by merchant`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Category => "category",
            Self::Merchant => "merchant",
            Self::Month => "month",
        }
    }
}

/// The groups of all rows that a query means, whatever its anchor and limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupQuery {
    pub rows: TransactionQuery,
    pub by: GroupBy,
    /// Groups at most.
    pub limit: u32,
}

/// What the rows of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    Account(AccountId),
    /// `None`: without one.
    Category(Option<String>),
    /// The name folded: see [`Shown::merchant_key`](super::shown::Shown::merchant_key).
    Merchant(String),
    /// By its first day.
    Month(NaiveDate),
}

/// Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub key: GroupKey,
    /// What it is called in the rows: a merchant in one of its spellings, an account by its id.
    pub name: String,
    /// One for each currency, that of most money moved first.
    pub sums: Vec<Sum>,
}

/// The largest first, by the money moved in the main currency; months the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    pub groups: Vec<Group>,
    /// There are no more than these.
    pub at_end: bool,
}

impl GroupKey {
    /// What a row has this in common by.
    pub fn of(row: &StoredTransaction, by: GroupBy) -> Self {
        let transaction = &row.transaction;
        match by {
            GroupBy::Account => Self::Account(transaction.account_id.clone()),
            GroupBy::Category => Self::Category(row.shown.category.clone()),
            GroupBy::Merchant => Self::Merchant(row.shown.merchant_key()),
            GroupBy::Month => Self::Month(first_of_month(transaction.date)),
        }
    }

    /// The condition that its rows meet, and no others; `name` is how it is said back.
    pub fn clause(&self, name: &str) -> Clause {
        let is = |check| Clause { negated: false, check };
        match self {
            Self::Account(id) => is(Check::Accounts(vec![(id.clone(), name.to_owned())])),
            Self::Category(Some(category)) => {
                let category = vec![category.clone()];
                is(Check::Categories { named: category.clone(), all: category })
            }
            Self::Category(None) => Clause { negated: true, check: Check::Has(Mark::Category) },
            Self::Merchant(key) => is(Check::Merchant { name: name.to_owned(), key: key.clone() }),
            Self::Month(first) => is(Check::Months(vec![(*first, last_of_month(*first))])),
        }
    }

    /// The rows of the group, among those that a filter leaves.
    pub fn narrow(&self, filter: &Filter, name: &str) -> Filter {
        let mut filter = filter.clone();
        let clause = self.clause(name);
        // Added as it is: as a second typed word it would widen the first.
        if !filter.clauses.contains(&clause) {
            filter.clauses.push(clause);
        }
        filter
    }
}

impl Group {
    pub fn rows(&self) -> i64 {
        self.sums.iter().map(|sum| sum.rows).sum()
    }
}

impl Groups {
    /// Puts the sums of one key together, in the order of their keys' first appearance.
    pub fn collect(sums: impl IntoIterator<Item = (GroupKey, String, Sum)>) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut places = std::collections::HashMap::new();
        for (key, name, sum) in sums {
            let place = *places.entry(key.to_string()).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Group { key, name, sums: Vec::new() });
            }
            let sums = &mut groups[place].sums;
            match sums.iter_mut().find(|known| known.currency == sum.currency) {
                Some(known) => known.add(sum),
                None => sums.push(sum),
            }
        }
        for group in &mut groups {
            group.sums.sort_by_key(|sum| (Reverse(sum.moved()), sum.currency));
        }
        groups
    }

    /// The order in which groups are shown.
    pub fn sort(groups: &mut [Group], main: Currency) {
        groups.sort_by_cached_key(|group| {
            let month = if let GroupKey::Month(first) = group.key { Some(first) } else { None };
            let moved = group.sums.iter().find(|sum| sum.currency == main && month.is_none());
            let moved = moved.map_or(0, |sum| sum.moved());
            let order = (Reverse(month), Reverse(moved), Reverse(group.rows()));
            (order, group.key.clone())
        });
    }

    /// By plain adding: what the database must come to, too.
    pub fn of<'a>(
        rows: impl IntoIterator<Item = &'a StoredTransaction>,
        by: GroupBy,
        main: Currency,
    ) -> Vec<Group> {
        let mut groups = Self::collect(rows.into_iter().map(|row| {
            let name = match by {
                GroupBy::Merchant => row.shown.merchant.clone(),
                _ => GroupKey::of(row, by).to_string(),
            };
            (GroupKey::of(row, by), name, Sum::of(row.transaction.amount))
        }));
        Self::sort(&mut groups, main);
        groups
    }
}

impl std::fmt::Display for GroupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(id) => f.write_str(id.as_str()),
            Self::Category(name) => f.write_str(name.as_deref().unwrap_or_default()),
            Self::Merchant(key) => f.write_str(key),
            Self::Month(first) => write!(f, "{}", first.format("%Y-%m")),
        }
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    chrono::Datelike::with_day(&day, 1).unwrap_or(day)
}

fn last_of_month(first: NaiveDate) -> NaiveDate {
    first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(NaiveDate::MAX)
}
