//! How often something comes.

use chrono::{Days, Months, NaiveDate};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cadence {
    Weekly,
    Biweekly,
    /// Twice a month on two days of it, as pay often comes.
    SemiMonthly,
    Monthly,
    TwoMonthly,
    Quarterly,
    HalfYearly,
    Yearly,
}

/// Each with its mean length in hundredths of a day, and by how many days one may come off.
const TABLE: [(Cadence, &str, i64, i64); 8] = [
    (Cadence::Weekly, "weekly", 700, 2),
    (Cadence::Biweekly, "every two weeks", 1_400, 3),
    (Cadence::SemiMonthly, "twice a month", 1_522, 4),
    (Cadence::Monthly, "monthly", 3_044, 5),
    (Cadence::TwoMonthly, "every two months", 6_087, 7),
    (Cadence::Quarterly, "quarterly", 9_131, 8),
    (Cadence::HalfYearly, "every half year", 18_262, 12),
    (Cadence::Yearly, "yearly", 36_525, 15),
];

impl Cadence {
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| row.0)
    }

    fn row(self) -> (Self, &'static str, i64, i64) {
        TABLE[self as usize]
    }

    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// Hundredths of a day.
    pub(super) fn length(self) -> i64 {
        self.row().2
    }

    /// Whole days, rounded.
    pub(super) fn days(self) -> i64 {
        (self.length() + 50) / 100
    }

    pub(super) fn tolerance(self) -> i64 {
        self.row().3
    }

    /// Months between two, or 0 where it counts days.
    pub(super) fn months(self) -> u32 {
        match self {
            Self::Weekly | Self::Biweekly | Self::SemiMonthly => 0,
            Self::Monthly => 1,
            Self::TwoMonthly => 2,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Yearly => 12,
        }
    }

    /// The same day, `count` times further; the last day of a month where it is too short.
    pub(super) fn step(self, from: NaiveDate, count: u32) -> NaiveDate {
        match self.months() {
            0 => from + Days::new((self.length() * i64::from(count) / 100).unsigned_abs()),
            months => from + Months::new(months * count),
        }
    }

    /// Of this many in a year: what a month costs is a twelfth.
    pub fn per_year(self) -> i64 {
        (36_525 + self.length() / 2) / self.length()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_words() {
        assert!(Cadence::all().enumerate().all(|(place, cadence)| cadence as usize == place));
        let per_year: Vec<i64> = Cadence::all().map(Cadence::per_year).collect();
        assert_eq!(per_year, [52, 26, 24, 12, 6, 4, 2, 1]);
    }
}
