//! What a sync can tell, while it runs and afterwards.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::account::{Account, AccountId, EnrollmentId, Institution};
use super::money::Money;
use super::transaction::TransactionId;
use super::words::open_set;

open_set! {
    /// How one account, or a whole run, ended.
    Outcome {
        Running = "running",
        Ok = "ok",
        /// Facts were kept but the bank's list could not be judged: see the reason.
        Unjudged = "unjudged",
        /// Not tried: the enrollment or an earlier account of it failed, or it is closed.
        Skipped = "skipped",
        /// Another passbook held the lease.
        Busy = "busy",
        Failed = "failed",
        /// Nothing could be reached at all.
        Offline = "offline",
        Stopped = "stopped",
        /// Some accounts failed; the others are kept. Runs only.
        Partial = "partial",
    }
}

/// What one account's pass brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountResult {
    pub enrollment_id: EnrollmentId,
    pub account_id: AccountId,
    /// For people: name and last four, as stored at the time.
    pub name: String,
    pub institution: String,
    pub outcome: Outcome,
    /// Never seen before.
    pub new: i64,
    /// Pending that became posted, under the same id or paired under a new one.
    pub settled: i64,
    /// Posted rows the bank altered, and pending rows whose facts changed.
    pub changed: i64,
    /// Rows the bank withdrew.
    pub gone: i64,
    pub paired: i64,
    pub quarantined: i64,
    /// Pages read.
    pub pages: i64,
    /// How far back the walk went.
    pub reached: Option<NaiveDate>,
    /// Why the walk was not judged, or what went wrong, for a person: what happened and what to do.
    pub reason: Option<String>,
    /// Machine word of the failure: Teller's code, `offline`, `rate_limited` …
    pub code: Option<String>,
    pub ledger: Option<Money>,
}

/// One run over everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRun {
    pub id: String,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// `key`, `command`, `schedule`, `start`.
    pub trigger: String,
    pub full: bool,
    pub outcome: Outcome,
    /// For a run that failed before any account was known.
    pub reason: Option<String>,
    pub results: Vec<AccountResult>,
}

/// A finished run with the failures that belong to no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncReport {
    pub run: SyncRun,
    /// Enrollments that failed as a whole: institution (when known), code, sentence.
    pub failures: Vec<EnrollmentFailure>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentFailure {
    pub enrollment_id: Option<EnrollmentId>,
    pub institution: Option<String>,
    pub code: String,
    pub message: String,
}

/// A row that the bank withdrew and the row it became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub gone: TransactionId,
    pub came: TransactionId,
    /// 0 surest to 3.
    pub tier: i64,
}

/// A row of the bank's that could not be read, kept until it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantinedRow {
    pub account_id: AccountId,
    /// Of the raw body: with the account's id its key.
    pub digest: String,
    pub transaction_id: Option<TransactionId>,
    /// Names the field and what is wrong with it, never its value.
    pub reason: String,
    pub raw: String,
    pub first_seen_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
}

/// What reading the quarantined rows once more has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retried {
    /// Read, and stored among the others.
    pub read: usize,
    /// The bank has listed the row again, or withdrawn it, since: what is stored is newer, and stays.
    pub overtaken: usize,
    /// As unreadable as before.
    pub unreadable: usize,
    /// Left alone: another passbook is syncing their bank.
    pub busy: usize,
}

/// What joining two accounts has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The account that is listed no more.
    pub old: AccountId,
    /// Rows that both had.
    pub known: u64,
    /// Rows that only the old one had.
    pub moved: u64,
    /// Where the account stands now.
    pub enrollment: EnrollmentId,
    /// Where the old one stood; `None` where that is the same, or has ended before.
    pub former: Option<Former>,
}

/// An enrollment that an account has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    pub enrollment: EnrollmentId,
    /// As the user calls it, else the bank.
    pub label: String,
    /// Accounts that still stand there; 0: it is listed and synced no more.
    pub accounts: u64,
}

/// What an account is doing right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    Waiting,
    Balances,
    /// Reading this page of transactions, counted from 1.
    Page(i64),
    /// Filling in older history.
    BackFill(i64),
    Judging,
    /// Told to wait by the bank: seconds.
    Pausing(u64),
}

/// One try of a request, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestTry {
    pub ended_at: DateTime<Utc>,
    pub method: &'static str,
    /// With its query; of each id only the last four letters.
    pub path: String,
    /// `None`: no answer came.
    pub status: Option<u16>,
    pub elapsed: Duration,
    /// Elements of a readable list.
    pub rows: Option<usize>,
    /// How long until the next try, where there is one.
    pub pause: Option<Duration>,
}

/// Told on the way; each is safe to drop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncEvent {
    Started {
        run_id: String,
        started_at: DateTime<Utc>,
    },
    /// The accounts of one enrollment are known.
    Listed {
        enrollment_id: EnrollmentId,
        institution: Institution,
        accounts: Vec<Account>,
    },
    EnrollmentFailed(EnrollmentFailure),
    Progress {
        account_id: AccountId,
        stage: Stage,
        new: i64,
    },
    /// One account is done and everything of it is committed.
    AccountDone(AccountResult),
    /// One try of a request is over.
    Request(RequestTry),
    /// The request last tried under this path follows again after the delay.
    Retrying {
        path: String,
        delay: Duration,
    },
    Finished(SyncReport),
}
