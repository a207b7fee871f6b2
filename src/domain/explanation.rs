//! What one pass over one account read and concluded, kept so that it can be told afterwards.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::account::AccountId;
use super::transaction::TransactionId;

/// How far down a walk was to go, and why that far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "depth", rename_all = "snake_case")]
pub enum Goal {
    /// Nothing was known of the account: two weeks below its newest posted row.
    First,
    /// Down to this day: below it nothing can still settle.
    Window { until: NaiveDate },
    /// The whole list.
    Full { because: FullBecause },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FullBecause {
    Asked,
    /// Something an earlier pass saw can only be settled by reading everything.
    Due,
    /// An earlier list lacked too much to be believed.
    Suspect,
    Weekly,
    /// This very pass found ids issued anew.
    Reissued,
}

/// One thing that a pass did or concluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum SyncStep {
    Goal(Goal),
    /// The list was read once; `unfinished` says why it had to be read again or could not be judged.
    Read {
        pages: usize,
        rows: usize,
        /// The oldest day listed.
        oldest: Option<NaiveDate>,
        /// The end was reached: past it the bank listed nothing, and it still knew the last row.
        to_end: bool,
        unfinished: Option<String>,
    },
    /// The walk was whole and stable, and was compared with the rows known.
    Judged {
        /// Live rows of the walk's days before the judgement.
        known: usize,
        /// Known rows that the bank listed again.
        listed: usize,
        /// Pending rows no longer listed, and not paired.
        gone: Vec<TransactionId>,
        /// Posted rows missed by this full walk, to be looked for once more.
        struck: Vec<TransactionId>,
        withdrawn: Vec<TransactionId>,
        /// Rows not listed that one which the bank lists without an id may be.
        #[serde(default)]
        excused: Vec<TransactionId>,
    },
    /// Nothing was concluded from what was not listed.
    Unjudged {
        reason: String,
    },
    Paired {
        gone: TransactionId,
        came: TransactionId,
        /// 0 surest to 3.
        tier: i64,
    },
    /// Older history was filled in.
    BackFill {
        pages: usize,
        oldest: Option<NaiveDate>,
        done: bool,
    },
    /// Ledger and posted rows no longer differ by what they did: the next walk reads everything.
    SumDiffers,
}

/// The steps of one account's pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub account_id: AccountId,
    pub steps: Vec<SyncStep>,
}
