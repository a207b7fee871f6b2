//! What rows come to when they are added up: by currency, for currencies are never added.

use std::cmp::Reverse;

use chrono::{Datelike as _, NaiveDate};

use super::account::AccountId;
use super::money::{Currency, Money};
use super::transaction::StoredTransaction;

/// Rows of one currency added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    pub currency: Currency,
    pub rows: i64,
    pub money_in: i64,
    /// Never above zero.
    pub money_out: i64,
}

/// All rows that a question finds, as sums of several kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Most rows first.
    pub total: Vec<Sum>,
    /// Most rows first.
    pub accounts: Vec<(AccountId, Sum)>,
    /// Most rows first; `None`: without one.
    pub categories: Vec<(Option<String>, Sum)>,
    /// Newest first, by the first day.
    pub months: Vec<(NaiveDate, Sum)>,
    /// Rows that only their date keeps out: earlier ones, later ones.
    pub before: i64,
    pub after: i64,
}

impl Sum {
    /// Of one row.
    pub fn of(amount: Money) -> Self {
        let (money_in, money_out) = (amount.minor.max(0), amount.minor.min(0));
        Self { currency: amount.currency, rows: 1, money_in, money_out }
    }

    /// Minor units that went in or out.
    pub fn moved(self) -> i64 {
        self.money_in.saturating_sub(self.money_out)
    }

    pub fn new(currency: Currency) -> Self {
        Self { currency, rows: 0, money_in: 0, money_out: 0 }
    }

    pub fn net(self) -> Money {
        Money::new(self.money_in.saturating_add(self.money_out), self.currency)
    }

    pub fn received(self) -> Money {
        Money::new(self.money_in, self.currency)
    }

    /// With its sign: below zero, or zero.
    pub fn money_out(self) -> Money {
        Money::new(self.money_out, self.currency)
    }

    /// Without the sign.
    pub fn spent(self) -> Money {
        -Money::new(self.money_out, self.currency)
    }

    /// How large an amount is on average, whichever its sign; rounded half away from zero.
    pub fn average(self) -> Money {
        let rows = self.rows.max(1);
        Money::new(self.moved().saturating_add(rows / 2) / rows, self.currency)
    }

    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.money_in = self.money_in.saturating_add(other.money_in);
        self.money_out = self.money_out.saturating_add(other.money_out);
    }
}

impl Summary {
    /// By plain adding: what the database must come to, too.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a StoredTransaction>) -> Self {
        let mut summary = Self::default();
        for row in rows {
            let sum = Sum::of(row.transaction.amount);
            summary.add_account(row.transaction.account_id.clone(), sum);
            summary.add_category(row.shown.category.clone(), sum);
            summary.add_day(row.transaction.date, sum);
        }
        summary.sort();
        summary
    }

    pub fn add_account(&mut self, account: AccountId, sum: Sum) {
        match self.total.iter_mut().find(|other| other.currency == sum.currency) {
            Some(other) => other.add(sum),
            None => self.total.push(sum),
        }
        add(&mut self.accounts, account, sum);
    }

    pub fn add_category(&mut self, category: Option<String>, sum: Sum) {
        add(&mut self.categories, category, sum);
    }

    pub fn add_day(&mut self, day: NaiveDate, sum: Sum) {
        add(&mut self.months, day.with_day(1).unwrap_or(day), sum);
    }

    /// To be called once all is added.
    pub fn sort(&mut self) {
        let most = |sum: &Sum| (Reverse(sum.rows), sum.currency);
        self.total.sort_by_key(most);
        self.accounts.sort_by(|(one, a), (other, b)| (most(a), one).cmp(&(most(b), other)));
        self.categories.sort_by(|(one, a), (other, b)| (most(a), one).cmp(&(most(b), other)));
        self.months.sort_by_key(|(month, sum)| (Reverse(*month), sum.currency));
    }

    pub fn rows(&self) -> i64 {
        self.total.iter().map(|sum| sum.rows).sum()
    }

    /// The sums of a month, one for each currency.
    pub fn month(&self, first: NaiveDate) -> impl Iterator<Item = Sum> {
        self.months.iter().filter(move |(month, _)| *month == first).map(|(_, sum)| *sum)
    }
}

/// To the sum of this key and currency.
fn add<K: PartialEq>(sums: &mut Vec<(K, Sum)>, key: K, sum: Sum) {
    // Days come in their order: the one to add to is the last, nearly always.
    let same = |(other, known): &&mut (K, Sum)| *other == key && known.currency == sum.currency;
    match sums.iter_mut().rev().find(same) {
        Some((_, known)) => known.add(sum),
        None => sums.push((key, sum)),
    }
}
