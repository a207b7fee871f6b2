//! Days on which banks move money: Monday to Friday. Holidays differ by country, so none are known.

use chrono::{Datelike, Days, NaiveDate, Weekday};

pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

/// From one day to a later one, the first not counted: Friday to Monday is 1.
pub fn business_days(from: NaiveDate, to: NaiveDate) -> i64 {
    let weekdays = |day: NaiveDate| {
        // Day 1 of the common era was a Monday.
        let days = i64::from(day.num_days_from_ce());
        days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
    };
    weekdays(to) - weekdays(from)
}

/// The Friday before, where the day is at a weekend.
pub fn friday_before(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().num_days_from_monday().saturating_sub(4)))
}

/// The Monday after, where the day is at a weekend.
pub fn monday_after(day: NaiveDate) -> NaiveDate {
    let past_friday = day.weekday().num_days_from_monday().saturating_sub(4);
    if past_friday == 0 { day } else { day + Days::new(u64::from(3 - past_friday)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, number).unwrap()
    }

    #[test]
    fn weekends_do_not_count() {
        // Nov 20 2026 is a Friday.
        for (from, to, count) in [(20, 20, 0), (20, 21, 0), (20, 23, 1), (19, 20, 1), (16, 23, 5)] {
            assert_eq!(business_days(day(from), day(to)), count, "{from} to {to}");
        }
    }

    #[test]
    fn a_weekend_rolls_either_way() {
        for number in [21, 22] {
            assert_eq!(friday_before(day(number)), day(20));
            assert_eq!(monday_after(day(number)), day(23));
        }
        assert_eq!((friday_before(day(20)), monday_after(day(20))), (day(20), day(20)));
        assert_eq!((friday_before(day(23)), monday_after(day(23))), (day(23), day(23)));
    }
}
