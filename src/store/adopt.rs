//! Taking over what the Python app left, on either engine: its tables are read and never changed.
//!
//! ```text
//! look (read-only) → Survey ─→ adopt: one transaction on passbook's own tables
//!                                └─ compared with the source before it is committed
//! ```
//!
//! What is already known wins over what is taken: a bank's later word is never undone. So the same
//! source can be taken again and again, and several halves of one history one after the other.

mod forget;
mod hand;
mod in_place;
mod map;
mod others;
mod rows;
mod source;
mod state;
mod survey;
mod watch;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use forget::Forgotten;
pub use source::Legacy;
pub use state::State;

use super::OpenError;
use super::attempts::Failure;
use crate::exit::Exit;

/// How to read what cannot be read from the source itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdoptOptions {
    /// IANA name of the zone in which the source wrote times without one; UTC if not given, or what
    /// a Postgres server says of itself.
    pub zone: Option<String>,
    /// Also take the rows that the Python app's test scripts left behind.
    pub test_rows: bool,
    /// Also take what it kept by hand, as accounts kept by hand.
    pub by_hand: bool,
}

/// Why nothing was taken. The source is never changed, and what passbook has is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    #[error("{place}: {sentence}; nothing was changed")]
    Nothing { place: String, sentence: String },
    #[error(
        "{place} holds tables of these names that are another program's; nothing was changed:{differences}"
    )]
    Strange { place: String, differences: String },
    #[error(
        "{place} wrote its times without a zone, and its server keeps its log in {guess}: say which it was, \
         with --zone {guess} or --zone UTC; nothing was changed"
    )]
    ZoneUnsaid { place: String, guess: String },
    #[error(
        "there is no time zone {zone} there; nothing was changed: name one such as America/New_York"
    )]
    UnknownZone { zone: String },
    #[error("SQLite writes times in UTC: leave --zone out; nothing was changed")]
    ZoneOfFile,
    #[error(
        "{count} amounts differ from the bank's own records beside them, {examples} for one: nothing was \
         changed; look at these rows first"
    )]
    Amounts { count: u64, examples: String },
    #[error("what was taken differs from what stands there ({what}); all of it was undone")]
    Differs { what: String },
    #[error(
        "{place} holds a history of its own already; nothing was changed: take this one over with \
         `passbook adopt`, or use it in place"
    )]
    Occupied { place: String },
    #[error("{} cannot be written ({reason}); nothing was taken over", .path.display())]
    NotWritten { path: PathBuf, reason: String },
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("reading the other database failed ({0}); nothing was changed")]
    Source(sqlx::Error),
    #[error("the database failed ({0}); nothing was changed")]
    Database(sqlx::Error),
}

impl AdoptError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Nothing { .. }
            | Self::Strange { .. }
            | Self::ZoneUnsaid { .. }
            | Self::UnknownZone { .. }
            | Self::ZoneOfFile
            | Self::Occupied { .. }
            | Self::NotWritten { .. } => Exit::Usage,
            Self::Open(error) => error.exit(),
            Self::Source(_) => Exit::DatabaseUnreachable,
            Self::Amounts { .. } | Self::Differs { .. } | Self::Database(_) => Exit::Internal,
        }
    }
}

/// Only passbook's own database is written, so only its failures are met inside a transaction.
impl From<sqlx::Error> for AdoptError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Failure for AdoptError {
    fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

/// What stood in a source when it was last taken, to notice cheaply that more has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen(BTreeMap<String, i64>);

impl Seen {
    /// Rows of each table, and the newest number of a balance.
    fn of(accounts: i64, balances: i64, newest: i64, transactions: i64) -> Self {
        let counts = [
            ("accounts", accounts),
            ("balance_snapshots", balances),
            ("newest_balance", newest),
            ("transactions", transactions),
        ];
        Self(counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect())
    }
}
