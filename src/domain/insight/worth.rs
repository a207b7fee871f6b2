//! What everything is worth day by day, in one currency: what was measured, rebuilt, and missing.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::{Currency, Day, DayKind, History, Overview, Zone};

/// All accounts of one currency together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetWorth {
    pub currency: Currency,
    /// A day is measured where every account was, or has stood at its measured value since;
    /// missing where nothing is known of one.
    pub history: History,
    /// Of the last known day, minor units.
    pub assets: i64,
    /// Negative or zero.
    pub owed: i64,
    /// Accounts of which no balance is known at all: they count in nothing.
    pub unknown: usize,
}

impl NetWorth {
    /// One for each currency, the one with most accounts first, over the days up to today.
    pub fn all(overview: &Overview, today: NaiveDate, days: usize, zone: Zone) -> Vec<Self> {
        let mut histories: BTreeMap<Currency, Vec<History>> = BTreeMap::new();
        for account in overview.accounts.iter().filter(|account| account.counts()) {
            let history = account.history(today, days, zone);
            histories.entry(account.account.currency).or_default().push(history);
        }
        let mut worth: Vec<(usize, Self)> = histories
            .into_iter()
            .map(|(currency, accounts)| {
                let all: Vec<&History> = accounts.iter().collect();
                (accounts.len(), Self::of(currency, &all))
            })
            .collect();
        worth.sort_by_key(|(accounts, _)| std::cmp::Reverse(*accounts));
        worth.into_iter().map(|(_, worth)| worth).collect()
    }

    /// From the histories of the accounts over the same days.
    pub fn of(currency: Currency, accounts: &[&History]) -> Self {
        let known: Vec<&History> =
            accounts.iter().copied().filter(|history| history.last().is_some()).collect();
        let days = known.iter().map(|history| history.days.len()).max().unwrap_or(0);
        // Banks are measured on days of their own: a sum is measured from where all were.
        let since = known.iter().map(|history| measured_from(history)).max().flatten();
        let all = known.iter().all(|history| measured_from(history).is_some());
        let measured = |day: usize| all && since.is_some_and(|since| day >= since);
        let days = (0..days).filter_map(|day| sum(&known, day, measured(day)));
        let history = History { days: days.collect() };
        let last = || known.iter().filter_map(|history| history.last());
        Self {
            currency,
            history,
            assets: last().filter(|value| *value > 0).fold(0, i64::saturating_add),
            owed: last().filter(|value| *value < 0).fold(0, i64::saturating_add),
            unknown: accounts.len() - known.len(),
        }
    }

    /// Between the first known day and the last.
    pub fn change(&self) -> Option<i64> {
        let first = self.history.days.iter().find_map(|day| day.value)?;
        Some(self.history.last()?.saturating_sub(first))
    }

    /// In tenths of a percent of the first known day; `None` where that was nothing or owed.
    pub fn growth(&self) -> Option<i64> {
        let change = self.change()?;
        let first = self.history.last()?.saturating_sub(change);
        (first > 0).then(|| {
            i64::try_from(i128::from(change) * 1_000 / i128::from(first)).unwrap_or(i64::MAX)
        })
    }

    /// From this day on something was measured.
    pub fn measured_since(&self) -> Option<NaiveDate> {
        self.history.days.iter().find(|day| day.kind == DayKind::Measured).map(|day| day.date)
    }
}

fn measured_from(history: &History) -> Option<usize> {
    history.days.iter().position(|day| day.kind == DayKind::Measured)
}

fn sum(accounts: &[&History], index: usize, measured: bool) -> Option<Day> {
    let date = accounts.iter().find_map(|history| history.days.get(index))?.date;
    let days = || accounts.iter().map(|history| history.days.get(index));
    let mut value = Some(0_i64);
    for day in days() {
        value = value.zip(day.and_then(|day| day.value)).map(|(sum, day)| sum.saturating_add(day));
    }
    let kind = match value {
        None => DayKind::Unknown,
        Some(_) if measured => DayKind::Measured,
        Some(_) => DayKind::Rebuilt,
    };
    Some(Day { date, value, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(days: &[(Option<i64>, DayKind)]) -> History {
        let date = |number: usize| {
            NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(number as u64)
        };
        let day = |(number, &(value, kind)): (usize, &(Option<i64>, DayKind))| Day {
            date: date(number),
            value,
            kind,
        };
        History { days: days.iter().enumerate().map(day).collect() }
    }

    #[test]
    fn a_day_is_only_as_good_as_its_least_known_account() {
        use DayKind::{Measured, Rebuilt, Unknown};
        let one = history(&[(Some(5), Rebuilt), (Some(6), Measured), (Some(7), Rebuilt)]);
        let other = history(&[(None, Unknown), (Some(-2), Rebuilt), (Some(-3), Measured)]);
        let worth = NetWorth::of(Currency::USD, &[&one, &other]);
        let told: Vec<_> = worth.history.days.iter().map(|day| (day.value, day.kind)).collect();
        assert_eq!(told, [(None, Unknown), (Some(4), Rebuilt), (Some(4), Measured)]);
        assert_eq!((worth.assets, worth.owed, worth.unknown), (7, -3, 0));
        assert_eq!((worth.change(), worth.growth()), (Some(0), Some(0)));
    }

    #[test]
    fn an_account_of_which_nothing_is_known_is_counted_apart() {
        let blank = history(&[(None, DayKind::Unknown)]);
        let one = history(&[(Some(5), DayKind::Measured)]);
        let worth = NetWorth::of(Currency::USD, &[&blank, &one]);
        assert_eq!((worth.history.last(), worth.unknown), (Some(5), 1));
    }
}
