//! Accounts and enrollments as they stand.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use super::Store;
use super::engine::with_db;
use crate::domain::{
    Account, AccountId, AccountKind, AccountStatus, Currency, Enrollment, EnrollmentId,
    EnrollmentState, Institution,
};

/// The columns of [`AccountRow`], of accounts `a` with the user's words `w`.
macro_rules! account_columns {
    () => {
        "a.id, a.enrollment_id, a.institution_id, a.institution_name, \
         coalesce(w.name, a.name) as name, a.type, a.subtype, a.currency, a.last_four, a.status, \
         a.has_balances, a.has_transactions, a.position, w.position as place"
    };
}
macro_rules! from_accounts {
    () => {
        " from pb_accounts a left join pb_account_words w on w.account_id = a.id "
    };
}
pub(super) use {account_columns, from_accounts};

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
    /// Where the user wants it, among all.
    place: Option<i64>,
}

impl AccountRow {
    pub(super) fn id(&self) -> &AccountId {
        &self.id
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

/// As the user placed them, an institution where the first of its accounts is; then by institution,
/// and as the bank lists them. Names are sorted here: the engines collate differently.
pub(super) fn arrange<T>(rows: &mut [T], account: impl Fn(&T) -> &AccountRow) {
    let mut first: HashMap<String, i64> = HashMap::new();
    for row in rows.iter().map(&account) {
        if let Some(place) = row.place {
            let known = first.entry(row.institution_id.clone()).or_insert(place);
            *known = (*known).min(place);
        }
    }
    rows.sort_by_cached_key(|row| {
        let row = account(row);
        let institution = first.get(&row.institution_id).copied().unwrap_or(i64::MAX);
        let name = row.institution_name.to_lowercase();
        let place = row.place.unwrap_or(i64::MAX);
        (institution, name, row.institution_id.clone(), place, row.position, row.id.clone())
    });
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
    environment: String,
    name: Option<String>,
    key_digest: Option<String>,
    linked_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    repaired: bool,
}

macro_rules! enrollments_where {
    ($condition:literal) => {
        concat!(
            "select e.id, e.institution_id, e.institution_name, e.state, e.reason,
                e.last_success_at, e.environment, w.name, e.key_digest, e.linked_at, e.removed_at,
                exists (
                    select 1 from pb_repairs r
                    where r.enrollment_id = e.id and r.undone_at is null) as repaired
            from pb_enrollments e left join pb_enrollment_words w on w.enrollment_id = e.id
            where ",
            $condition,
            " order by e.first_seen_at, e.id"
        )
    };
}

/// Those that the user has not ended.
pub(super) const ENROLLMENTS: &str = enrollments_where!("e.removed_at is null");
const EVERY_ENROLLMENT: &str = enrollments_where!("true");

impl From<EnrollmentRow> for Enrollment {
    fn from(row: EnrollmentRow) -> Self {
        Self {
            id: row.id,
            institution: Institution { id: row.institution_id, name: row.institution_name },
            state: EnrollmentState::from(row.state.as_str()),
            reason: row.reason,
            last_success_at: row.last_success_at,
            environment: row.environment,
            name: row.name,
            key_digest: row.key_digest,
            linked_at: row.linked_at,
            removed_at: row.removed_at,
            repaired: row.repaired,
        }
    }
}

impl Store {
    /// Those of banks, by their own names and in their own places where the user gave them any.
    pub async fn load_accounts(&self) -> Result<Vec<Account>> {
        const SQL: &str =
            concat!("select ", account_columns!(), from_accounts!(), "where a.merged_into is null");
        let mut rows: Vec<AccountRow> =
            with_db!(self, |db| sqlx::query_as(SQL).fetch_all(db).await)
                .wrap_err("loading accounts")?;
        arrange(&mut rows, |row| row);
        Ok(rows.into_iter().map(Account::from).collect())
    }

    /// In the order in which they became known; not those that the user has ended.
    pub async fn load_enrollments(&self) -> Result<Vec<Enrollment>> {
        self.enrollments_of(ENROLLMENTS).await
    }

    /// Those that the user has ended, too.
    pub async fn load_every_enrollment(&self) -> Result<Vec<Enrollment>> {
        self.enrollments_of(EVERY_ENROLLMENT).await
    }

    async fn enrollments_of(&self, sql: &'static str) -> Result<Vec<Enrollment>> {
        let rows: Vec<EnrollmentRow> = with_db!(self, |db| sqlx::query_as(sql).fetch_all(db).await)
            .wrap_err("loading enrollments")?;
        Ok(rows.into_iter().map(Enrollment::from).collect())
    }
}
