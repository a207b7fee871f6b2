//! What joining two accounts changed: enough to take every bit of it back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, TransactionId, TransactionKey};
use crate::store::carry::Carried;
use crate::store::retiring::Retired;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trace {
    pub at: DateTime<Utc>,
    /// Old rows that the new account has under ids of its own.
    pub twins: Vec<TransactionId>,
    /// Old rows that the new account has under the same id: their life and successor before.
    pub same: Vec<(TransactionId, String, Option<TransactionId>)>,
    /// Old rows whose successor was merged.
    pub followed: Vec<TransactionId>,
    pub moved: Vec<MovedRow>,
    /// What the new account's rows took over.
    pub carried: Vec<(TransactionId, Carried)>,
    pub words_before: Option<AccountWords>,
    pub words_after: Option<AccountWords>,
    pub snapshots: Vec<Snapshot>,
    /// Accounts that were taken for the old one.
    pub repointed: Vec<AccountId>,
    /// Transfers, and pairs that the user said are none, by their ends before and since.
    pub transfers: Vec<(Ends, Ends)>,
    /// Those in the place of which others came, or for which there was none.
    pub lost: Vec<Transfer>,
    /// Rows that the user parted from an old one: which that is, and its id under the new account.
    pub parted: Vec<(TransactionId, TransactionId, TransactionId)>,
    /// The enrollment that has no other account left.
    pub retired: Option<Retired>,
}

/// A row as it was before it came under the new id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct MovedRow {
    #[serde(rename = "i")]
    pub id: TransactionId,
    #[serde(rename = "l")]
    pub life: String,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<TransactionId>,
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    pub recheck: i64,
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    pub strikes: i64,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<DateTime<Utc>>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub merged_from: Option<AccountId>,
}

/// What the user calls the account, where it stands, and whether it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct AccountWords {
    pub name: Option<String>,
    pub position: Option<i64>,
    pub hidden: bool,
}

/// When a balance was measured that came over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
#[serde(transparent)]
pub struct Snapshot {
    pub observed_at: DateTime<Utc>,
}

/// The two rows of a transfer: from the first to the second.
pub type Ends = (TransactionKey, TransactionKey);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Transfer {
    pub account_id: AccountId,
    pub transaction_id: TransactionId,
    pub twin_account_id: AccountId,
    pub twin_id: TransactionId,
    pub made_by: String,
    pub parted: bool,
    pub reason: Option<String>,
    pub made_at: DateTime<Utc>,
}

impl Transfer {
    pub fn ends(&self) -> Ends {
        let key = |account: &AccountId, id: &TransactionId| TransactionKey {
            account_id: account.clone(),
            id: id.clone(),
        };
        (key(&self.account_id, &self.transaction_id), key(&self.twin_account_id, &self.twin_id))
    }

    pub fn is_by_hand(&self) -> bool {
        self.made_by == "hand"
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
