//! The words for scripts: each command prints one JSON document, or a table for people.

mod accounts;
mod adopt;
mod backup;
mod balances;
mod bar;
mod categories;
mod connect;
mod doctor;
mod document;
mod enrollments;
mod explain;
mod export;
mod found;
mod hidden;
mod interrupts;
mod keeping;
mod key;
mod lock;
mod manual;
mod merge;
mod migrate;
mod pairs;
mod progress;
mod quarantine;
mod question;
mod report;
mod rules;
mod sync;
mod table;
mod tidy;
mod transactions;
mod whereabouts;

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use color_eyre::Report;

pub use accounts::accounts;
pub use adopt::{Sources, adopt, forget, look};
pub use backup::{backup, check_backup, copy, restore};
pub use balances::balances;
pub use categories::categories;
pub use connect::{ask as ask_to_connect, connect, warn as warn_of_linking};
pub use doctor::{create_report, doctor, without_secrets, write_report as write_report_of_checks};
pub use enrollments::{Desk, enrollments};
pub use explain::explain;
pub use export::export;
pub use found::Misunderstood;
pub use keeping::{KeepingError, keep};
pub use key::{key, new_key};
pub use lock::lock;
pub use manual::{completions, manual};
pub use merge::merge;
pub use migrate::{Target, migrate};
pub use pairs::{pair, part};
pub use quarantine::quarantine;
pub use report::report;
pub use rules::{RulingError, rules};
pub use sync::{exit_of, sync, write_report};
pub use tidy::tidy;
pub use transactions::transactions;
pub use whereabouts::whereabouts;

use crate::bank::{EndError, SyncError};
use crate::domain::{Account, AccountId, CategoryError, SafeText, Zone};
use crate::enroll::EnrollError;
use crate::exit::Exit;
use crate::export::ExportError;
use crate::linking::LinkError;
use crate::store::adopt::AdoptError;
use crate::store::backup::BackupError;
use crate::store::{MergeError, OpenError, PairError, Store, Trouble};
use crate::vault::VaultError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("writing the output: {0}")]
    Output(#[from] io::Error),
    #[error("{0}")]
    Misunderstood(Misunderstood),
    #[error("there is no account {id}; {known}")]
    UnknownAccount { id: SafeText, known: String },
    #[error("{name} is on ({origin}), and a sync calls the bank and writes what it says")]
    Forbidden { name: &'static str, origin: String },
    #[error("there is no transaction {id}; `passbook transactions --gone` lists them all")]
    UnknownTransaction { id: SafeText },
    #[error("several accounts have a transaction {id}: say which with --account")]
    AmbiguousTransaction { id: SafeText },
    #[error("read_only is on ({origin}), and this would write to the database")]
    ReadOnly { origin: String },
    #[error("{0}; nothing was changed")]
    NotPaired(PairError),
    #[error("{0}; nothing was changed")]
    NotMerged(MergeError),
    #[error("{0}; nothing was changed")]
    NotKept(#[from] KeepingError),
    #[error("{0}; nothing was changed")]
    NotFiled(CategoryError),
    #[error("{0}; nothing was changed")]
    NotRuled(RulingError),
    #[error(transparent)]
    NotBackedUp(BackupError),
    #[error(transparent)]
    NotAdopted(AdoptError),
    #[error(
        "{found}\nSay which one, as in `passbook adopt {first}`; several can be taken one after the other"
    )]
    SeveralSources { found: String, first: String },
    #[error(
        "{question}\nThere is no terminal to answer on, so nothing was changed: say yes with --yes"
    )]
    Unanswered { question: String },
    #[error(transparent)]
    NotExported(ExportError),
    #[error(transparent)]
    NotOpened(#[from] OpenError),
    #[error("there is no database at {name} yet; nothing was done")]
    NoDatabase { name: String },
    #[error("the database is at version {version}, above {to}: see `passbook migrate down`")]
    NotUp { to: i64, version: i64 },
    #[error(
        "the database is at version {version}, and {to} is no step on the way back: see `passbook \
         migrate history`"
    )]
    NotDown { to: i64, version: i64 },
    #[error("{} is there already, and a report replaces nothing: name another file", .path.display())]
    InTheWay { path: PathBuf },
    #[error("a SQLite file knows no roles: whoever may write the file may do everything")]
    NoRoles,
    #[error("{0}; the passphrase stays as it was")]
    NoPassphrase(&'static str),
    #[error(
        "a bank cannot be connected without {0}, and there is no terminal to ask on; nothing was \
         changed. Set that in the config file or in the environment"
    )]
    Unsettled(String),
    #[error(transparent)]
    NotLinked(LinkError),
    /// A sentence of what stands in the way of linking a bank.
    #[error("{0}; nothing was changed")]
    NotReady(String),
    #[error("{}{known}", unknown_enrollment(.asked, *.several))]
    UnknownEnrollment { asked: SafeText, several: bool, known: String },
    #[error(
        "`passbook connect` links a bank in the browser, and signs in again with --repair; a token \
         from elsewhere is read from standard input with --token-stdin, never from an argument"
    )]
    NoTokenGiven,
    #[error(
        "this is a live token, and the environment is sandbox: say --environment development or \
         production; nothing was changed"
    )]
    LiveToken,
    #[error("{text} names no account under a new id and one that it may be; these are:{known}")]
    NoSuchMatch { text: SafeText, known: String },
    #[error("{0}; nothing was changed")]
    NotEnrolled(EnrollError),
    #[error("{0}; nothing was changed: --forget-anyway wipes its token all the same")]
    NotEnded(EndError),
    #[error("there is no key yet: one is made when the first bank is connected")]
    NoKey,
    #[error("{0}; nothing was changed")]
    NoVault(VaultError),
    #[error(transparent)]
    NotSynced(SyncError),
    #[error(transparent)]
    Database(Trouble),
    /// The context and the root cause; what lies between repeats them.
    #[error("{}", outermost_and_cause(.0))]
    Internal(Report),
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn exit(&self) -> Exit {
        match self {
            // The reader has seen enough, as in `passbook transactions | head`.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Fine,
            Self::NotExported(error) => error.exit(),
            Self::NotEnrolled(EnrollError::Bank(error)) if error.code() != "configuration" => {
                Exit::BankUnreachable
            }
            Self::Database(trouble) => trouble.exit(),
            Self::NotBackedUp(error) => error.exit(),
            Self::NotAdopted(error) => error.exit(),
            Self::NotOpened(error) => error.exit(),
            Self::NoDatabase { .. } => Exit::DatabaseUnreachable,
            Self::Misunderstood(_)
            | Self::NotKept(_)
            | Self::NotFiled(_)
            | Self::NotRuled(_)
            | Self::UnknownAccount { .. }
            | Self::UnknownTransaction { .. }
            | Self::AmbiguousTransaction { .. }
            | Self::ReadOnly { .. }
            | Self::NotUp { .. }
            | Self::NotDown { .. }
            | Self::NoRoles
            | Self::InTheWay { .. }
            | Self::NotPaired(_)
            | Self::NotMerged(_)
            | Self::Unanswered { .. }
            | Self::Unsettled(_)
            | Self::NotReady(_)
            | Self::SeveralSources { .. }
            | Self::NoPassphrase(_)
            | Self::Forbidden { .. }
            | Self::UnknownEnrollment { .. }
            | Self::NoTokenGiven
            | Self::LiveToken
            | Self::NoSuchMatch { .. }
            | Self::NoKey
            | Self::NoVault(_)
            | Self::NotEnrolled(_)
            | Self::NotSynced(SyncError::NoToken) => Exit::Usage,
            Self::NotLinked(error) => error.exit(),
            Self::NotSynced(SyncError::Bank(error)) if error.code() == "configuration" => {
                Exit::Usage
            }
            Self::NotSynced(SyncError::Bank(_)) | Self::NotEnded(_) => Exit::BankUnreachable,
            Self::Output(_) | Self::Internal(_) => Exit::Internal,
        }
    }
}

fn unknown_enrollment(asked: &SafeText, several: bool) -> String {
    if several {
        format!("several enrollments are called {asked}: name one by its id, or give it a name")
    } else {
        format!("there is no enrollment {asked}; these are connected:")
    }
}

fn outermost_and_cause(report: &Report) -> String {
    let (outermost, cause) = (report.to_string(), report.root_cause().to_string());
    if cause == outermost { outermost } else { format!("{outermost}: {cause}") }
}

impl From<EnrollError> for Error {
    fn from(error: EnrollError) -> Self {
        match error {
            EnrollError::Store(report) => report.into(),
            error => Self::NotEnrolled(error),
        }
    }
}

impl From<PairError> for Error {
    fn from(error: PairError) -> Self {
        match error {
            PairError::Store(report) => report.into(),
            error => Self::NotPaired(error),
        }
    }
}

impl From<MergeError> for Error {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::Store(report) => report.into(),
            error => Self::NotMerged(error),
        }
    }
}

impl From<Report> for Error {
    fn from(report: Report) -> Self {
        match Trouble::of(&report) {
            Some(trouble) => {
                tracing::debug!("{report:#}");
                Self::Database(trouble)
            }
            None => Self::Internal(report),
        }
    }
}

/// The account that was asked for, if any: it must exist.
async fn find_account(store: &Store, asked: Option<&String>) -> Result<Option<AccountId>> {
    let Some(asked) = asked else { return Ok(None) };
    let accounts = store.load_accounts().await?;
    match accounts.iter().find(|account| account.id.as_str() == asked) {
        Some(account) => Ok(Some(account.id.clone())),
        None => Err(Error::UnknownAccount { id: SafeText::new(asked), known: known(&accounts) }),
    }
}

fn known(accounts: &[Account]) -> String {
    let line = |account: &Account| {
        let (id, name) = (SafeText::new(account.id.as_str()), SafeText::new(&account.name));
        format!("\n  {id}  {} · {name}", SafeText::new(&account.institution.name))
    };
    match accounts {
        [] => "none is stored yet: run `passbook sync` first".to_owned(),
        accounts => format!("these are stored:{}", accounts.iter().map(line).collect::<String>()),
    }
}

/// An instant for a person, in their own zone.
fn local(instant: DateTime<Utc>) -> String {
    Zone::Local.at(instant).format("%Y-%m-%d %H:%M").to_string()
}
