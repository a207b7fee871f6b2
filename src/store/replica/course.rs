//! How far a replica has come behind its primary, look after look.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::facts::{Head, Seen};
use crate::domain::Unfit;

/// Older than this nothing is shown.
const MOST_BEHIND: Duration = Duration::from_secs(30);
/// No replica is there at the same instant.
const NO_TIME: Duration = Duration::from_secs(1);

/// A position of the primary, and what this program had written until then.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub head: Head,
    pub writes: u64,
    pub since: Instant,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Course {
    /// At most two that the replica has not reached: the oldest tells the lag, the newest is what
    /// is to be reached next.
    marks: VecDeque<Mark>,
    /// So many ended writes are on the replica; `None`: that is not known.
    pub covers: Option<u64>,
    pub behind: Duration,
}

impl Course {
    pub fn add(&mut self, mark: Mark) {
        self.marks.truncate(1);
        self.marks.push_back(mark);
    }

    /// The next mark that was reached, if any.
    pub fn take_reached(&mut self, seen: &Seen) -> Option<Mark> {
        let replayed = seen.replayed?;
        self.marks.pop_front_if(|mark| mark.head.position <= replayed)
    }

    /// That an hour ago's mark was reached says nothing about now.
    pub fn cover(&mut self, mark: &Mark, now: Instant) {
        if now - mark.since <= MOST_BEHIND {
            self.covers = self.covers.max(Some(mark.writes));
        }
    }

    pub fn measure(&mut self, seen: &Seen, now: Instant) -> Result<(), Unfit> {
        let waited = self.marks.front().map_or(Duration::ZERO, |mark| now - mark.since);
        self.behind = if waited < NO_TIME {
            Duration::ZERO
        } else {
            Duration::from_secs(waited.max(seen.outstanding()).as_secs())
        };
        if self.behind > MOST_BEHIND {
            return Err(Unfit::TooFarBehind(self.behind));
        }
        Ok(())
    }

    pub fn is_awaiting(&self) -> bool {
        !self.marks.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::{head, seen};
    use super::*;

    /// One look, as many seconds after the first.
    fn look(course: &mut Course, start: Instant, at: u64, position: i64, replayed: i64) {
        let now = start + Duration::from_secs(at);
        course.add(Mark { head: head(position), writes: at, since: now });
        let seen = seen(replayed);
        while let Some(mark) = course.take_reached(&seen) {
            course.cover(&mark, now);
        }
        course.measure(&seen, now).ok();
    }

    #[test]
    fn a_write_is_covered_once_its_mark_is_reached() {
        let (mut course, start) = (Course::default(), Instant::now());
        look(&mut course, start, 1, 10, 10);
        assert_eq!((course.covers, course.is_awaiting()), (Some(1), false));
        look(&mut course, start, 2, 20, 19);
        assert_eq!((course.covers, course.is_awaiting()), (Some(1), true));
        look(&mut course, start, 3, 30, 20);
        assert_eq!(course.covers, Some(2), "the newer one is still awaited");
        look(&mut course, start, 4, 30, 30);
        assert_eq!((course.covers, course.is_awaiting()), (Some(4), false));
    }

    #[test]
    fn lag_is_the_age_of_what_was_not_reached() {
        let (mut course, start) = (Course::default(), Instant::now());
        for at in 0..=30 {
            look(&mut course, start, at, 10 + i64::try_from(at).unwrap(), 9);
            assert_eq!(course.behind, Duration::from_secs(at));
        }
        let now = start + Duration::from_secs(31);
        let far = Err(Unfit::TooFarBehind(Duration::from_secs(31)));
        assert_eq!(course.measure(&seen(9), now), far);
        assert_eq!(course.covers, None);
        look(&mut course, start, 40, 50, 50);
        assert_eq!((course.covers, course.behind), (Some(40), Duration::ZERO));
    }

    #[test]
    fn reaching_what_was_long_ago_covers_nothing() {
        let (mut course, start) = (Course::default(), Instant::now());
        look(&mut course, start, 0, 10, 9);
        look(&mut course, start, 3600, 20, 15);
        assert_eq!(course.covers, None);
    }
}
