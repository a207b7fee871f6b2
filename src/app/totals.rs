//! What the accounts add up to, a currency each: currencies are never added.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::accounts::AccountLine;
use crate::domain::{Currency, Money};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub currency: Currency,
    pub assets: Money,
    /// Negative or zero.
    pub owed: Money,
    /// What banks hold of it, where more is kept by hand.
    pub banks: Option<Money>,
    /// Against the last day of the month before, if every account is known on that day.
    pub change: Option<Money>,
    pub accounts: usize,
    /// Accounts without a known balance: the total is without them.
    pub unknown: usize,
}

impl Total {
    pub fn net(&self) -> Money {
        Money::new(self.assets.minor.saturating_add(self.owed.minor), self.currency)
    }
}

/// The currency of most accounts first. Possible duplicates and hidden accounts don't count.
pub fn totals(lines: &[AccountLine], today: NaiveDate) -> Vec<Total> {
    let month_before = today.with_day(1).and_then(|first| first.pred_opt());
    let mut by_currency: BTreeMap<Currency, Total> = BTreeMap::new();
    let mut by_hand: BTreeMap<Currency, i64> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.overview.counts()) {
        let currency = line.overview.account.currency;
        let zero = Money::new(0, currency);
        let total = by_currency.entry(currency).or_insert(Total {
            currency,
            assets: zero,
            owed: zero,
            banks: None,
            change: Some(zero),
            accounts: 0,
            unknown: 0,
        });
        total.accounts += 1;
        let Some(ledger) = line.ledger() else {
            total.unknown += 1;
            continue;
        };
        let side = if ledger.is_negative() { &mut total.owed } else { &mut total.assets };
        side.minor = side.minor.saturating_add(ledger.minor);
        if line.hand().is_some() {
            let sum = by_hand.entry(currency).or_default();
            *sum = sum.saturating_add(ledger.minor);
        }
        let then = month_before.and_then(|day| line.ledger_on(day));
        total.change = total.change.zip(then).map(|(change, then)| {
            let step = ledger.minor.saturating_sub(then.minor);
            Money::new(change.minor.saturating_add(step), currency)
        });
    }
    for (currency, sum) in by_hand {
        if let Some(total) = by_currency.get_mut(&currency) {
            let banks = total.net().minor.saturating_sub(sum);
            total.banks = Some(Money::new(banks, currency));
        }
    }
    let mut totals: Vec<Total> = by_currency.into_values().collect();
    totals.sort_by_key(|total| Reverse(total.accounts));
    totals
}
