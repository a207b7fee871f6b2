//! How often this process asked the database, and how long that took: counted from its start.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What takes longer than the last is only in the count.
const BOUNDS: [Duration; 7] = [
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(25),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_millis(2500),
    Duration::from_secs(10),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    Read,
    Write,
}

/// One for an open database.
#[derive(Default)]
pub(super) struct Meter {
    queries: AtomicU64,
    reads: Series,
    writes: Series,
}

#[derive(Default)]
struct Series {
    /// Each in the first bound that holds it.
    within: [AtomicU64; BOUNDS.len()],
    count: AtomicU64,
    micros: AtomicU64,
    broken_off: AtomicU64,
}

/// The units of work of one kind: a few queries on one connection, the wait for it included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkTimes {
    /// `read` or `write`.
    pub work: &'static str,
    /// How many took at most so long.
    pub within: Vec<(Duration, u64)>,
    pub count: u64,
    pub total: Duration,
    /// Of the count: the database failed them, or nobody waited for them any more.
    pub broken_off: u64,
}

impl Meter {
    pub fn start(self: &Arc<Self>, work: Work) -> Timer {
        Timer { meter: Arc::clone(self), work, started: Instant::now(), went_well: false }
    }

    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Units of writing that are over, whether or not they went well.
    pub fn writes_ended(&self) -> u64 {
        self.writes.count.load(Ordering::Relaxed)
    }

    pub fn times(&self) -> [WorkTimes; 2] {
        [self.reads.times("read"), self.writes.times("write")]
    }
}

impl Series {
    fn add(&self, took: Duration, went_well: bool) {
        if let Some(bucket) = BOUNDS.iter().position(|bound| took <= *bound) {
            self.within[bucket].fetch_add(1, Ordering::Relaxed);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        if !went_well {
            self.broken_off.fetch_add(1, Ordering::Relaxed);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    fn times(&self, work: &'static str) -> WorkTimes {
        let mut sum = 0;
        let within = self.within.iter().zip(BOUNDS).map(|(bucket, bound)| {
            sum += bucket.load(Ordering::Relaxed);
            (bound, sum)
        });
        let within: Vec<_> = within.collect();
        WorkTimes {
            work,
            // One that ended meanwhile is in its bucket, and not yet in the count.
            count: self.count.load(Ordering::Relaxed).max(sum),
            within,
            total: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
            broken_off: self.broken_off.load(Ordering::Relaxed),
        }
    }
}

/// Measures one unit of work until it is dropped.
pub(super) struct Timer {
    meter: Arc<Meter>,
    work: Work,
    started: Instant,
    went_well: bool,
}

impl Timer {
    pub fn count_query(&self) {
        self.meter.queries.fetch_add(1, Ordering::Relaxed);
    }

    pub fn end_well(&mut self) {
        self.went_well = true;
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let series = match self.work {
            Work::Read => &self.meter.reads,
            Work::Write => &self.meter.writes,
        };
        series.add(self.started.elapsed(), self.went_well);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_in_every_bound_that_holds_it() {
        let series = Series::default();
        for millis in [0, 1, 2, 400, 60_000] {
            series.add(Duration::from_millis(millis), millis < 400);
        }
        let times = series.times("read");
        let counts: Vec<u64> = times.within.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [2, 3, 3, 3, 4, 4, 4]);
        assert_eq!((times.count, times.broken_off), (5, 2));
        assert_eq!(times.total, Duration::from_millis(60_403));
    }
}
