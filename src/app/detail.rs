//! State of the open transaction: its row at once, all else when the store has answered.

use super::json;
use crate::domain::{StoredTransaction, TransactionDetail, TransactionKey};

#[derive(Clone, Debug)]
pub struct Detail {
    /// As the list had it when it was opened.
    pub row: StoredTransaction,
    pub loaded: Option<Box<TransactionDetail>>,
    /// The store no longer has this row.
    pub missing: bool,
    /// First line shown of the raw record, when that is open.
    pub raw: Option<usize>,
    raw_lines: Vec<String>,
}

impl Detail {
    pub fn open(row: StoredTransaction) -> Self {
        Self { row, loaded: None, missing: false, raw: None, raw_lines: Vec::new() }
    }

    pub fn key(&self) -> TransactionKey {
        self.row.key()
    }

    pub fn show(&mut self, detail: Option<Box<TransactionDetail>>) {
        self.missing = detail.is_none();
        if let Some(detail) = detail {
            self.raw_lines = detail.raw.as_deref().map(json::indented).unwrap_or_default();
            // Only a list knows what stood before its rows.
            let computed_balance = self.row.computed_balance;
            self.row = StoredTransaction { computed_balance, ..detail.stored.clone() };
            self.loaded = Some(detail);
        }
    }

    pub fn raw_lines(&self) -> &[String] {
        &self.raw_lines
    }

    pub fn scroll_raw(&mut self, lines: isize, height: usize) {
        let last = self.raw_lines.len().saturating_sub(height);
        if let Some(top) = &mut self.raw {
            *top = top.saturating_add_signed(lines).min(last);
        }
    }
}
