//! How long to wait before asking again for what failed.

use std::time::Duration;

/// Doubled each time.
pub const FIRST_PAUSE: Duration = Duration::from_mins(1);

/// No longer than the interval of the schedule.
pub fn retry(every: Duration, failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(failures)).min(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_is_asked_again_soon_and_then_ever_later() {
        let every = Duration::from_hours(6);
        assert_eq!([0, 1, 2].map(|failures| retry(every, failures).as_secs()), [60, 120, 240]);
        assert_eq!(retry(every, 40), every);
    }
}
