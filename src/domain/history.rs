//! Balance snapshots and daily flows made into an unbroken row of days, ready to draw.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// How a day's value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// The bank said so on that day.
    Measured,
    /// Computed from the nearest measured day and the posted rows between.
    Rebuilt,
    /// Nothing is known: drawn as a gap, never as zero.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    /// Minor units at the end of the day; `None` exactly when unknown.
    pub value: Option<i64>,
    pub kind: DayKind,
}

/// Consecutive days, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub days: Vec<Day>,
}

impl History {
    /// The `count` days up to and including `last`.
    ///
    /// `measured` holds the last ledger of each measured day, `flows` the posted sum of each day
    /// that has one (minor units, both with days outside the span allowed), and `reach` the first
    /// day whose rows are all stored: before it nothing can be rebuilt.
    ///
    /// Going forward from a measured day flows are added; before the first one they are taken off.
    pub fn build(
        last: NaiveDate,
        count: usize,
        measured: &BTreeMap<NaiveDate, i64>,
        flows: &BTreeMap<NaiveDate, i64>,
        reach: Option<NaiveDate>,
    ) -> Self {
        let first = last - Days::new(count.saturating_sub(1) as u64);
        let mut days: Vec<Day> = first
            .iter_days()
            .take(count)
            .map(|date| Day { date, value: None, kind: DayKind::Unknown })
            .collect();
        let rebuildable = |date: NaiveDate| reach.is_some_and(|reach| date >= reach);
        let flow = |date: NaiveDate| flows.get(&date).copied().unwrap_or(0);

        let mut carried = measured.range(..first).next_back().map(|(&date, &value)| {
            let since = flows.range(date..first).filter(|(day, _)| **day > date);
            since.fold(value, |value, (_, flow)| value.saturating_add(*flow))
        });
        for day in &mut days {
            if let Some(&value) = measured.get(&day.date) {
                *day = Day { value: Some(value), kind: DayKind::Measured, ..*day };
                carried = Some(value);
            } else if let Some(value) = carried.filter(|_| rebuildable(day.date)) {
                let value = value.saturating_add(flow(day.date));
                *day = Day { value: Some(value), kind: DayKind::Rebuilt, ..*day };
                carried = Some(value);
            }
        }

        // Backwards from the first known day: what stood before it is that day less its own flow.
        let anchor = match days.iter().position(|day| day.value.is_some()) {
            Some(index) => days[index].value.map(|value| (index, value - flow(days[index].date))),
            None => {
                measured.range(last..).find(|(date, _)| **date > last).map(|(&date, &value)| {
                    let until = flows.range(last..=date).filter(|(day, _)| **day > last);
                    (days.len(), until.fold(value, |value, (_, flow)| value.saturating_sub(*flow)))
                })
            }
        };
        if let Some((index, mut value)) = anchor {
            for day in days[..index].iter_mut().rev() {
                // The flows of the day after must be known to step over it.
                if !rebuildable(day.date + Days::new(1)) {
                    break;
                }
                *day = Day { value: Some(value), kind: DayKind::Rebuilt, ..*day };
                value = value.saturating_sub(flow(day.date));
            }
        }
        Self { days }
    }

    /// Lowest and highest known value.
    pub fn range(&self) -> Option<(i64, i64)> {
        let known = || self.days.iter().filter_map(|day| day.value);
        Some((known().min()?, known().max()?))
    }

    pub fn last(&self) -> Option<i64> {
        self.days.iter().rev().find_map(|day| day.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
    }

    fn map<const N: usize>(pairs: [(u32, i64); N]) -> BTreeMap<NaiveDate, i64> {
        pairs.into_iter().map(|(number, value)| (day(number), value)).collect()
    }

    fn picture(history: &History) -> String {
        let cell = |day: &Day| match (day.kind, day.value) {
            (DayKind::Measured, Some(value)) => format!("{value}"),
            (DayKind::Rebuilt, Some(value)) => format!("~{value}"),
            _ => "?".to_owned(),
        };
        history.days.iter().map(cell).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn days_before_a_measure_are_rebuilt_from_the_rows() {
        let history =
            History::build(day(5), 5, &map([(5, 100)]), &map([(3, -20), (5, 30)]), Some(day(1)));
        assert_eq!(picture(&history), "~90 ~90 ~70 ~70 100");
    }

    #[test]
    fn nothing_is_rebuilt_before_the_rows_reach() {
        let history = History::build(day(5), 5, &map([(5, 100)]), &map([(5, 30)]), Some(day(4)));
        assert_eq!(picture(&history), "? ? ~70 ~70 100");
        let history = History::build(day(3), 3, &map([(2, 7)]), &map([]), None);
        assert_eq!(picture(&history), "? 7 ?");
    }

    #[test]
    fn a_measure_wins_over_what_the_rows_would_say() {
        let history = History::build(
            day(4),
            4,
            &map([(1, 10), (3, 50)]),
            &map([(2, 5), (3, 1), (4, -3)]),
            Some(day(1)),
        );
        assert_eq!(picture(&history), "10 ~15 50 ~47");
    }

    #[test]
    fn a_measure_before_the_span_carries_into_it() {
        let history = History::build(
            day(6),
            2,
            &map([(2, 10)]),
            &map([(3, 1), (5, 2), (6, 4)]),
            Some(day(1)),
        );
        assert_eq!(picture(&history), "~13 ~17");
    }

    #[test]
    fn no_measure_at_all_stays_a_gap() {
        let history = History::build(day(2), 2, &map([]), &map([(1, 5)]), Some(day(1)));
        assert_eq!(picture(&history), "? ?");
        assert_eq!(history.range(), None);
    }

    #[test]
    fn a_measure_after_the_span_carries_back_into_it() {
        let history = History::build(
            day(2),
            2,
            &map([(4, 10)]),
            &map([(2, 1), (3, 2), (4, 4)]),
            Some(day(1)),
        );
        assert_eq!(picture(&history), "~3 ~4");
    }
}
