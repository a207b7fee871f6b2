//! Which stored rows stand at another place of their day than the bank lists them at.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::walk::Walk;
use crate::domain::TransactionId;
use crate::store::ledger::KnownRow;

/// Rows whose stored place in their day differs from the bank's, counted from the day's oldest.
/// The oldest day of a walk that stopped early may be cut, and a row that cannot be read just now
/// has a place of its own: such days are left alone.
pub fn resequenced(known: &[KnownRow], walk: &Walk) -> Vec<(TransactionId, i64)> {
    let stored: HashMap<&TransactionId, i64> = known.iter().map(|row| (&row.id, row.seq)).collect();
    let oldest = walk.listed.iter().map(|row| row.date).min();
    let readable: HashSet<&TransactionId> = walk.listed.iter().map(|row| &row.id).collect();
    let unreadable = known.iter().filter(|row| walk.lists(&row.id) && !readable.contains(&row.id));
    let nameless = walk.nameless.iter().map(|charge| charge.date);
    let unclear: HashSet<NaiveDate> = unreadable.map(|row| row.date).chain(nameless).collect();
    let mut counts: HashMap<NaiveDate, i64> = HashMap::new();
    walk.listed
        .iter()
        .rev()
        .filter(|row| walk.to_end || Some(row.date) > oldest)
        .filter(|row| !unclear.contains(&row.date))
        .filter_map(|row| {
            let place = counts.entry(row.date).or_default();
            let seq = *place;
            *place += 1;
            let moved = stored.get(&row.id).is_some_and(|stored| *stored != seq);
            moved.then(|| (row.id.clone(), seq))
        })
        .collect()
}
