//! The bank's own order within a day, kept over pages.

use std::collections::HashMap;

use chrono::NaiveDate;

/// Gives each row its place within the bank's order of its day, oldest lowest. A day that goes
/// on on the next page goes on below.
#[derive(Debug, Default)]
pub struct DayOrder {
    lowest: HashMap<NaiveDate, i64>,
}

impl DayOrder {
    /// A reading that goes on below the lowest stored row of a day.
    pub fn below(date: NaiveDate, lowest: i64) -> Self {
        Self { lowest: HashMap::from([(date, lowest)]) }
    }

    pub fn places(&mut self, dates: &[NaiveDate]) -> Vec<i64> {
        let mut counts: HashMap<NaiveDate, i64> = HashMap::new();
        for date in dates {
            *counts.entry(*date).or_default() += 1;
        }
        let mut next: HashMap<NaiveDate, i64> = counts
            .into_iter()
            .map(|(date, count)| match self.lowest.get(&date) {
                Some(lowest) => (date, lowest - 1),
                None => (date, count - 1),
            })
            .collect();
        dates
            .iter()
            .map(|date| {
                let next = next.get_mut(date).expect("every date was counted");
                let place = *next;
                *next -= 1;
                self.lowest.insert(*date, place);
                place
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_fall_within_a_day_and_go_on_over_pages() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 11, number).unwrap();
        let mut order = DayOrder::default();
        assert_eq!(order.places(&[day(3), day(2), day(2)]), [0, 1, 0]);
        assert_eq!(order.places(&[day(2), day(2), day(1)]), [-1, -2, 0]);
        assert_eq!(DayOrder::below(day(2), -2).places(&[day(2), day(1)]), [-3, 0]);
    }
}
