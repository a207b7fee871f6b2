//! Which measured balances the rows before them explain.

use std::iter::Peekable;
use std::vec;

use chrono::NaiveDate;

use crate::domain::{Currency, Money, OutgoingAccount, Status, Transaction, Zone};

/// One account as its rows pass, oldest first.
pub struct Balance {
    currency: Currency,
    /// What stood before the first row, if any balance was ever measured.
    pub opening: Option<(NaiveDate, Money)>,
    /// The posted rows so far, with the opening.
    posted: i64,
    pending: i64,
    /// Something moved since the last proof.
    moved: bool,
    measured: Peekable<vec::IntoIter<(NaiveDate, i64)>>,
    latest: Option<i64>,
    last_day: Option<NaiveDate>,
}

/// A balance that holds at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proven {
    pub date: NaiveDate,
    pub posted: Money,
    pub pending: Money,
}

impl Balance {
    /// `since` and `until` are the first and the last day of the books.
    pub fn new(
        account: &OutgoingAccount,
        (since, until): (Option<NaiveDate>, Option<NaiveDate>),
        zone: Zone,
    ) -> Self {
        let latest = account.latest();
        let currency = latest.map_or(account.account.currency, |(_, ledger)| ledger.currency);
        let sum = account.sums.iter().find(|sum| sum.currency == currency);
        let (posted, before) = sum.map_or((0, 0), |sum| (sum.posted, sum.before));
        let mut measured: Vec<(NaiveDate, i64)> = account
            .measured
            .iter()
            .filter(|(_, ledger)| ledger.currency == currency)
            .map(|(at, ledger)| (zone.day(*at), ledger.minor))
            .collect();
        // The last one of a day.
        measured.reverse();
        measured.dedup_by_key(|(day, _)| *day);
        measured.reverse();
        let first = sum.map(|sum| sum.first_day).into_iter();
        let first = first.chain(measured.first().map(|(day, _)| *day)).min();
        let opening = latest.zip(since.or(first)).map(|((_, ledger), day)| {
            let minor = ledger.minor.saturating_sub(posted).saturating_add(before);
            (day, Money::new(minor, currency))
        });
        let inside = |day: NaiveDate| {
            since.is_none_or(|since| day >= since) && until.is_none_or(|until| day <= until)
        };
        // A balance of later days says nothing of the end of these books.
        let latest = latest.filter(|_| until.is_none()).map(|(_, ledger)| ledger.minor);
        measured.retain(|(day, _)| inside(*day));
        Self {
            currency,
            posted: opening.map_or(0, |(_, opening)| opening.minor),
            opening,
            pending: 0,
            moved: true,
            last_day: measured.last().map(|(day, _)| *day),
            measured: measured.into_iter().peekable(),
            latest,
        }
    }

    pub fn add(&mut self, row: &Transaction) {
        if row.amount.currency != self.currency {
            return;
        }
        let sum = match row.status {
            Status::Posted => &mut self.posted,
            _ => &mut self.pending,
        };
        *sum = sum.saturating_add(row.amount.minor);
        self.moved = true;
        self.last_day = self.last_day.max(Some(row.date));
    }

    /// What is proven of the days before this one, now that all their rows have passed.
    pub fn before(&mut self, day: NaiveDate) -> Vec<Proven> {
        let mut proven = Vec::new();
        while let Some((date, ledger)) = self.measured.next_if(|(date, _)| *date < day) {
            if self.moved && ledger == self.posted && self.opening.is_some() {
                proven.push(self.proven(date));
            }
        }
        proven
    }

    /// What is proven at the end, the last day of all books. The balance measured last always is:
    /// where rows are dated after it, on that day.
    pub fn end(&mut self, last: Option<NaiveDate>) -> Vec<Proven> {
        let mut proven = self.before(NaiveDate::MAX);
        let day = self.last_day.max(last);
        if let Some(day) = day.filter(|_| self.moved && self.latest == Some(self.posted)) {
            proven.push(self.proven(day));
        }
        proven
    }

    fn proven(&mut self, date: NaiveDate) -> Proven {
        self.moved = false;
        let money = |minor| Money::new(minor, self.currency);
        Proven { date, posted: money(self.posted), pending: money(self.pending) }
    }
}
