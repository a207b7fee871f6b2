//! The days that a series keeps to: days of the month with weekends rolled, or a steady step.

use chrono::{Datelike, Days, NaiveDate};

use super::business::{friday_before, is_weekend, monday_after};
use super::cadence::Cadence;

/// A series' own days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    cadence: Cadence,
    days: OwnDays,
    roll: Roll,
    /// How many of the rows came within a day or two of them.
    pub kept: usize,
    /// How many came on the very day.
    exact: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum OwnDays {
    /// Days of the month; 31 is its last day.
    OfMonth(Vec<u32>),
    /// So many days after the one before.
    Step(i64),
}

/// What becomes of a due day at a weekend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Roll {
    Stays,
    Before,
    After,
}

const CLOSE: i64 = 2;

impl Schedule {
    /// From the dates of a chain, oldest first, at least one.
    pub fn of(cadence: Cadence, dates: &[NaiveDate]) -> Self {
        let step = Self::of_steps(cadence, dates);
        let of_month = match cadence {
            Cadence::Weekly | Cadence::Biweekly => return step,
            Cadence::SemiMonthly => {
                let every_second = |from: usize| dates.iter().copied().skip(from).step_by(2);
                let halves: [Vec<NaiveDate>; 2] =
                    [every_second(0).collect(), every_second(1).collect()];
                Self::of_days(
                    cadence,
                    dates,
                    halves.iter().map(|half| day_of_month(half)).collect(),
                )
            }
            _ => Self::of_days(cadence, dates, vec![day_of_month(dates)]),
        };
        let rank = |one: &Self| (one.kept, one.exact);
        if rank(&step) > rank(&of_month) { step } else { of_month }
    }

    fn of_steps(cadence: Cadence, dates: &[NaiveDate]) -> Self {
        let mut gaps: Vec<i64> = dates.windows(2).map(|two| (two[1] - two[0]).num_days()).collect();
        gaps.sort_unstable();
        let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(cadence.days());
        let within =
            |most: i64| gaps.iter().filter(|gap| (**gap - usual).abs() <= most).count() + 1;
        let (kept, exact) = (within(1), within(0));
        let roll = Roll::Stays;
        Self { cadence, days: OwnDays::Step(usual), roll, kept, exact }
    }

    fn of_days(cadence: Cadence, dates: &[NaiveDate], mut days: Vec<u32>) -> Self {
        days.sort_unstable();
        days.dedup();
        let own = |date: NaiveDate| {
            days.iter()
                .map(|&day| nearest(date, day))
                .min_by_key(|own| (date - *own).num_days().abs())
        };
        let off = |date: &NaiveDate| own(*date).map_or(i64::MAX, |own| off_by(*date, own));
        let within = |most: i64| dates.iter().filter(|date| off(date) <= most).count();
        let (kept, exact) = (within(CLOSE), within(0));
        let roll = dates.iter().rev().find_map(|&date| rolled(date, own(date)?));
        let roll = roll.unwrap_or(Roll::Stays);
        Self { cadence, days: OwnDays::OfMonth(days), roll, kept, exact }
    }

    /// When the next one is due, after the one on `last`.
    pub fn after(&self, last: NaiveDate) -> NaiveDate {
        let days = match &self.days {
            OwnDays::Step(step) => return last + Days::new(step.unsigned_abs()),
            OwnDays::OfMonth(days) => days,
        };
        let about = self.cadence.step(last, 1);
        let around = days.iter().map(|&day| nearest(about, day));
        let due = around
            .filter(|due| *due > last)
            .min_by_key(|due| (*due - about).num_days().abs())
            .unwrap_or(about);
        let due = match self.roll {
            Roll::Stays => due,
            Roll::Before => friday_before(due),
            Roll::After => monday_after(due),
        };
        if due > last { due } else { about }
    }

    /// In words: `around the 15th and the last day`.
    pub fn words(&self) -> String {
        let days = match &self.days {
            OwnDays::Step(days) => return format!("every {days} days"),
            OwnDays::OfMonth(days) => days,
        };
        let names: Vec<String> = days.iter().map(|&day| ordinal(day)).collect();
        format!("around the {} of the month", names.join(" and the "))
    }
}

fn ordinal(day: u32) -> String {
    let ending = match (day, day % 10) {
        (31, _) => return "last day".to_owned(),
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

/// The day of the month that most dates keep to, a weekend's roll allowed.
fn day_of_month(dates: &[NaiveDate]) -> u32 {
    let score = |day: &u32| {
        let cost = |date: NaiveDate| {
            let own = nearest(date, *day);
            // Mostly on it counts for more than never far from it.
            match off_by(date, own).min(5) {
                0 => i64::from(date != own),
                off => 3 + off,
            }
        };
        dates.iter().map(|&date| cost(date)).sum::<i64>()
    };
    // Of two as good the later: what keeps to a month's last day looks like the 30th, too.
    (1..=31).rev().min_by_key(score).expect("31 days")
}

/// That day of the month nearest to a date: this month's, the one's before or after.
fn nearest(date: NaiveDate, day: u32) -> NaiveDate {
    let first = date.with_day(1).expect("the first");
    let before = (first - Days::new(1)).with_day(1).expect("the first");
    let after = first + chrono::Months::new(1);
    let of_month = |first: NaiveDate| {
        (1..=day).rev().find_map(|day| first.with_day(day)).expect("a day of this month")
    };
    [before, first, after]
        .map(of_month)
        .into_iter()
        .min_by_key(|own| (date - *own).num_days().abs())
        .expect("three")
}

/// Days between, 0 for a weekend's Friday or Monday.
fn off_by(date: NaiveDate, own: NaiveDate) -> i64 {
    if date == friday_before(own) || date == monday_after(own) {
        0
    } else {
        (date - own).num_days().abs()
    }
}

fn rolled(date: NaiveDate, own: NaiveDate) -> Option<Roll> {
    if !is_weekend(own) {
        return None;
    }
    if date == friday_before(own) {
        Some(Roll::Before)
    } else if date == monday_after(own) {
        Some(Roll::After)
    } else {
        (date == own).then_some(Roll::Stays)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(dates: &[&str]) -> Vec<NaiveDate> {
        dates.iter().map(|date| date.parse().unwrap()).collect()
    }

    fn next(cadence: Cadence, days: &[&str]) -> String {
        let dates = dates(days);
        let schedule = Schedule::of(cadence, &dates);
        assert_eq!(schedule.kept, dates.len(), "{schedule:?}");
        schedule.after(dates[dates.len() - 1]).to_string()
    }

    #[test]
    fn pay_due_at_a_weekend_comes_on_friday() {
        // Aug 15 2026 is a Saturday, Nov 15 a Sunday.
        let pay = ["2026-06-15", "2026-07-15", "2026-08-14", "2026-09-15", "2026-10-15"];
        assert_eq!(next(Cadence::Monthly, &pay), "2026-11-13");
    }

    #[test]
    fn a_bill_due_at_a_weekend_comes_on_monday() {
        let bill = ["2026-06-15", "2026-07-15", "2026-08-17", "2026-09-15", "2026-10-15"];
        assert_eq!(next(Cadence::Monthly, &bill), "2026-11-16");
    }

    #[test]
    fn the_end_of_a_month_is_its_last_day() {
        let ends = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"];
        assert_eq!(next(Cadence::Monthly, &ends), "2026-05-31");
    }

    #[test]
    fn twice_a_month_has_two_days() {
        let pay = ["2026-08-31", "2026-09-15", "2026-09-30", "2026-10-15", "2026-10-30"];
        assert_eq!(next(Cadence::SemiMonthly, &pay), "2026-11-13");
        let schedule = Schedule::of(Cadence::SemiMonthly, &dates(&pay));
        assert_eq!(schedule.words(), "around the 15th and the last day of the month");
    }

    #[test]
    fn steps_are_counted_in_days() {
        let fortnights = ["2026-09-04", "2026-09-18", "2026-10-02", "2026-10-16"];
        assert_eq!(next(Cadence::Biweekly, &fortnights), "2026-10-30");
        let every_thirty = ["2026-06-01", "2026-07-01", "2026-07-31", "2026-08-30", "2026-09-29"];
        assert_eq!(next(Cadence::Monthly, &every_thirty), "2026-10-29");
    }
}
