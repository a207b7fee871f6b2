//! The rows that an edit is for: those that were picked, else the selected one.

use std::collections::BTreeMap;

use crate::domain::{Money, Position, Sort, StoredTransaction, TransactionKey};

/// Rows picked at once at most: an edit of more is one for a rule.
pub const MOST_PICKED: u32 = 50_000;

#[derive(Clone, Debug, Default)]
pub struct Picked {
    rows: BTreeMap<TransactionKey, StoredTransaction>,
    /// Where a range began, until its end is said, and in which order.
    start: Option<(Sort, Position)>,
}

impl Picked {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.start.is_none()
    }

    pub fn rows(&self) -> impl ExactSizeIterator<Item = &StoredTransaction> {
        self.rows.values()
    }

    pub fn start(&self) -> Option<&Position> {
        self.start.as_ref().map(|(_, start)| start)
    }

    /// Rows between two places are others once the list is in another order.
    pub fn forget_range(&mut self) {
        self.start = None;
    }

    /// Whether the row is picked, or stands in a range that ends at the selected one.
    pub fn holds(&self, row: &StoredTransaction, selected: Option<&StoredTransaction>) -> bool {
        if self.rows.contains_key(&row.key()) {
            return true;
        }
        let (Some((sort, start)), Some(selected)) = (&self.start, selected) else { return false };
        let (end, position) = (sort.position(selected), sort.position(row));
        (start.min(&end)..=start.max(&end)).contains(&&position)
    }

    pub fn toggle(&mut self, row: &StoredTransaction) {
        if self.rows.remove(&row.key()).is_none() {
            self.rows.insert(row.key(), row.clone());
        }
    }

    pub fn begin_range(&mut self, row: &StoredTransaction, sort: Sort) {
        self.start = Some((sort, sort.position(row)));
    }

    pub fn add(&mut self, rows: Vec<StoredTransaction>) {
        self.start = None;
        self.rows.extend(rows.into_iter().map(|row| (row.key(), row)));
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// One sum a currency: they are never added together.
    pub fn sums(&self) -> Vec<Money> {
        let mut sums: Vec<Money> = Vec::new();
        for row in self.rows.values() {
            let amount = row.transaction.amount;
            match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
                None => sums.push(amount),
            }
        }
        sums
    }
}
