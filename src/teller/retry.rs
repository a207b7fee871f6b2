//! When a failed request may be sent again, and how long to wait before.

use std::time::Duration;

use backon::Backoff;

use super::Error;

/// The limits of one request and of its repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// Tries of one GET in all; other methods have one.
    pub tries: u32,
    /// The n-th wait lies between nothing and `base · 2ⁿ`, at most `cap`.
    pub base: Duration,
    pub cap: Duration,
    /// A bank that asks for a longer pause than this is not waited for.
    pub longest_wait: Duration,
    pub connect: Duration,
    /// Longest silence in mid-answer.
    pub idle: Duration,
    /// One try from first to last byte.
    pub whole: Duration,
    /// Bytes of one body after decompression.
    pub body: usize,
}

impl Default for Pacing {
    fn default() -> Self {
        Self {
            tries: 5,
            base: Duration::from_secs(1),
            cap: Duration::from_mins(1),
            longest_wait: Duration::from_mins(5),
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            whole: Duration::from_mins(2),
            body: 32 << 20,
        }
    }
}

impl Pacing {
    /// The waits between tries with full jitter, which backon's own builder does not offer: it
    /// adds its jitter on top.
    pub(super) fn waits(self) -> impl Backoff {
        (0..self.tries.saturating_sub(1)).map(move |n| {
            let longest = self.base.saturating_mul(2_u32.saturating_pow(n)).min(self.cap);
            rand::random_range(Duration::ZERO..=longest)
        })
    }
}

/// A failed try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub error: Error,
    pub again: Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    /// It may pass by itself; the bank wants at least this pause, or said nothing of one.
    After(Duration),
}

impl Failure {
    pub fn last(error: Error) -> Self {
        Self { error, again: Again::Never }
    }

    pub fn passing(error: Error) -> Self {
        Self { error, again: Again::After(Duration::ZERO) }
    }

    /// The pause before the next try: `wait`, or what the bank asks for if that is longer.
    pub fn pause(&self, wait: Option<Duration>, longest: Duration) -> Option<Duration> {
        match self.again {
            Again::After(floor) if floor <= longest => wait.map(|wait| wait.max(floor)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn failure(again: Again) -> Failure {
        Failure { error: Error::Configuration(String::new()), again }
    }

    #[test]
    fn waits_double_up_to_the_cap_and_spare_one_try() {
        let pacing = Pacing { tries: 9, ..Pacing::default() };
        for _ in 0..200 {
            let waits: Vec<_> = pacing.waits().collect();
            assert_eq!(waits.len(), 8);
            for (wait, longest) in waits.iter().zip([1, 2, 4, 8, 16, 32, 60, 60]) {
                assert!(*wait <= SECOND * longest, "{wait:?} of {longest}");
            }
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let pacing = Pacing { tries: 2, ..Pacing::default() };
        let waits: Vec<_> = (0..200).filter_map(|_| pacing.waits().next()).collect();
        assert!(waits.iter().any(|wait| *wait < SECOND / 4));
        assert!(waits.iter().any(|wait| *wait > SECOND * 3 / 4));
    }

    #[test]
    fn what_the_bank_asks_for_is_a_floor() {
        let asked = failure(Again::After(3 * SECOND));
        assert_eq!(asked.pause(Some(SECOND), 300 * SECOND), Some(3 * SECOND));
        assert_eq!(asked.pause(Some(5 * SECOND), 300 * SECOND), Some(5 * SECOND));
        assert_eq!(asked.pause(None, 300 * SECOND), None, "all tries are spent");
        assert_eq!(asked.pause(Some(SECOND), 2 * SECOND), None, "longer than we wait");
        assert_eq!(failure(Again::Never).pause(Some(SECOND), 300 * SECOND), None);
    }
}
