//! What joining two accounts changed: enough to take every bit of it back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, TransactionId};
use crate::store::carry::Carried;

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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}
