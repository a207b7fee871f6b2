//! The zone in which instants become days: the user's own, or a fixed one in tests.

use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, Utc};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Zone {
    #[default]
    Local,
    Fixed(FixedOffset),
}

impl Zone {
    pub const UTC: Self = Self::Fixed(match FixedOffset::east_opt(0) {
        Some(offset) => offset,
        None => unreachable!(),
    });

    /// The wall clock at this instant, daylight saving of that very day included.
    pub fn at(self, instant: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Local => instant.with_timezone(&Local).naive_local(),
            Self::Fixed(offset) => instant.with_timezone(&offset).naive_local(),
        }
    }

    pub fn day(self, instant: DateTime<Utc>) -> NaiveDate {
        self.at(instant).date()
    }
}
