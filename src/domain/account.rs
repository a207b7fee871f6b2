//! Accounts and the enrollments they belong to, as the bank describes them.

use chrono::{DateTime, Utc};

use super::money::{Currency, Money};
use super::words::{id, open_set};

id! {
    /// Teller's `acc_…`: opaque, never parsed.
    AccountId
}
id! {
    /// Teller's `enr_…`: opaque, never parsed.
    EnrollmentId
}

open_set! {
    /// Teller's account `type`: decides which way its amounts are signed.
    AccountKind { Depository = "depository", Credit = "credit" }
}

/// As an account is told of: `Everyday Checking ·4821`.
pub fn label(name: &str, last_four: Option<&str>) -> String {
    match last_four {
        Some(digits) => format!("{name} ·{digits}"),
        None => name.to_owned(),
    }
}

open_set! {
    /// `closed` means closed from Teller's side: gone, out of sight, or access lost.
    AccountStatus { Open = "open", Closed = "closed" }
}

open_set! {
    /// Whether a sync can use an enrollment.
    EnrollmentState { Healthy = "healthy", Disconnected = "disconnected", Refused = "refused" }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Institution {
    pub id: String,
    pub name: String,
}

/// An account as `GET /accounts` lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub enrollment_id: EnrollmentId,
    pub institution: Institution,
    pub name: String,
    pub kind: AccountKind,
    pub subtype: Option<String>,
    pub currency: Currency,
    /// Digits as text: leading zeros count.
    pub last_four: Option<String>,
    pub status: AccountStatus,
    /// Whether the bank offers balances here: Teller's `links.balances`.
    pub has_balances: bool,
    /// Whether the bank offers transactions here: Teller's `links.transactions`.
    pub has_transactions: bool,
}

/// What `GET …/balances` says, in our sign: what is owed is negative. Unknown is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub ledger: Option<Money>,
    /// Spendable money; for a card the credit left.
    pub available: Option<Money>,
}

/// A balance as measured at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub account_id: AccountId,
    /// UTC, whole seconds, on the database's clock.
    pub observed_at: DateTime<Utc>,
    pub balance: Balance,
}

/// A login at an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrollment {
    pub id: EnrollmentId,
    pub institution: Institution,
    pub state: EnrollmentState,
    /// Teller's code when the state is not healthy, such as `enrollment.disconnected.account_locked`.
    pub reason: Option<String>,
    pub last_success_at: Option<DateTime<Utc>>,
    /// Teller's: `sandbox`, `development` or `production`.
    pub environment: String,
    /// The user's own name for it.
    pub name: Option<String>,
    /// Names the key that seals its token; `None` where no token is kept here.
    pub key_digest: Option<String>,
    pub linked_at: Option<DateTime<Utc>>,
    /// The user ended it; its history stays.
    pub removed_at: Option<DateTime<Utc>>,
    /// There is a repair, or an account joined with another, to undo.
    pub repaired: bool,
}

impl Enrollment {
    /// One that is well, with nothing else known of it.
    pub fn healthy(id: EnrollmentId, institution: Institution) -> Self {
        Self {
            id,
            institution,
            state: EnrollmentState::Healthy,
            reason: None,
            last_success_at: None,
            environment: "sandbox".to_owned(),
            name: None,
            key_digest: None,
            linked_at: None,
            removed_at: None,
            repaired: false,
        }
    }

    /// As the user calls it, else the bank.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.institution.name)
    }

    /// With a token of its own, now or before: what the Python app left has none.
    pub fn was_linked(&self) -> bool {
        self.linked_at.is_some() || self.last_success_at.is_some()
    }
}
