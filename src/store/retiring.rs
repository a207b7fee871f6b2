//! Enrollments whose accounts are all found under another one: put away with their tokens, so that
//! they can be brought back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::{EnrollmentId, Former};

/// An enrollment whose place another took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retired {
    // First: what looks for it among the repairs goes by how it begins.
    pub id: EnrollmentId,
    pub sealed_token: Option<String>,
    pub key_digest: Option<String>,
    pub at: DateTime<Utc>,
}

/// One that an account has left, and the accounts that still stand there.
#[derive(sqlx::FromRow)]
pub(super) struct Left {
    pub id: EnrollmentId,
    pub label: String,
    pub accounts: i64,
}

impl From<Left> for Former {
    fn from(left: Left) -> Self {
        Self { enrollment: left.id, label: left.label, accounts: left.accounts.unsigned_abs() }
    }
}

/// Ends it and evaluates to what brings it back; `None` where it had ended before.
macro_rules! retire {
    ($tx:ident, $id:expr, $now:expr) => {{
        use $crate::store::retiring::{END, KEPT, Retired};
        let (id, at): (&$crate::domain::EnrollmentId, _) = ($id, $now);
        let kept: Option<(Option<String>, Option<String>)> =
            sqlx::query_as(KEPT).bind(id).fetch_optional(&mut *$tx).await?;
        let (sealed_token, key_digest) = kept.unwrap_or_default();
        let ended = sqlx::query(END).bind(id).bind(at).execute(&mut *$tx).await?;
        (ended.rows_affected() > 0).then(|| Retired {
            id: id.clone(),
            sealed_token,
            key_digest,
            at,
        })
    }};
}
pub(super) use retire;

/// As it was, unless something has become of it since: whether it is there again.
macro_rules! bring_back {
    ($tx:ident, $retired:expr) => {{
        let retired: &$crate::store::retiring::Retired = $retired;
        let back = sqlx::query($crate::store::retiring::BACK).bind(&retired.id);
        let back = back.bind(&retired.sealed_token).bind(&retired.key_digest).bind(retired.at);
        back.execute(&mut *$tx).await?.rows_affected() > 0
    }};
}
pub(super) use bring_back;

pub(super) const END: &str = "
    update pb_enrollments set sealed_token = null, key_digest = null, removed_at = $2
    where id = $1 and removed_at is null";

pub(super) const KEPT: &str = "select sealed_token, key_digest from pb_enrollments where id = $1";

pub(super) const BACK: &str = "
    update pb_enrollments set removed_at = null, sealed_token = $2, key_digest = $3
    where id = $1 and removed_at = $4";

/// The enrollment of the first account, unless it is the second one's too. An account that the bank
/// has closed counts: a full sync asks for it again.
pub(super) const LEFT: &str = "
    select e.id, coalesce(w.name, e.institution_name) as label, (
        select count(*) from pb_accounts a
        where a.enrollment_id = e.id and a.merged_into is null) as accounts
    from pb_enrollments e
        join pb_accounts o on o.id = $1 and o.enrollment_id = e.id
        join pb_accounts n on n.id = $2 and n.enrollment_id <> e.id
        left join pb_enrollment_words w on w.enrollment_id = e.id
    where e.removed_at is null";

/// Repairs that may have retired the enrollment of this account, where it is ended.
pub(super) const RETIREMENTS: &str = r#"
    select e.id, r.moves from pb_repairs r
        join pb_accounts a on a.id = $1
        join pb_enrollments e on e.id = a.enrollment_id and e.removed_at is not null
    where r.moves like '%"retired":{"id":"' || e.id || '"%'"#;
