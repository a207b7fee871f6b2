//! What rows come to when they are added up: by currency, for currencies are never added.

use chrono::NaiveDate;

use super::account::AccountId;
use super::money::{Currency, Money};

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
    pub fn new(currency: Currency) -> Self {
        Self { currency, rows: 0, money_in: 0, money_out: 0 }
    }

    pub fn net(self) -> Money {
        Money::new(self.money_in.saturating_add(self.money_out), self.currency)
    }

    pub fn received(self) -> Money {
        Money::new(self.money_in, self.currency)
    }

    /// Without the sign.
    pub fn spent(self) -> Money {
        -Money::new(self.money_out, self.currency)
    }

    /// How large an amount is on average, whichever its sign; rounded half away from zero.
    pub fn average(self) -> Money {
        let moved = self.money_in.saturating_sub(self.money_out);
        let rows = self.rows.max(1);
        Money::new(moved.saturating_add(rows / 2) / rows, self.currency)
    }

    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.money_in = self.money_in.saturating_add(other.money_in);
        self.money_out = self.money_out.saturating_add(other.money_out);
    }
}

impl Summary {
    pub fn rows(&self) -> i64 {
        self.total.iter().map(|sum| sum.rows).sum()
    }

    /// The sums of a month, one for each currency.
    pub fn month(&self, first: NaiveDate) -> impl Iterator<Item = Sum> {
        self.months.iter().filter(move |(month, _)| *month == first).map(|(_, sum)| *sum)
    }
}
