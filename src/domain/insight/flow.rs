//! Sums by month and by what it was for: transfers and rows left out count in none of them.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

use crate::domain::{CategoryTree, Currency, Money, MonthTotals};

/// The months of one currency, oldest first, none left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashFlow {
    pub currency: Currency,
    /// Each by its first day.
    pub months: Vec<(NaiveDate, MonthTotals)>,
}

impl CashFlow {
    /// From sums by day, with zeros for the months between that have none.
    pub fn of(
        currency: Currency,
        days: impl IntoIterator<Item = (NaiveDate, MonthTotals)>,
        (first, last): (NaiveDate, NaiveDate),
    ) -> Self {
        let mut months: BTreeMap<NaiveDate, MonthTotals> = BTreeMap::new();
        let mut month = month_of(first);
        while month <= last {
            months.insert(month, MonthTotals::default());
            month = month + Months::new(1);
        }
        for (day, sums) in days {
            if let Some(month) = months.get_mut(&month_of(day)) {
                month.money_in = month.money_in.saturating_add(sums.money_in);
                month.money_out = month.money_out.saturating_add(sums.money_out);
            }
        }
        Self { currency, months: months.into_iter().collect() }
    }

    pub fn total(&self) -> MonthTotals {
        self.months.iter().fold(MonthTotals::default(), |sum, (_, month)| MonthTotals {
            money_in: sum.money_in.saturating_add(month.money_in),
            money_out: sum.money_out.saturating_add(month.money_out),
        })
    }

    /// What stayed of what came in, in tenths of a percent; `None` where nothing came in.
    pub fn saved(&self) -> Option<i64> {
        let total = self.total();
        (total.money_in > 0).then(|| {
            let share = i128::from(total.net()) * 1_000 / i128::from(total.money_in);
            i64::try_from(share).unwrap_or(i64::MIN)
        })
    }
}

/// Its first day.
pub fn month_of(day: NaiveDate) -> NaiveDate {
    chrono::Datelike::with_day(&day, 1).expect("every month has a first day")
}

/// What spending is told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpendingBy {
    #[default]
    Category,
    Merchant,
    Account,
}

impl SpendingBy {
    pub fn word(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Merchant => "merchant",
            Self::Account => "account",
        }
    }
}

/// What a month cost, what came back taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    pub currency: Currency,
    /// The dearest first.
    pub lines: Vec<SpendingLine>,
    /// What cost nothing this month, and something in those before.
    pub quiet: Vec<SpendingLine>,
}

/// Minor units, never below zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpendingLine {
    /// Empty where the bank says nothing.
    pub name: String,
    pub spent: i64,
    /// Of the three months before, each.
    pub average: i64,
    /// Whether there are lines below it.
    pub opens: bool,
}

impl Spending {
    pub fn total(&self) -> Money {
        let sum = self.lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.spent));
        Money::new(sum, self.currency)
    }
}

/// How a line compares with the months before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    Usual,
    New,
    Off(i64),
}

impl SpendingLine {
    /// Within a twentieth of the average it is usual.
    pub fn against(&self) -> Against {
        match self.spent.saturating_sub(self.average) {
            _ if self.average <= 0 => Against::New,
            off if off.abs() <= self.average / 20 => Against::Usual,
            off => Against::Off(off),
        }
    }
}

/// Cash flow and spending as the screen shows them together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    pub flows: Vec<CashFlow>,
    pub spending: Vec<Spending>,
    pub tree: CategoryTree,
}

/// What the screen of insights asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsightsQuery {
    pub today: NaiveDate,
    /// Days of net worth up to today.
    pub days: u32,
    /// The first month of cash flow; the last is today's.
    pub first: NaiveDate,
    /// The month whose spending is told.
    pub month: NaiveDate,
    pub by: SpendingBy,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_without_rows_is_zero_and_not_left_out() {
        let sums = |money_in, money_out| MonthTotals { money_in, money_out };
        let days = [(day("2026-09-03"), sums(100, -40)), (day("2026-11-20"), sums(0, -10))];
        let flow = CashFlow::of(Currency::USD, days, (day("2026-09-15"), day("2026-11-22")));
        assert_eq!(
            flow.months,
            [
                (day("2026-09-01"), sums(100, -40)),
                (day("2026-10-01"), sums(0, 0)),
                (day("2026-11-01"), sums(0, -10)),
            ]
        );
        assert_eq!((flow.total(), flow.saved()), (sums(100, -50), Some(500)));
    }

    #[test]
    fn a_line_is_usual_new_or_off() {
        let line =
            |spent, average| SpendingLine { spent, average, ..SpendingLine::default() }.against();
        assert_eq!(line(100, 0), Against::New);
        assert_eq!(line(104, 100), Against::Usual);
        assert_eq!(line(80, 100), Against::Off(-20));
    }
}
