//! What a sync hands to the store and gets back, in the store's own terms.

use chrono::{DateTime, NaiveDate, Utc};
use color_eyre::eyre::Report;

use super::leases::{Lease, LeaseLost};
use crate::domain::{AccountId, Pair, Transaction, TransactionId};

/// A row's id and date: where a list goes on.
pub type Cursor = (TransactionId, NaiveDate);

/// How far the sync of one account is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncState {
    /// Newest posted date of the last judged walk.
    pub head: Option<NaiveDate>,
    pub cursor: Option<Cursor>,
    /// The whole history is stored.
    pub done: bool,
    pub suspect_since: Option<DateTime<Utc>>,
    pub suspect_digest: Option<String>,
    /// Only pendings were known and the bank listed nothing.
    pub empty_seen: bool,
    /// The next walk must read everything.
    pub audit_due: bool,
    /// Ledger less all posted rows, minor units, as of the last audit.
    pub opening: Option<i64>,
    pub judged_at: Option<DateTime<Utc>>,
    pub full_at: Option<DateTime<Utc>>,
}

/// A live row as a judgement needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRow {
    pub id: TransactionId,
    pub date: NaiveDate,
    pub seq: i64,
    /// Minor units.
    pub minor: i64,
    pub posted: bool,
    pub strikes: i64,
}

/// What a judged walk changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Pending rows the bank no longer lists.
    pub gone: Vec<TransactionId>,
    /// Posted rows it has taken away for good.
    pub withdrawn: Vec<TransactionId>,
    /// Posted rows missed once.
    pub struck: Vec<TransactionId>,
    /// Gone rows looked for once more.
    pub rechecked: Vec<TransactionId>,
    /// In the order in which words are carried.
    pub pairs: Vec<Pair>,
    /// So many posted rows are listed under new ids.
    pub reissued: usize,
    /// Rows that the list may hold without an id.
    pub excused: Vec<TransactionId>,
    /// New places within a day.
    pub resequenced: Vec<(TransactionId, i64)>,
    pub state: SyncState,
}

pub struct ListedRow<'a> {
    pub transaction: &'a Transaction,
    pub raw: &'a str,
    pub seq: i64,
}

pub struct UnreadableRow<'a> {
    pub id: Option<&'a TransactionId>,
    pub reason: &'a str,
    pub raw: &'a str,
}

/// One page, each id once.
pub struct PageWrite<'a> {
    pub account_id: &'a AccountId,
    pub lease: &'a Lease,
    pub run_id: &'a str,
    pub rows: Vec<ListedRow<'a>>,
    pub unreadable: Vec<UnreadableRow<'a>>,
    /// The back-fill goes on here: saved with the rows or not at all.
    pub cursor: Option<Cursor>,
}

/// What a page brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageKept {
    pub inserted: Vec<TransactionId>,
    /// Rows that were withdrawn or replaced and are listed again.
    pub returned: Vec<TransactionId>,
    pub settled: i64,
    pub changed: i64,
    pub quarantined: i64,
}

#[derive(Debug)]
pub enum WriteError {
    LeaseLost,
    Store(Report),
}

impl From<Report> for WriteError {
    fn from(report: Report) -> Self {
        if report.downcast_ref::<LeaseLost>().is_some() {
            Self::LeaseLost
        } else {
            Self::Store(report)
        }
    }
}

/// One entry of the change log.
pub(super) struct ChangeWrite {
    pub transaction_id: TransactionId,
    pub field: &'static str,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Writes entries of the change log.
macro_rules! log_changes {
    ($tx:ident, $account:expr, $run_id:expr, $now:expr, $changes:expr) => {
        $crate::store::rows::insert_rows!(
            $tx,
            "insert into pb_transaction_changes
                (id, account_id, transaction_id, changed_at, run_id, field, old_value, new_value) ",
            $changes,
            |bind, change| bind
                .push_bind(uuid::Uuid::now_v7().to_string())
                .push_bind($account)
                .push_bind(&change.transaction_id)
                .push_bind($now)
                .push_bind($run_id)
                .push_bind(change.field)
                .push_bind(&change.old)
                .push_bind(&change.new),
            ""
        )
    };
}
pub(super) use log_changes;
