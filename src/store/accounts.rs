//! Accounts and enrollments as they stand.

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::{
    Account, AccountId, AccountKind, AccountStatus, Currency, Enrollment, EnrollmentId,
    EnrollmentState, Institution,
};

/// The columns of [`AccountRow`].
macro_rules! account_columns {
    () => {
        "a.id, a.enrollment_id, a.institution_id, a.institution_name, a.name, a.type, a.subtype, \
         a.currency, a.last_four, a.status, a.has_balances, a.has_transactions, a.position"
    };
}
pub(super) use account_columns;

#[derive(sqlx::FromRow)]
pub(super) struct AccountRow {
    id: AccountId,
    enrollment_id: EnrollmentId,
    institution_id: String,
    institution_name: String,
    name: String,
    #[sqlx(rename = "type")]
    kind: String,
    subtype: Option<String>,
    currency: String,
    last_four: Option<String>,
    status: String,
    has_balances: bool,
    has_transactions: bool,
    position: i64,
}

impl AccountRow {
    pub(super) fn id(&self) -> &AccountId {
        &self.id
    }

    /// By institution, then as the bank lists them. Names are sorted here: the engines collate
    /// differently.
    pub(super) fn order(&self) -> (String, String, i64, AccountId) {
        let name = self.institution_name.to_lowercase();
        (name, self.institution_id.clone(), self.position, self.id.clone())
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            enrollment_id: row.enrollment_id,
            institution: Institution { id: row.institution_id, name: row.institution_name },
            name: row.name,
            kind: AccountKind::from(row.kind.as_str()),
            subtype: row.subtype,
            currency: Currency::parse(&row.currency).unwrap_or(Currency::NONE),
            last_four: row.last_four,
            status: AccountStatus::from(row.status.as_str()),
            has_balances: row.has_balances,
            has_transactions: row.has_transactions,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct EnrollmentRow {
    id: EnrollmentId,
    institution_id: String,
    institution_name: String,
    state: String,
    reason: Option<String>,
    last_success_at: Option<DateTime<Utc>>,
}

pub(super) const ENROLLMENTS: &str = "
    select id, institution_id, institution_name, state, reason, last_success_at
    from pb_enrollments order by first_seen_at, id";

impl From<EnrollmentRow> for Enrollment {
    fn from(row: EnrollmentRow) -> Self {
        Self {
            id: row.id,
            institution: Institution { id: row.institution_id, name: row.institution_name },
            state: EnrollmentState::from(row.state.as_str()),
            reason: row.reason,
            last_success_at: row.last_success_at,
        }
    }
}

impl Store {
    /// By institution, then as the bank lists them.
    pub async fn load_accounts(&self) -> Result<Vec<Account>> {
        const SQL: &str = concat!(
            "select ",
            account_columns!(),
            " from pb_accounts a where a.merged_into is null"
        );
        let mut rows: Vec<AccountRow> =
            with_db!(self, |db| sqlx::query_as(SQL).fetch_all(db).await)
                .wrap_err("loading accounts")?;
        rows.sort_by_cached_key(AccountRow::order);
        Ok(rows.into_iter().map(Account::from).collect())
    }

    /// In the order in which they became known.
    pub async fn load_enrollments(&self) -> Result<Vec<Enrollment>> {
        let rows: Vec<EnrollmentRow> =
            with_db!(self, |db| sqlx::query_as(ENROLLMENTS).fetch_all(db).await)
                .wrap_err("loading enrollments")?;
        Ok(rows.into_iter().map(Enrollment::from).collect())
    }
}
