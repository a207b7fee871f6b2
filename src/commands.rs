//! The words for scripts: each command prints one JSON document, or a table for people.

mod accounts;
mod adopt;
mod backup;
mod balances;
mod bar;
mod categories;
mod doctor;
mod document;
mod explain;
mod export;
mod found;
mod interrupts;
mod keeping;
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
pub use doctor::{create_report, doctor, without_secrets, write_report as write_report_of_checks};
pub use explain::explain;
pub use export::export;
pub use found::Misunderstood;
pub use keeping::{KeepingError, keep};
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

use crate::bank::SyncError;
use crate::domain::{Account, AccountId, CategoryError, SafeText, Zone};
use crate::exit::Exit;
use crate::export::ExportError;
use crate::store::adopt::AdoptError;
use crate::store::backup::BackupError;
use crate::store::{MergeError, OpenError, PairError, Store, Trouble};

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
            | Self::SeveralSources { .. }
            | Self::NoPassphrase(_)
            | Self::Forbidden { .. }
            | Self::NotSynced(SyncError::NoToken) => Exit::Usage,
            Self::NotSynced(SyncError::Bank(error)) if error.code() == "configuration" => {
                Exit::Usage
            }
            Self::NotSynced(SyncError::Bank(_)) => Exit::BankUnreachable,
            Self::Output(_) | Self::Internal(_) => Exit::Internal,
        }
    }
}

fn outermost_and_cause(report: &Report) -> String {
    let (outermost, cause) = (report.to_string(), report.root_cause().to_string());
    if cause == outermost { outermost } else { format!("{outermost}: {cause}") }
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
