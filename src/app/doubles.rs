//! Rows that look alike: groups to go through, and one of them opened, its rows side by side.

use crate::domain::{StoredTransaction, TransactionQuery};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubles {
    /// Place among the groups; 0 when there are none.
    pub selected: usize,
    pub open: Option<OpenDouble>,
}

/// The rows of the selected group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDouble {
    /// How they were asked for.
    pub query: TransactionQuery,
    /// Oldest first; `None` until the store has answered.
    pub rows: Option<Vec<StoredTransaction>>,
    /// Always below the number of rows; 0 when there are none.
    pub at: usize,
}

impl Doubles {
    pub fn move_by(&mut self, lines: isize, groups: usize) {
        let (at, count) = match &mut self.open {
            Some(open) => {
                let count = open.rows.as_ref().map_or(0, Vec::len);
                (&mut open.at, count)
            }
            None => (&mut self.selected, groups),
        };
        *at = at.saturating_add_signed(lines).min(count.saturating_sub(1));
    }

    pub fn show(&mut self, query: &TransactionQuery, mut rows: Vec<StoredTransaction>) -> bool {
        let Some(open) = self.open.as_mut().filter(|open| open.query == *query) else {
            return false;
        };
        rows.sort_by_key(StoredTransaction::position);
        open.at = open.at.min(rows.len().saturating_sub(1));
        open.rows = Some(rows);
        true
    }

    /// The row that the keys are on.
    pub fn row(&self) -> Option<&StoredTransaction> {
        let open = self.open.as_ref()?;
        open.rows.as_ref()?.get(open.at)
    }
}
