//! The places that rows have in a list of any order, and what stands above what.

use std::cmp::Reverse;

use super::sort::{Lead, Sort, SortKey};
use super::transaction::{Position, StoredTransaction};

impl Sort {
    pub fn position(self, row: &StoredTransaction) -> Position {
        Position { lead: self.lead(row), ..row.position() }
    }

    fn lead(self, row: &StoredTransaction) -> Lead {
        let (amount, category) = (row.transaction.amount, &row.shown.category);
        match self.key {
            SortKey::Date => Lead::None,
            SortKey::Amount => Lead::Amount(amount.currency, amount.minor),
            SortKey::Description => Lead::Name(row.shown.merchant_key()),
            SortKey::Category => Lead::Category {
                missing: category.is_none(),
                name: category.clone().unwrap_or_default(),
            },
            SortKey::Account => Lead::Account(row.account_rank),
        }
    }

    /// Whether the first stands above the second.
    pub fn is_above(self, one: &Position, other: &Position) -> bool {
        if self.reversed { one < other } else { one > other }
    }

    /// A place above this row and below all that stand above it under another sequence.
    pub fn right_above(self, position: &Position) -> Position {
        if self.reversed { position.right_below() } else { position.right_above() }
    }

    /// As the list shows them.
    pub fn arrange(self, rows: &mut [StoredTransaction]) {
        rows.sort_by_cached_key(|row| Reverse(self.position(row)));
        if self.reversed {
            rows.reverse();
        }
    }
}
