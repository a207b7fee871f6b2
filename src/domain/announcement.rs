//! What the bank announces of its own accord.

use chrono::{DateTime, Utc};

use super::EnrollmentId;

/// A webhook's event. Its rows are not read: a sync asks for them, and for what has gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The same for each delivery of one event.
    pub id: String,
    /// When it happened, where that can be read.
    pub happened_at: Option<DateTime<Utc>>,
    pub news: News,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    NewTransactions(EnrollmentId),
    Disconnected {
        enrollment: EnrollmentId,
        /// As in the error that a request would get: `enrollment.disconnected…`.
        code: String,
    },
    /// The button in the bank's dashboard.
    Test,
    /// What this passbook has no use for, by its own name.
    Other(String),
}

impl News {
    pub fn enrollment(&self) -> Option<&EnrollmentId> {
        match self {
            Self::NewTransactions(enrollment) | Self::Disconnected { enrollment, .. } => {
                Some(enrollment)
            }
            Self::Test | Self::Other(_) => None,
        }
    }
}
