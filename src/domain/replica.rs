//! How the read replica of the database stands, and why it is not read from.

use std::fmt;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replica {
    /// Not looked at yet.
    Unknown,
    /// It answers what may be as old as this.
    Used {
        behind: Duration,
    },
    Unused(Unfit),
}

/// Why the primary answers everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    Unreachable(String),
    TooFarBehind(Duration),
    /// It takes writes: whatever is read there may be another truth.
    Writable,
    OtherDatabase,
    /// After a fail-over it still follows the server that was the primary before.
    LeftBehind,
    /// Two questions may reach two servers there, of which one is behind.
    Pooled,
    /// It was well, and then failed a question.
    Failing(String),
}

impl Replica {
    pub fn unfit(&self) -> Option<&Unfit> {
        match self {
            Self::Unused(unfit) => Some(unfit),
            Self::Unknown | Self::Used { .. } => None,
        }
    }

    pub fn behind(&self) -> Option<Duration> {
        match self {
            Self::Used { behind } | Self::Unused(Unfit::TooFarBehind(behind)) => Some(*behind),
            Self::Unknown | Self::Unused(_) => None,
        }
    }
}

impl Unfit {
    /// Whether both are the same trouble, however far it has come.
    pub fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// What to do about it; nothing where it passes by itself.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "start it, or correct PASSBOOK_READ_URL",
            Self::TooFarBehind(_) => "look at its replication, and at what keeps it busy",
            Self::Writable => "name a standby in PASSBOOK_READ_URL",
            Self::OtherDatabase => "name a replica of the same database in PASSBOOK_READ_URL",
            Self::LeftBehind => "make it follow the new primary",
            Self::Pooled => "name the replica itself in PASSBOOK_READ_URL",
            Self::Failing(_) => "look at its log, and at the rights of its user",
        }
    }
}

/// Begins as a sentence does.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) => write!(f, "The read replica cannot be reached ({reason})"),
            Self::TooFarBehind(behind) => {
                write!(f, "The read replica is {} s behind", behind.as_secs())
            }
            Self::Writable => f.write_str("The read URL names a server that is no replica"),
            Self::OtherDatabase => f.write_str("The read URL names another database"),
            Self::LeftBehind => f.write_str("The read replica follows a primary of before"),
            Self::Pooled => f.write_str("The read replica stands behind a pooler"),
            Self::Failing(reason) => write!(f, "The read replica failed ({reason})"),
        }
    }
}
