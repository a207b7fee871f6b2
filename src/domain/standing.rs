//! What stands in the way of syncs, and what will: found beside the screen, once it is open.

use chrono::{DateTime, Utc};

use super::account::EnrollmentId;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Enrollments whose token does not open here, each with the reason.
    pub locked: Vec<(EnrollmentId, String)>,
    /// Until when Teller's certificate is valid, where there is one.
    pub certificate_until: Option<DateTime<Utc>>,
}
