//! The time of day as passbook sees it: the machine's, moved on by the built-in bank in `--demo`.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Clones share one offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// UTC, whole seconds: the engines keep different fractions.
    pub fn now(&self) -> DateTime<Utc> {
        self.shift(Utc::now())
    }

    /// An instant read from another clock (the database's), moved as this one is.
    pub fn shift(&self, instant: DateTime<Utc>) -> DateTime<Utc> {
        (instant + self.offset()).trunc_subsecs(0)
    }

    pub fn offset(&self) -> TimeDelta {
        TimeDelta::seconds(self.offset_seconds.load(Ordering::Relaxed))
    }

    pub fn set_offset(&self, offset: TimeDelta) {
        self.offset_seconds.store(offset.num_seconds(), Ordering::Relaxed);
    }

    pub fn advance(&self, step: TimeDelta) {
        self.offset_seconds.fetch_add(step.num_seconds(), Ordering::Relaxed);
    }
}
