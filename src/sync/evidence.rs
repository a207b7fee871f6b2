//! What a judgement looks at: the rows that are kept, those the list lacks, and how far it reaches.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::pair::Candidate;
use super::walk::Walk;
use crate::domain::TransactionId;
use crate::store::ledger::{KnownRow, SyncState};

/// The stored side of a judgement.
pub struct Facts<'a> {
    pub known: &'a [KnownRow],
    pub state: &'a SyncState,
    /// Gone pendings in the window that still have re-checks left.
    pub rechecks: &'a [TransactionId],
    /// Vanished rows that may be paired, those absent from this walk included.
    pub gone: &'a [Candidate],
    /// Posted rows that may be what a vanished one became.
    pub came: &'a [Candidate],
    /// Posted rows that this pass has followed to new ids before this walk.
    pub followed: usize,
    /// Pending rows that this walk has brought.
    pub came_pending: &'a [Candidate],
    pub parted: &'a HashSet<(TransactionId, TransactionId)>,
    pub now: DateTime<Utc>,
}

/// Known rows the walk did not list.
#[derive(Debug, Default)]
pub struct Absent<'a> {
    pub pending: Vec<&'a KnownRow>,
    pub posted: Vec<&'a KnownRow>,
}

impl Absent<'_> {
    pub fn ids(&self) -> Vec<TransactionId> {
        self.pending.iter().chain(&self.posted).map(|row| row.id.clone()).collect()
    }
}

/// Without the posted rows of days before the last one of a list that was read to its end. Banks list
/// so many days or rows and no more: what has aged out of their list was not withdrawn.
pub fn in_reach(mut known: Vec<KnownRow>, walk: &Walk) -> Vec<KnownRow> {
    if let Some(last) = last_day(&known, walk) {
        known.retain(|row| !row.posted || row.date >= last);
    }
    known
}

/// The day of the oldest posted row of a list that was read to its end.
pub fn last_day(known: &[KnownRow], walk: &Walk) -> Option<NaiveDate> {
    let listed = known.iter().filter(|row| row.posted && walk.lists(&row.id));
    listed.map(|row| row.date).min().filter(|_| walk.to_end)
}

pub fn absent<'a>(known: &'a [KnownRow], walk: &Walk) -> Absent<'a> {
    let (posted, pending) =
        known.iter().filter(|row| !walk.lists(&row.id)).partition(|row| row.posted);
    Absent { pending, posted }
}
