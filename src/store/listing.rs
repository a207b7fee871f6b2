//! What `GET /accounts` says, kept: the enrollment, its accounts, and which may be one under two ids.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use color_eyre::Result;
use color_eyre::eyre::WrapErr;
use sha2::{Digest, Sha256};

use super::Store;
use super::engine::{with_db, with_tx};
use crate::domain::{
    Account, AccountId, AccountStatus, EnrollmentId, EnrollmentState, Institution,
};
use crate::secret::Secret;

/// What a listing says, inside a transaction; evaluates to the accounts as they now stand.
macro_rules! write_listing {
    ($tx:ident, $write:expr, $digest:expr, $now:expr) => {{
        let (write, now): (&$crate::store::listing::EnrollmentWrite<'_>, _) = ($write, $now);
        sqlx::query($crate::store::listing::UPSERT_ENROLLMENT)
            .bind(write.id)
            .bind(&write.institution.id)
            .bind(&write.institution.name)
            .bind(write.environment)
            .bind(&$digest)
            .bind(now)
            .execute(&mut *$tx)
            .await?;
        let stored: Vec<$crate::store::listing::StoredAccount> =
            sqlx::query_as($crate::store::listing::SELECT_ACCOUNTS).fetch_all(&mut *$tx).await?;
        let accounts = $crate::store::listing::described(write, &stored);
        $crate::store::rows::insert_rows!(
            $tx,
            $crate::store::listing::INSERT_ACCOUNTS,
            accounts,
            |bind, row| bind
                .push_bind(&row.account.id)
                .push_bind(&row.account.enrollment_id)
                .push_bind(&row.account.institution.id)
                .push_bind(&row.account.institution.name)
                .push_bind(&row.account.name)
                .push_bind(row.account.kind.as_str())
                .push_bind(&row.account.subtype)
                .push_bind(row.account.currency.code())
                .push_bind(&row.account.last_four)
                .push_bind(row.account.status.as_str())
                .push_bind(row.account.has_balances)
                .push_bind(row.account.has_transactions)
                .push_bind(row.position)
                .push_bind(&row.duplicate_of)
                .push_bind(now),
            $crate::store::listing::UPSERT_ACCOUNTS
        );
        $crate::store::rows::insert_rows!(
            $tx,
            "insert into pb_raw_replies (account_id, kind, id, body, received_at) ",
            accounts,
            |bind, row| bind
                .push_bind(&row.account.id)
                .push_bind("account")
                .push_bind(&row.account.id)
                .push_bind(row.raw)
                .push_bind(now),
            " on conflict (account_id, kind, id) do update
                set body = excluded.body, received_at = excluded.received_at
                where pb_raw_replies.body <> excluded.body"
        );
        let synced = accounts.into_iter().filter(|row| !row.merged);
        synced.map(|row| row.account).collect::<Vec<$crate::domain::Account>>()
    }};
}
pub(super) use write_listing;

/// One listing of one enrollment. Accounts that it lacks are left as they are.
pub struct EnrollmentWrite<'a> {
    pub id: &'a EnrollmentId,
    pub institution: &'a Institution,
    pub environment: &'a str,
    pub token: &'a Secret,
    /// In the bank's order, each with its own bytes.
    pub accounts: &'a [(Account, String)],
}

/// An enrollment as its token finds it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEnrollment {
    pub id: EnrollmentId,
    pub institution: Institution,
    /// The bank asked not to be called before.
    pub not_before: Option<DateTime<Utc>>,
    /// The user has ended it.
    pub removed: bool,
}

/// As the statements of `known_where` answer.
type KnownRow = (EnrollmentId, String, String, Option<DateTime<Utc>>, bool);

macro_rules! known_where {
    ($condition:literal) => {
        concat!(
            "select id, institution_id, institution_name, not_before, removed_at is not null
            from pb_enrollments where ",
            $condition
        )
    };
}

impl From<KnownRow> for KnownEnrollment {
    fn from((id, institution_id, name, not_before, removed): KnownRow) -> Self {
        Self { id, institution: Institution { id: institution_id, name }, not_before, removed }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct StoredAccount {
    id: AccountId,
    institution_id: String,
    #[sqlx(rename = "type")]
    kind: String,
    subtype: Option<String>,
    currency: String,
    last_four: Option<String>,
    status: String,
    duplicate_of: Option<String>,
    merged: bool,
}

impl Store {
    /// The one that a token opened before.
    pub async fn load_enrollment_of(&self, token: &Secret) -> Result<Option<KnownEnrollment>> {
        self.known(known_where!("token_digest = $1"), &digest(token)).await
    }

    pub async fn load_enrollment(&self, id: &EnrollmentId) -> Result<Option<KnownEnrollment>> {
        self.known(known_where!("id = $1"), id.as_str()).await
    }

    async fn known(&self, sql: &'static str, by: &str) -> Result<Option<KnownEnrollment>> {
        let row: Option<KnownRow> =
            with_db!(self, |db| sqlx::query_as(sql).bind(by).fetch_optional(db).await)
                .wrap_err("loading an enrollment")?;
        Ok(row.map(KnownEnrollment::from))
    }

    /// The enrollment an account belongs to.
    pub async fn load_enrollment_with(&self, account: &AccountId) -> Result<Option<EnrollmentId>> {
        const SQL: &str = "select enrollment_id from pb_accounts where id = $1";
        with_db!(self, |db| sqlx::query_scalar(SQL).bind(account).fetch_optional(db).await)
            .wrap_err("loading an account's enrollment")
    }

    /// Returns the accounts as they now stand: one that was found closed stays closed, and one that
    /// the user has joined with another is not among them.
    pub async fn write_enrollment(&self, write: &EnrollmentWrite<'_>) -> Result<Vec<Account>> {
        let digest = digest(write.token);
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            Ok(write_listing!(tx, write, digest, now))
        })
        .wrap_err("keeping the accounts of an enrollment")
    }

    pub async fn write_account_status(
        &self,
        account: &AccountId,
        status: &AccountStatus,
    ) -> Result<()> {
        const SQL: &str = "update pb_accounts set status = $2 where id = $1";
        with_tx!(self, |tx| {
            sqlx::query(SQL).bind(account).bind(status.as_str()).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("keeping an account's status")
    }

    /// `Healthy` also keeps the time as that of the last success.
    pub async fn write_enrollment_health(
        &self,
        id: &EnrollmentId,
        state: &EnrollmentState,
        reason: Option<&str>,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<()> {
        const SQL: &str = "
            update pb_enrollments set state = $2, reason = $3, not_before = $4,
                last_success_at = case when $2 = 'healthy' then $5 else last_success_at end
            where id = $1";
        with_tx!(self, |tx| {
            let now = tx.now().await?;
            let update = sqlx::query(SQL).bind(id).bind(state.as_str()).bind(reason);
            update.bind(not_before).bind(now).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("keeping an enrollment's health")
    }

    pub async fn write_not_before(
        &self,
        id: &EnrollmentId,
        not_before: Option<DateTime<Utc>>,
    ) -> Result<()> {
        const SQL: &str = "update pb_enrollments set not_before = $2 where id = $1";
        with_tx!(self, |tx| {
            sqlx::query(SQL).bind(id).bind(not_before).execute(&mut *tx).await?;
            Ok(())
        })
        .wrap_err("keeping when the bank may be asked again")
    }
}

pub(super) const UPSERT_ENROLLMENT: &str = "
    insert into pb_enrollments (id, institution_id, institution_name, environment, token_digest,
        state, first_seen_at)
    values ($1, $2, $3, $4, $5, 'healthy', $6)
    on conflict (id) do update set
        institution_id = excluded.institution_id, institution_name = excluded.institution_name,
        environment = excluded.environment, token_digest = excluded.token_digest";

pub(super) const SELECT_ACCOUNTS: &str = "
    select id, institution_id, type, subtype, currency, last_four, status, duplicate_of,
        merged_into is not null as merged
    from pb_accounts";

pub(super) const INSERT_ACCOUNTS: &str = "
    insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name, type,
        subtype, currency, last_four, status, has_balances, has_transactions, position,
        duplicate_of, first_seen_at) ";

pub(super) const UPSERT_ACCOUNTS: &str = "
    on conflict (id) do update set
        enrollment_id = excluded.enrollment_id, institution_id = excluded.institution_id,
        institution_name = excluded.institution_name, name = excluded.name, type = excluded.type,
        subtype = excluded.subtype, currency = excluded.currency, last_four = excluded.last_four,
        status = excluded.status, has_balances = excluded.has_balances,
        has_transactions = excluded.has_transactions, position = excluded.position,
        duplicate_of = excluded.duplicate_of";

pub(super) struct AccountWrite<'a> {
    pub account: Account,
    pub raw: &'a str,
    pub position: i64,
    pub duplicate_of: Option<String>,
    /// It is another account now: kept as it is, and not synced.
    pub merged: bool,
}

pub(super) fn described<'a>(
    write: &EnrollmentWrite<'a>,
    stored: &[StoredAccount],
) -> Vec<AccountWrite<'a>> {
    let known: HashMap<&AccountId, &StoredAccount> =
        stored.iter().map(|account| (&account.id, account)).collect();
    let listed: HashSet<&AccountId> =
        write.accounts.iter().map(|(account, _)| &account.id).collect();
    let mut seen = HashSet::new();
    let once = write.accounts.iter().filter(|(account, _)| seen.insert(&account.id));
    (0..)
        .zip(once)
        .map(|(position, (account, raw))| {
            let mut account = account.clone();
            let stored_as = known.get(&account.id);
            let merged = stored_as.is_some_and(|stored| stored.merged);
            let duplicate_of = match stored_as {
                Some(stored) => {
                    if stored.status == AccountStatus::Closed.as_str() {
                        account.status = AccountStatus::Closed;
                    }
                    stored.duplicate_of.clone()
                }
                None => stored
                    .iter()
                    .filter(|other| !other.merged && !listed.contains(&other.id))
                    .find(|other| other.looks_like(&account))
                    .map(|other| other.id.to_string()),
            };
            AccountWrite { account, raw, position, duplicate_of, merged }
        })
        .collect()
}

impl StoredAccount {
    fn looks_like(&self, account: &Account) -> bool {
        self.last_four.is_some()
            && self.last_four == account.last_four
            && self.institution_id == account.institution.id
            && self.kind == account.kind.as_str()
            && self.subtype == account.subtype
            && self.currency == account.currency.code()
    }
}

pub(super) fn digest(token: &Secret) -> String {
    hex::encode(Sha256::digest(token.expose()))
}
