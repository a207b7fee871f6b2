//! The statements that put a source's rows into passbook's tables.

use chrono::{DateTime, Utc};

use super::map::{self, NO_ACCOUNT};
use super::source::AccountRow;
use crate::domain::Currency;

/// What rows were first seen by.
pub(super) const RUN: &str = "python-app";

/// An account as the Python app knew it.
pub(super) struct NewAccount {
    pub id: String,
    pub name: String,
    pub institution: String,
    pub kind: String,
    pub subtype: Option<String>,
    pub last_four: Option<String>,
    pub currency: Currency,
    pub seen: Option<DateTime<Utc>>,
    /// The bank's own record, where it was kept.
    pub raw: Option<String>,
}

impl NewAccount {
    pub fn of(row: &AccountRow, now: DateTime<Utc>) -> Option<Self> {
        let plain =
            |text: &Option<String>| text.as_ref().map(|text| text.replace('\0', "\u{FFFD}"));
        let id = plain(&row.id)?;
        Some(Self {
            name: plain(&row.name).unwrap_or_else(|| format!("Account {id}")),
            institution: plain(&row.institution).unwrap_or_else(|| "unknown".to_owned()),
            kind: plain(&row.kind).unwrap_or_else(|| "unknown".to_owned()),
            subtype: plain(&row.subtype),
            last_four: plain(&row.last_four),
            currency: map::currency(row),
            seen: map::instant(row.created.as_deref()).filter(|seen| *seen <= now),
            raw: row.raw.clone().filter(|raw| map::record(Some(raw)).is_some()),
            id,
        })
    }

    /// The account of rows whose own is not there.
    pub fn unknown(id: &str) -> Self {
        let name = if id == NO_ACCOUNT { "Unknown".to_owned() } else { format!("Unknown ({id})") };
        Self {
            id: id.to_owned(),
            name,
            institution: "unknown".to_owned(),
            kind: "unknown".to_owned(),
            subtype: None,
            last_four: None,
            currency: Currency::USD,
            seen: None,
            raw: None,
        }
    }

    /// Stands in until the first sync tells which enrollment the account belongs to.
    pub fn enrollment(&self) -> String {
        format!("python-app:{}", self.institution)
    }
}

/// Notes which rows came, so that they can be given up again.
macro_rules! remember {
    ($tx:ident, $adoption:expr, $kind:expr, $keys:expr) => {{
        let keys: Vec<(&str, &str)> = $keys.into_iter().collect();
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "insert into pb_adopted (adoption_id, kind, account_id, id) ",
            );
            sql.push_values(chunk, |mut bind, (account, id)| {
                let adoption: &String = $adoption;
                bind.push_bind(adoption.as_str())
                    .push_bind($kind)
                    .push_bind(*account)
                    .push_bind(*id);
            });
            sql.build().execute(&mut *$tx).await?;
        }
    }};
}

macro_rules! insert_raw {
    ($tx:ident, $kind:expr, $rows:expr) => {{
        let rows: Vec<(&str, String, &str, DateTime<Utc>)> = $rows.collect();
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "insert into pb_raw_replies (account_id, kind, id, body, received_at) ",
            );
            sql.push_values(chunk, |mut bind, (account, id, body, at)| {
                bind.push_bind(*account)
                    .push_bind($kind)
                    .push_bind(id)
                    .push_bind(*body)
                    .push_bind(*at);
            });
            sql.push(" on conflict (account_id, kind, id) do nothing");
            sql.build().execute(&mut *$tx).await?;
        }
    }};
}

/// With the enrollment that stands in for the one it belongs to.
macro_rules! insert_account {
    ($tx:ident, $taking:ident, $account:expr) => {{
        let account: &NewAccount = $account;
        let (enrollment, now) = (account.enrollment(), $taking.now);
        let made = sqlx::query(
            "insert into pb_enrollments (id, institution_id, institution_name, environment, state,
                first_seen_at)
            values ($1, $2, $2, 'python-app', 'healthy', $3)
            on conflict (id) do nothing",
        );
        let made = made.bind(&enrollment).bind(&account.institution).bind(now);
        if made.execute(&mut *$tx).await?.rows_affected() > 0 {
            remember!($tx, &$taking.id, "enrollment", [("", enrollment.as_str())]);
        }
        sqlx::query(
            "insert into pb_accounts (id, enrollment_id, institution_id, institution_name, name,
                type, subtype, currency, last_four, status, has_balances, has_transactions,
                position, first_seen_at)
            values ($1, $2, $3, $3, $4, $5, $6, $7, $8, 'open', true, true, $9, $10)",
        )
        .bind(&account.id)
        .bind(&enrollment)
        .bind(&account.institution)
        .bind(&account.name)
        .bind(&account.kind)
        .bind(&account.subtype)
        .bind(account.currency.code())
        .bind(&account.last_four)
        .bind($taking.position)
        .bind(account.seen.unwrap_or(now))
        .execute(&mut *$tx)
        .await?;
        remember!($tx, &$taking.id, "account", [(account.id.as_str(), account.id.as_str())]);
        let raw =
            account.raw.as_deref().map(|raw| (account.id.as_str(), account.id.clone(), raw, now));
        insert_raw!($tx, "account", raw.into_iter());
        $taking.position += 1;
        $taking.adopted.accounts += 1;
    }};
}

/// Returns the keys of those that were not there before.
macro_rules! insert_transactions {
    ($tx:ident, $rows:expr, $now:expr) => {{
        let rows: &Vec<(Transaction, i64)> = $rows;
        let mut inserted: HashSet<(String, String)> = HashSet::new();
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "insert into pb_transactions (account_id, id, date, seq, amount, currency,
                    description, status, type, running_balance, category, counterparty,
                    counterparty_type, processing_status, life, born, first_seen_at, first_run,
                    recheck, strikes, fence, digest) ",
            );
            sql.push_values(chunk, |mut bind, (row, place)| {
                bind.push_bind(&row.account_id)
                    .push_bind(&row.id)
                    .push_bind(row.date)
                    .push_bind(*place)
                    .push_bind(row.amount)
                    .push_bind(row.currency.code())
                    .push_bind(&row.description)
                    .push_bind(&row.status)
                    .push_bind(&row.kind)
                    .push_bind(row.running_balance)
                    .push_bind(&row.category)
                    .push_bind(&row.counterparty)
                    .push_bind(&row.counterparty_type)
                    .push_bind(&row.processing_status)
                    .push_bind("live")
                    .push_bind(&row.status)
                    .push_bind($now)
                    .push_bind(RUN)
                    .push_bind(0_i64)
                    .push_bind(0_i64)
                    .push_bind(0_i64)
                    .push_bind(0_i64);
            });
            sql.push(" on conflict (account_id, id) do nothing returning account_id, id");
            let keys: Vec<(String, String)> = sql.build_query_as().fetch_all(&mut *$tx).await?;
            inserted.extend(keys);
        }
        inserted
    }};
}

/// As [`insert_transactions`].
macro_rules! insert_balances {
    ($tx:ident, $rows:expr) => {{
        let rows: &Vec<Balance> = $rows;
        let mut inserted: HashSet<(String, DateTime<Utc>)> = HashSet::new();
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "insert into pb_balance_snapshots (account_id, observed_at, ledger, available,
                    currency) ",
            );
            sql.push_values(chunk, |mut bind, row| {
                bind.push_bind(&row.account_id)
                    .push_bind(row.measured)
                    .push_bind(row.ledger)
                    .push_bind(row.available)
                    .push_bind(row.currency.code());
            });
            sql.push(" on conflict (account_id, observed_at) do nothing ");
            sql.push("returning account_id, observed_at");
            let keys: Vec<(String, DateTime<Utc>)> =
                sql.build_query_as().fetch_all(&mut *$tx).await?;
            inserted.extend(keys);
        }
        inserted
    }};
}

/// Returns how many were not there before.
macro_rules! set_aside {
    ($tx:ident, $rows:expr, $now:expr) => {{
        let mut new: u64 = 0;
        for row in $rows {
            let digest = hex::encode(Sha256::digest(&row.body));
            let insert = sqlx::query(
                "insert into pb_quarantine (account_id, digest, transaction_id, reason, body,
                    first_seen_at, last_seen_at)
                values ($1, $2, $3, $4, $5, $6, $6)
                on conflict (account_id, digest) do nothing",
            );
            let insert = insert.bind(&row.account_id).bind(digest).bind(&row.id);
            let insert =
                insert.bind(row.reason).bind(row.body.replace('\0', "\u{FFFD}")).bind($now);
            new += insert.execute(&mut *$tx).await?.rows_affected();
        }
        new
    }};
}

/// What an adoption brought, as it now stands.
macro_rules! read_back {
    ($tx:ident, $adoption:expr) => {{
        const SQL: &str = "
            select t.account_id, t.id, t.date, t.amount
            from pb_adopted a
                join pb_transactions t on t.account_id = a.account_id and t.id = a.id
            where a.adoption_id = $1 and a.kind = 'transaction'
                and (a.account_id > $2 or (a.account_id = $2 and a.id > $3))
            order by a.account_id, a.id limit 1000";
        let mut tally = Tally::default();
        let mut after = (String::new(), String::new());
        loop {
            let rows: Vec<(String, String, NaiveDate, i64)> = sqlx::query_as(SQL)
                .bind($adoption)
                .bind(&after.0)
                .bind(&after.1)
                .fetch_all(&mut *$tx)
                .await?;
            let Some((account, id, ..)) = rows.last() else { break };
            after = (account.clone(), id.clone());
            for (account, id, date, amount) in &rows {
                tally.add(account, id, *date, *amount);
            }
        }
        tally
    }};
}

pub(super) use {
    insert_account, insert_balances, insert_raw, insert_transactions, read_back, remember,
    set_aside,
};
