//! Into passbook's own tables: one transaction, compared with the source before it is committed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::hand::keep_by_hand;
use super::map::{self, Accounts, Aside, Balance, Tally, Transaction};
use super::rows::{
    NewAccount, RUN, insert_account, insert_balances, insert_raw, insert_transactions, read_back,
    remember, set_aside,
};
use super::source::{BalanceRow, Legacy, MonthSum, TransactionRow};
use super::{AdoptError, AdoptOptions};
use crate::database::Database;
use crate::domain::{Adopted, Currency};
use crate::store::engine::with_long_tx;
use crate::store::migrate::MADE_BY;
use crate::store::{Store, rows::ROWS_A_STATEMENT};
use crate::store::{days, shown};

/// Amounts named in an error.
const EXAMPLES: usize = 3;

/// An adoption under way: what it has met and what it has kept.
struct Taking {
    id: String,
    now: DateTime<Utc>,
    test_rows: bool,
    facts: Accounts,
    /// Accounts that are stored.
    there: HashSet<String>,
    /// Of the next account.
    position: i64,
    places: Places,
    adopted: Adopted,
    /// What the source sent, by account and month as it spells them: rows and cents.
    came: BTreeMap<(Option<String>, Option<String>), (i64, i64)>,
    kept: Tally,
    /// Ids of amounts that the saved record contradicts.
    differing: Vec<String>,
    /// Accounts whose sums of days are to be made anew.
    dirty: BTreeSet<String>,
}

impl Taking {
    fn new(id: &str, now: DateTime<Utc>, test_rows: bool, facts: Accounts) -> Self {
        Self {
            id: id.to_owned(),
            now,
            test_rows,
            facts,
            there: HashSet::new(),
            position: 0,
            places: Places::default(),
            adopted: Adopted::default(),
            came: BTreeMap::new(),
            kept: Tally::default(),
            differing: Vec::new(),
            dirty: BTreeSet::new(),
        }
    }

    /// Rows in our terms with their places in their days, and those that lack something.
    fn sort(&mut self, batch: Vec<TransactionRow>) -> (Vec<(Transaction, i64)>, Vec<Aside>) {
        let (mut rows, mut asides) = (Vec::with_capacity(batch.len()), Vec::new());
        for row in batch {
            let month = row.date.as_deref().map(|date| date.chars().take(7).collect());
            let sums = self.came.entry((row.account_id.clone(), month)).or_default();
            *sums = (sums.0 + 1, sums.1 + row.cents.unwrap_or(0));
            if let (Some(cents), Some(record)) = (row.cents, map::record(row.raw.as_deref()))
                && map::contradicts(cents, &record)
            {
                self.differing.extend(row.id.clone());
            }
            if map::is_test_row(&row) && !self.test_rows {
                self.adopted.left_out += 1;
                continue;
            }
            match map::transaction(row, &self.facts) {
                Ok(row) => {
                    let place = self.places.next(&row.account_id, row.date);
                    rows.push((row, place));
                }
                Err(aside) => asides.push(aside),
            }
        }
        (rows, asides)
    }

    fn sort_balances(&mut self, batch: Vec<BalanceRow>) -> (Vec<Balance>, Vec<Aside>) {
        let (mut rows, mut asides) = (Vec::with_capacity(batch.len()), Vec::new());
        for row in batch {
            match map::balance(row, &self.facts) {
                Ok(row) if map::is_test_account(&row.account_id) && !self.test_rows => {
                    self.adopted.left_out += 1;
                }
                Ok(row) => rows.push(row),
                Err(aside) => asides.push(aside),
            }
        }
        (rows, asides)
    }

    /// Whether everything the source sent is what it says it holds.
    fn check(&self, expected: Vec<MonthSum>) -> Result<(), AdoptError> {
        if !self.differing.is_empty() {
            let examples: Vec<String> = self.differing.iter().take(EXAMPLES).cloned().collect();
            let count = self.differing.len() as u64;
            return Err(AdoptError::Amounts { count, examples: examples.join(", ") });
        }
        let told: BTreeMap<_, _> = expected
            .into_iter()
            .map(|(account, month, rows, cents)| ((account, month), (rows, cents)))
            .collect();
        if self.came == told {
            Ok(())
        } else {
            Err(AdoptError::Differs { what: "the sums of months".to_owned() })
        }
    }
}

/// Keeps accounts that rows name and the source does not describe.
macro_rules! keep_unknown {
    ($tx:ident, $taking:ident, $accounts:expr) => {
        for account in $accounts {
            if $taking.there.insert(account.clone()) {
                insert_account!($tx, $taking, &NewAccount::unknown(account));
            }
        }
    };
}

macro_rules! keep_transactions {
    ($tx:ident, $taking:ident, $batch:expr) => {{
        let (mut rows, asides) = $taking.sort($batch);
        keep_unknown!($tx, $taking, rows.iter().map(|(row, _)| &row.account_id));
        let inserted = insert_transactions!($tx, &rows, $taking.now);
        $taking.adopted.known += (rows.len() - inserted.len()) as u64;
        $taking.adopted.transactions += inserted.len() as u64;
        rows.retain(|(row, _)| inserted.contains(&(row.account_id.clone(), row.id.clone())));
        for (row, _) in &rows {
            $taking.kept.add(&row.account_id, &row.id, row.date, row.amount);
            $taking.dirty.insert(row.account_id.clone());
        }
        let keys = rows.iter().map(|(row, _)| (row.account_id.as_str(), row.id.as_str()));
        remember!($tx, &$taking.id, "transaction", keys);
        let raw = rows.iter().filter_map(|(row, _)| {
            Some((row.account_id.as_str(), row.id.clone(), row.raw.as_deref()?, $taking.now))
        });
        insert_raw!($tx, "transaction", raw);
        $taking.adopted.set_aside += set_aside!($tx, asides, $taking.now);
    }};
}

macro_rules! keep_balances {
    ($tx:ident, $taking:ident, $batch:expr) => {{
        let (mut rows, asides) = $taking.sort_balances($batch);
        keep_unknown!($tx, $taking, rows.iter().map(|row| &row.account_id));
        let inserted = insert_balances!($tx, &rows);
        $taking.adopted.known += (rows.len() - inserted.len()) as u64;
        $taking.adopted.balances += inserted.len() as u64;
        rows.retain(|row| inserted.contains(&(row.account_id.clone(), row.measured)));
        let ids: Vec<(&str, String)> =
            rows.iter().map(|row| (row.account_id.as_str(), row.measured.to_rfc3339())).collect();
        let keys = ids.iter().map(|(account, id)| (*account, id.as_str()));
        remember!($tx, &$taking.id, "balance", keys);
        let raw = rows.iter().filter_map(|row| {
            let id = row.measured.to_rfc3339();
            Some((row.account_id.as_str(), id, row.raw.as_deref()?, row.measured))
        });
        insert_raw!($tx, "balance", raw);
        $taking.adopted.set_aside += set_aside!($tx, asides, $taking.now);
    }};
}

/// Keeps batch after batch, as the source sends them.
macro_rules! keep_all {
    ($tx:ident, $taking:ident, $keep:ident, |$sender:ident| $reading:expr) => {{
        let ($sender, mut batches) = mpsc::channel(2);
        let reading = $reading;
        let writing = async {
            while let Some(batch) = batches.recv().await {
                $keep!($tx, $taking, batch);
            }
            Ok(())
        };
        let (read, written): (Result<(), AdoptError>, Result<(), AdoptError>) =
            tokio::join!(reading, writing);
        written?;
        read?;
    }};
}

impl Store {
    /// Takes over what passbook does not know yet. `own` is this store's own database.
    pub async fn adopt(
        &self,
        legacy: &mut Legacy,
        own: &Database,
        options: &AdoptOptions,
    ) -> Result<Adopted, AdoptError> {
        let zone = legacy.expect_takeable(options).await?;
        let seen = serde_json::to_string(&legacy.seen().await?).expect("numbers are JSON");
        let accounts = legacy.accounts(&zone).await?;
        let expected = legacy.month_sums().await?;
        let by_hand = if options.by_hand { legacy.kept_by_hand().await? } else { Vec::new() };
        let place = legacy.place();
        let id = Uuid::now_v7().to_string();

        with_long_tx!(self, Result<Adopted, AdoptError>, |tx| {
            let now = tx.now().await?;
            sqlx::query(INSERT_ADOPTION)
                .bind(&id)
                .bind(&place)
                .bind(reached(&legacy.database, own))
                .bind(legacy.state.code())
                .bind((!legacy.revision.is_empty()).then(|| legacy.revision.join(" ")))
                .bind(&zone)
                .bind(options.test_rows)
                .bind(&seen)
                .bind(MADE_BY)
                .bind(now)
                .execute(&mut *tx)
                .await?;
            let facts = super::survey::known(&accounts);
            let mut taking = Taking::new(&id, now, options.test_rows, facts);
            let stored: Vec<(String, String, String)> =
                sqlx::query_as("select id, type, currency from pb_accounts")
                    .fetch_all(&mut *tx)
                    .await?;
            for (account, kind, currency) in stored {
                // One that a sync knows is as the bank describes it.
                let currency = Currency::parse(&currency).unwrap_or(Currency::NONE);
                taking.facts.add(&account, &kind, currency);
                taking.there.insert(account);
            }
            for account in accounts.iter().filter_map(|row| NewAccount::of(row, now)) {
                if map::is_test_account(&account.id) && !options.test_rows {
                    taking.adopted.left_out += 1;
                } else if taking.there.insert(account.id.clone()) {
                    insert_account!(tx, taking, &account);
                } else {
                    taking.adopted.known += 1;
                }
            }
            keep_all!(tx, taking, keep_transactions, |to| legacy.send_transactions(to));
            keep_all!(tx, taking, keep_balances, |to| legacy.send_balances(&zone, to));
            keep_by_hand!(tx, taking, &by_hand);
            taking.check(expected)?;
            for account in &taking.dirty {
                days::refresh_all!(tx, account);
            }
            if !taking.dirty.is_empty() {
                shown::derive_missing!(tx);
            }
            if let Some(what) = taking.kept.difference(&read_back!(tx, &id)) {
                return Err(AdoptError::Differs { what });
            }
            let counts = serde_json::to_string(&taking.adopted).expect("numbers are JSON");
            sqlx::query("update pb_adoptions set counts = $2 where id = $1")
                .bind(&id)
                .bind(&counts)
                .execute(&mut *tx)
                .await?;
            if taking.adopted.is_nothing() {
                // The same source again: what it was last seen to hold is all that is new.
                let again = sqlx::query(SEEN_AGAIN).bind(&place).bind(&id).bind(&seen);
                if again.execute(&mut *tx).await?.rows_affected() > 0 {
                    sqlx::query("delete from pb_adoptions where id = $1")
                        .bind(&id)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            Ok(taking.adopted)
        })
    }
}

/// How the source can be found again.
fn reached(source: &Database, own: &Database) -> &'static str {
    match source {
        source if source == own => "here",
        Database::Postgres(_) => "server",
        _ => "file",
    }
}

const INSERT_ADOPTION: &str = "
    insert into pb_adoptions (id, source, reached, state, revision, zone, test_rows, counts, seen,
        made_by, adopted_at)
    values ($1, $2, $3, $4, $5, $6, $7, '{}', $8, $9, $10)";

const SEEN_AGAIN: &str = "update pb_adoptions set seen = $3 where source = $1 and id <> $2";

/// Places within a day, for rows that come by date.
#[derive(Default)]
struct Places {
    day: Option<NaiveDate>,
    next: HashMap<String, i64>,
}

impl Places {
    fn next(&mut self, account: &str, day: NaiveDate) -> i64 {
        if self.day != Some(day) {
            self.day = Some(day);
            self.next.clear();
        }
        let next = self.next.entry(account.to_owned()).or_default();
        *next += 1;
        *next - 1
    }
}
