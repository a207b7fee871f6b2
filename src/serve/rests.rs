//! Banks that announced something and could not be reached then: when each is asked again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::backoff::retry;
use crate::domain::EnrollmentId;

#[derive(Debug, Default)]
pub struct Rests(BTreeMap<EnrollmentId, Rest>);

#[derive(Debug)]
struct Rest {
    until: Instant,
    /// In a row, without reaching it.
    tries: u32,
}

impl Rests {
    /// Whatever else is announced meanwhile, it is left alone.
    pub fn is_resting(&self, bank: &EnrollmentId, now: Instant) -> bool {
        self.0.get(bank).is_some_and(|rest| now < rest.until)
    }

    /// How long it is left alone, longer each time; `None` once the schedule comes as soon.
    pub fn begin(
        &mut self,
        bank: &EnrollmentId,
        now: Instant,
        every: Duration,
    ) -> Option<Duration> {
        let tries = self.0.get(bank).map_or(0, |rest| rest.tries);
        let pause = retry(every, tries);
        if pause >= every {
            self.end(bank);
            return None;
        }
        let rest = Rest { until: now + pause, tries: tries + 1 };
        self.0.insert(bank.clone(), rest);
        Some(pause)
    }

    pub fn end(&mut self, bank: &EnrollmentId) {
        self.0.remove(bank);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_mins(10);

    #[test]
    fn a_bank_out_of_reach_is_asked_ever_later_until_the_schedule_comes_as_soon() {
        let (mut rests, bank) = (Rests::default(), EnrollmentId::from("enr_a"));
        let (mut now, mut pauses) = (Instant::now(), Vec::new());
        while let Some(pause) = rests.begin(&bank, now, EVERY) {
            assert!(rests.is_resting(&bank, now));
            assert!(
                !rests.is_resting(&EnrollmentId::from("enr_b"), now),
                "another is none the wiser"
            );
            now += pause;
            assert!(!rests.is_resting(&bank, now));
            pauses.push(pause.as_secs() / 60);
        }
        assert_eq!(pauses, [1, 2, 4, 8]);
        assert_eq!(rests.begin(&bank, now, EVERY), Some(Duration::from_mins(1)), "from the start");
    }

    #[test]
    fn one_that_was_reached_starts_anew() {
        let (mut rests, bank) = (Rests::default(), EnrollmentId::from("enr_a"));
        let now = Instant::now();
        let first = rests.begin(&bank, now, EVERY);
        rests.end(&bank);
        assert!(!rests.is_resting(&bank, now));
        assert_eq!(rests.begin(&bank, now, EVERY), first);
    }
}
