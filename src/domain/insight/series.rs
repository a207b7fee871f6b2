//! A series as it is told: how often, how much, when next, since when at that price.

use chrono::{Days, NaiveDate};

use super::cadence::Cadence;
use super::chain::Chain;
use super::fact::{Confidence, Fact};
use super::schedule::Schedule;
use crate::domain::{AccountId, Money, TransactionKey, counted};

/// What comes again and again, from or to one merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The same for the same series from day to day.
    pub id: String,
    pub merchant: String,
    /// Where it was seen last.
    pub account: AccountId,
    /// Set where it moves money to or from another of the user's accounts.
    pub twin: Option<AccountId>,
    pub category: Option<String>,
    pub cadence: Cadence,
    pub sum: Sum,
    pub last: NaiveDate,
    /// When it should come next; past where it is late.
    pub next: NaiveDate,
    pub state: SeriesState,
    pub confidence: Confidence,
    /// Each price with the first day it was asked, oldest first; a single one where it varies.
    pub prices: Vec<Price>,
    /// Oldest first.
    pub rows: Vec<TransactionKey>,
    pub why: Vec<String>,
    pub(super) schedule: Schedule,
}

/// How much it usually is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sum {
    Fixed(Money),
    /// The middle of the last ones, and how far they reached: most negative first.
    Varies {
        usual: Money,
        from: Money,
        to: Money,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub since: NaiveDate,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesState {
    Running,
    /// Should have come, and may still.
    Late,
    /// Did not come for more than one whole time.
    Ended,
}

/// So many of the last rows say what is usual.
const RECENT: usize = 6;

impl Sum {
    pub fn usual(self) -> Money {
        match self {
            Self::Fixed(amount) | Self::Varies { usual: amount, .. } => amount,
        }
    }

    /// The worse end: more out, or less in.
    pub fn cautious(self) -> Money {
        match self {
            Self::Fixed(amount) | Self::Varies { from: amount, .. } => amount,
        }
    }

    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    /// Of amounts oldest first, at least one.
    fn of(amounts: &[Money], prices: &[Price]) -> Self {
        let last = amounts[amounts.len() - 1];
        // A price that mostly held is fixed, raised now and then or not.
        if prices.len() <= 1 + (amounts.len() - 1) / 3 {
            return Self::Fixed(last);
        }
        let mut recent = amounts[amounts.len().saturating_sub(RECENT)..].to_vec();
        recent.sort_by_key(|amount| amount.minor);
        let usual = recent[recent.len() / 2];
        Self::Varies { usual, from: recent[0], to: recent[recent.len() - 1] }
    }
}

impl Series {
    pub(super) fn of(chain: &Chain, today: NaiveDate) -> Self {
        let last = chain.rows[chain.rows.len() - 1];
        let amounts: Vec<Money> = settled(chain).map(|row| row.amount).collect();
        let prices = prices(settled(chain));
        let sum = Sum::of(&amounts, &prices);
        let next = chain.schedule.after(last.date);
        Self {
            id: String::new(),
            merchant: last.merchant.clone(),
            account: last.key.account_id.clone(),
            twin: last.twin.clone(),
            category: chain.rows.iter().rev().find_map(|row| row.category.clone()),
            cadence: chain.cadence,
            sum,
            last: last.date,
            next,
            state: state(chain.cadence, next, today),
            confidence: confidence(chain, sum),
            prices: if sum.is_fixed() { prices } else { Vec::new() },
            rows: chain.rows.iter().map(|row| row.key.clone()).collect(),
            why: why(chain, sum),
            schedule: chain.schedule.clone(),
        }
    }

    pub fn is_out(&self) -> bool {
        self.sum.usual().minor < 0
    }

    pub fn is_running(&self) -> bool {
        self.state != SeriesState::Ended
    }

    /// What a month of it costs or brings, the usual amount spread evenly.
    pub fn monthly(&self) -> Money {
        let usual = self.sum.usual();
        Money { minor: usual.minor.saturating_mul(self.cadence.per_year()) / 12, ..usual }
    }

    /// The last price and the one before it, where it changed at all.
    pub fn last_change(&self) -> Option<(Price, Price)> {
        match self.prices.as_slice() {
            [.., before, now] => Some((*before, *now)),
            _ => None,
        }
    }

    /// Days on which it is due, from its next one on.
    pub fn due(&self) -> impl Iterator<Item = NaiveDate> {
        std::iter::successors(Some(self.next), |&due| Some(self.schedule.after(due)))
    }
}

/// Rows whose amount is final, or all where none is yet.
fn settled<'a>(chain: &'a Chain) -> impl Iterator<Item = &'a Fact> {
    let any = chain.rows.iter().any(|row| !row.pending);
    chain.rows.iter().copied().filter(move |row| !any || !row.pending)
}

fn prices<'a>(rows: impl Iterator<Item = &'a Fact>) -> Vec<Price> {
    let mut prices: Vec<Price> = Vec::new();
    for row in rows {
        if prices.last().is_none_or(|price| price.amount != row.amount) {
            prices.push(Price { since: row.date, amount: row.amount });
        }
    }
    prices
}

fn state(cadence: Cadence, next: NaiveDate, today: NaiveDate) -> SeriesState {
    let grace = Days::new(cadence.tolerance().unsigned_abs());
    if today <= next + grace {
        SeriesState::Running
    } else if today <= cadence.step(next, 1) + grace {
        SeriesState::Late
    } else {
        SeriesState::Ended
    }
}

fn confidence(chain: &Chain, sum: Sum) -> Confidence {
    let count = i64::try_from(chain.rows.len()).expect("few");
    let missed = i64::try_from(chain.missed).expect("few");
    let off = count - i64::try_from(chain.schedule.kept).expect("few");
    let few = 60 / count;
    let varies = if sum.is_fixed() { 0 } else { 10 };
    Confidence::of(104 - few - missed * 8 - off * 60 / count - varies)
}

fn why(chain: &Chain, sum: Sum) -> Vec<String> {
    let first = chain.rows[0].date;
    let mut why = vec![format!(
        "{} since {}, {}: {}.",
        counted_rows(chain.rows.len()),
        first.format("%b %-d %Y"),
        chain.cadence.word(),
        chain.schedule.words()
    )];
    if chain.missed > 0 {
        let times = counted(u32::try_from(chain.missed).unwrap_or(u32::MAX), "time");
        why.push(format!("In between it did not come {times}."));
    }
    why.push(if sum.is_fixed() {
        "The amount is fixed: it mostly stays from one to the next.".to_owned()
    } else {
        "The amount varies: the usual one is the middle of the last six.".to_owned()
    });
    why
}

fn counted_rows(rows: usize) -> String {
    counted(u32::try_from(rows).unwrap_or(u32::MAX), "row")
}
