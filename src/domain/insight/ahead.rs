//! What known series will bring: the next days, and a cautious balance built from them alone.

use chrono::{Days, NaiveDate};

use super::fact::Confidence;
use super::series::{Series, SeriesState};
use crate::domain::{AccountId, Money};

/// One coming payment of a series. Expected, not announced by any bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub series_id: String,
    pub merchant: String,
    pub account: AccountId,
    pub twin: Option<AccountId>,
    /// Today at the earliest.
    pub date: NaiveDate,
    pub amount: Money,
    /// The worse end of what it may be.
    pub cautious: Money,
    pub is_fixed: bool,
    pub late: bool,
    pub confidence: Confidence,
}

/// An account's balance if nothing but known items moved it, each at its worse end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookAhead {
    pub account: AccountId,
    pub today: Money,
    pub lowest: Money,
    pub lowest_on: NaiveDate,
    pub end: Money,
    pub end_on: NaiveDate,
    /// How many items it counts.
    pub items: usize,
}

/// Below this, a series is a guess: shown, not counted on.
const COUNTED: u8 = 60;

/// What is due from today on, soonest first.
pub fn upcoming(series: &[Series], today: NaiveDate, days: u64) -> Vec<Due> {
    let until = today + Days::new(days);
    let mut due: Vec<Due> = series
        .iter()
        .filter(|one| one.is_running())
        .flat_map(|one| {
            one.due().take_while(|date| *date <= until).map(|date| item(one, date, today))
        })
        .collect();
    due.sort_by(|a, b| {
        (a.date, &a.merchant, &a.series_id).cmp(&(b.date, &b.merchant, &b.series_id))
    });
    due
}

fn item(series: &Series, date: NaiveDate, today: NaiveDate) -> Due {
    Due {
        series_id: series.id.clone(),
        merchant: series.merchant.clone(),
        account: series.account.clone(),
        twin: series.twin.clone(),
        date: date.max(today),
        amount: series.sum.usual(),
        cautious: series.sum.cautious(),
        is_fixed: series.sum.is_fixed(),
        late: series.state == SeriesState::Late && date == series.next,
        confidence: series.confidence,
    }
}

/// From what can be spent now. Money late to come in is not counted on; money late to go out is.
pub fn look_ahead(
    account: &AccountId,
    balance: Money,
    due: &[Due],
    today: NaiveDate,
    days: u64,
) -> LookAhead {
    let counted = |due: &&Due| {
        due.account == *account
            && due.cautious.currency == balance.currency
            && due.confidence.percent() >= COUNTED
            && !(due.late && due.cautious.minor > 0)
    };
    let (mut now, mut items) = (balance.minor, 0);
    let mut lowest = (now, today);
    let mut due: Vec<&Due> = due.iter().filter(counted).collect();
    // Within a day what goes out counts first.
    due.sort_by_key(|due| (due.date, due.cautious.minor));
    for due in due {
        now = now.saturating_add(due.cautious.minor);
        items += 1;
        if now < lowest.0 {
            lowest = (now, due.date);
        }
    }
    let money = |minor| Money::new(minor, balance.currency);
    LookAhead {
        account: account.clone(),
        today: balance,
        lowest: money(lowest.0),
        lowest_on: lowest.1,
        end: money(now),
        end_on: today + Days::new(days),
        items,
    }
}

#[cfg(test)]
mod tests;
