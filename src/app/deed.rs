//! What the user did, so that it can be told and taken back.

use crate::domain::TransactionKey;

/// Something done in this session, for `u`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    Edit,
    /// A pair made by hand: its posted row.
    Match(TransactionKey),
}

/// How an edit came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Made,
    Undone,
    Redone,
}
