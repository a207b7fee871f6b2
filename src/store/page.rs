//! One page of the bank's rows, compared with what is stored and written in one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::Store;
use super::engine::with_tx;
use super::leases::{LeaseLost, renew};
use super::ledger::{ChangeWrite, PageKept, PageWrite, WriteError, log_changes};
use super::rows::insert_rows;
use super::shown::{Derived, OwnWords, join_own_words, own_words};
use super::{carry, days, rules, stamps};
use crate::domain::{Annotation, BankWords, Currency, Money, Rules, Transaction, TransactionId};
use crate::mutant::{self, Mutant};

/// The bank's facts of a row as they stand in the table.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
struct Facts {
    date: NaiveDate,
    amount: i64,
    currency: String,
    description: String,
    status: String,
    #[sqlx(rename = "type")]
    kind: String,
    running_balance: Option<i64>,
    category: Option<String>,
    counterparty: Option<String>,
    counterparty_type: Option<String>,
    processing_status: Option<String>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct StoredRow {
    id: TransactionId,
    seq: i64,
    life: String,
    strikes: i64,
    fence: i64,
    digest: i64,
    #[sqlx(flatten)]
    facts: Facts,
    #[sqlx(flatten)]
    own: OwnWords,
}

/// A row to be written as it now stands.
struct RowWrite<'a> {
    id: &'a TransactionId,
    facts: Facts,
    seq: i64,
    digest: i64,
    raw: &'a str,
    derived: Derived,
}

/// The difference between a page and the store.
#[derive(Default)]
struct PageDiff<'a> {
    writes: Vec<RowWrite<'a>>,
    changes: Vec<ChangeWrite>,
    /// Days whose sums change.
    days: BTreeSet<NaiveDate>,
    /// Rows listed again after they were replaced: their pairing is undone.
    returned: Vec<TransactionId>,
    kept: PageKept,
}

/// The rows of a page as they are stored.
macro_rules! load_stored {
    ($tx:ident, $page:expr) => {{
        let (account, page) = ($page.account_id, $page);
        let mut stored: HashMap<TransactionId, StoredRow> = HashMap::new();
        if !page.rows.is_empty() {
            let mut sql = sqlx::QueryBuilder::new(SELECT_STORED);
            sql.push_bind(account).push(" and t.id in (");
            let mut ids = sql.separated(", ");
            for row in &page.rows {
                ids.push_bind(&row.transaction.id);
            }
            sql.push(")");
            let rows: Vec<StoredRow> = sql.build_query_as().fetch_all(&mut *$tx).await?;
            stored.extend(rows.into_iter().map(|row| (row.id.clone(), row)));
        }
        stored
    }};
}

macro_rules! write_rows {
    ($tx:ident, $page:expr, $writes:expr, $now:expr) => {{
        let (account, page, now) = ($page.account_id, $page, $now);
        insert_rows!(
            $tx,
            INSERT_ROWS,
            $writes,
            |bind, row| bind
                .push_bind(account)
                .push_bind(row.id)
                .push_bind(row.facts.date)
                .push_bind(row.seq)
                .push_bind(row.facts.amount)
                .push_bind(&row.facts.currency)
                .push_bind(&row.facts.description)
                .push_bind(&row.facts.status)
                .push_bind(&row.facts.kind)
                .push_bind(row.facts.running_balance)
                .push_bind(&row.facts.category)
                .push_bind(&row.facts.counterparty)
                .push_bind(&row.facts.counterparty_type)
                .push_bind(&row.facts.processing_status)
                .push_bind("live")
                .push_bind(&row.facts.status)
                .push_bind(now)
                .push_bind(page.run_id)
                .push_bind(0_i64)
                .push_bind(0_i64)
                .push_bind(page.lease.fence)
                .push_bind(row.digest)
                .push_bind(&row.derived.words)
                .push_bind(&row.derived.shown.category)
                .push_bind(&row.derived.shown.merchant)
                .push_bind(row.derived.shown.merchant_key())
                .push_bind(&row.derived.tags)
                .push_bind(row.derived.shown.left_out),
            UPSERT_ROWS
        );
        insert_rows!(
            $tx,
            INSERT_RAW,
            $writes,
            |bind, row| bind
                .push_bind(account)
                .push_bind("transaction")
                .push_bind(row.id)
                .push_bind(row.raw)
                .push_bind(now),
            UPSERT_RAW
        );
    }};
}

/// Keeps unreadable rows; says how many are new.
macro_rules! quarantine {
    ($tx:ident, $page:expr, $now:expr) => {{
        let (account, page, now) = ($page.account_id, $page, $now);
        let before: i64 =
            sqlx::query_scalar(COUNT_QUARANTINE).bind(account).fetch_one(&mut *$tx).await?;
        insert_rows!(
            $tx,
            INSERT_QUARANTINE,
            page.unreadable,
            |bind, row| bind
                .push_bind(account)
                .push_bind(hex::encode(Sha256::digest(row.raw)))
                .push_bind(row.id)
                .push_bind(row.reason)
                .push_bind(row.raw)
                .push_bind(now)
                .push_bind(now),
            UPSERT_QUARANTINE
        );
        let after: i64 =
            sqlx::query_scalar(COUNT_QUARANTINE).bind(account).fetch_one(&mut *$tx).await?;
        after - before
    }};
}

/// A row that the bank lists well, changed or not, needs no place in quarantine.
macro_rules! resolve_quarantine {
    ($tx:ident, $page:expr, $now:expr) => {{
        let (account, page, now) = ($page.account_id, $page, $now);
        let aside: Vec<TransactionId> =
            sqlx::query_scalar(SELECT_ASIDE).bind(account).bind(now).fetch_all(&mut *$tx).await?;
        let listed: HashSet<&TransactionId> =
            page.rows.iter().map(|row| &row.transaction.id).collect();
        for id in aside.iter().filter(|id| listed.contains(id)) {
            let resolve = sqlx::query(RESOLVE_QUARANTINE).bind(account).bind(now).bind(id);
            resolve.execute(&mut *$tx).await?;
        }
    }};
}

impl Store {
    /// Writes what differs and nothing else: a page that brings no news is only read.
    pub async fn write_page(&self, page: &PageWrite<'_>) -> Result<PageKept, WriteError> {
        let account = page.account_id;
        let kept = with_tx!(self, |tx| {
            renew!(tx, page.lease);
            let now = tx.now().await?;
            let stored = load_stored!(tx, page);
            let rules = if page.rows.is_empty() { Rules::default() } else { rules::load!(tx) };
            let mut diff = compare(page, &stored, &rules)?;
            write_rows!(tx, page, diff.writes, now);
            for returned in &diff.returned {
                carry::undo!(tx, account, returned, now);
            }
            log_changes!(tx, account, page.run_id, now, diff.changes);
            stamps::renew!(tx, diff.writes.iter().map(|row| row.facts.date));
            if !page.unreadable.is_empty() {
                diff.kept.quarantined = quarantine!(tx, page, now);
            }
            resolve_quarantine!(tx, page, now);
            days::refresh!(tx, account, diff.days);
            if let Some((id, date)) = &page.cursor {
                sqlx::query("update pb_sync_state set cursor_id = $2, cursor_date = $3 where account_id = $1")
                    .bind(account)
                    .bind(id)
                    .bind(date)
                    .execute(&mut *tx)
                    .await?;
            }
            Ok(diff.kept)
        })?;
        Ok(kept)
    }
}

const SELECT_STORED: &str = concat!(
    "select t.id, t.seq, t.life, t.strikes, t.fence, t.digest, t.date, t.amount, t.currency,
        t.description, t.status, t.type, t.running_balance, t.category, t.counterparty,
        t.counterparty_type, t.processing_status, ",
    own_words!(),
    " from pb_transactions t",
    join_own_words!(),
    "where t.account_id = "
);

const INSERT_ROWS: &str = "
    insert into pb_transactions (account_id, id, date, seq, amount, currency, description, status,
        type, running_balance, category, counterparty, counterparty_type, processing_status,
        life, born, first_seen_at, first_run, recheck, strikes, fence, digest, words,
        shown_category, merchant, merchant_key, tags, left_out) ";

const UPSERT_ROWS: &str = "
    on conflict (account_id, id) do update set
        date = excluded.date, seq = excluded.seq, amount = excluded.amount,
        currency = excluded.currency, description = excluded.description,
        status = excluded.status, type = excluded.type,
        running_balance = excluded.running_balance, category = excluded.category,
        counterparty = excluded.counterparty, counterparty_type = excluded.counterparty_type,
        processing_status = excluded.processing_status, life = 'live', replaced_by = null,
        gone_at = null, gone_run = null, recheck = 0, strikes = 0, fence = excluded.fence,
        digest = excluded.digest, words = excluded.words,
        shown_category = excluded.shown_category, merchant = excluded.merchant,
        merchant_key = excluded.merchant_key, tags = excluded.tags, left_out = excluded.left_out
    where pb_transactions.fence <= excluded.fence";

const INSERT_RAW: &str = "insert into pb_raw_replies (account_id, kind, id, body, received_at) ";

const UPSERT_RAW: &str = "
    on conflict (account_id, kind, id) do update set
        body = excluded.body, received_at = excluded.received_at";

const COUNT_QUARANTINE: &str =
    "select count(*) from pb_quarantine where account_id = $1 and resolved_at is null";

const INSERT_QUARANTINE: &str = "
    insert into pb_quarantine
        (account_id, digest, transaction_id, reason, body, first_seen_at, last_seen_at) ";

const UPSERT_QUARANTINE: &str = "
    on conflict (account_id, digest) do update set
        reason = excluded.reason, last_seen_at = excluded.last_seen_at, resolved_at = null";

/// One listed well and ill at once, in the same second, stays.
const SELECT_ASIDE: &str = "
    select distinct transaction_id from pb_quarantine
    where account_id = $1 and resolved_at is null and last_seen_at < $2
        and transaction_id is not null";

const RESOLVE_QUARANTINE: &str = "
    update pb_quarantine set resolved_at = $2
    where account_id = $1 and resolved_at is null and last_seen_at < $2 and transaction_id = $3";

fn compare<'a>(
    page: &PageWrite<'a>,
    stored: &HashMap<TransactionId, StoredRow>,
    rules: &Rules,
) -> Result<PageDiff<'a>, LeaseLost> {
    let mut diff = PageDiff::default();
    for row in &page.rows {
        let id = &row.transaction.id;
        let (facts, digest) = (Facts::of(row.transaction), digest(row.raw));
        let Some(old) = stored.get(id) else {
            diff.days.insert(facts.date);
            diff.kept.inserted.push(id.clone());
            let derived = Derived::of(facts.words(), &Annotation::default(), rules);
            diff.writes.push(RowWrite { id, facts, seq: row.seq, digest, raw: row.raw, derived });
            continue;
        };
        if old.fence > page.lease.fence {
            return Err(LeaseLost);
        }
        let live = old.life == "live";
        // Posted stays posted on the word of a list.
        let reverted = old.facts.status == "posted" && facts.status == "pending";
        let reverted = reverted && !mutant::is(Mutant::PostedToPending);
        let facts = if reverted { old.facts.clone() } else { facts };
        let same = facts == old.facts && (reverted || digest == old.digest);
        if live && old.strikes == 0 && same {
            continue;
        }
        if !live {
            let back = ("back", Some(old.life.clone()), Some("live".to_owned()));
            diff.changes.push(change(id, back));
            diff.kept.returned.push(id.clone());
            if old.life == "replaced" {
                diff.returned.push(id.clone());
            }
        }
        if !live || old.facts.sums() != facts.sums() {
            diff.days.extend([old.facts.date, facts.date]);
        }
        diff.count(old, &facts);
        diff.changes.extend(old.facts.changes(&facts).into_iter().map(|entry| change(id, entry)));
        let seq = if old.facts.date == facts.date { old.seq } else { row.seq };
        let derived = Derived::of(facts.words(), &old.own.clone().into(), rules);
        diff.writes.push(RowWrite { id, facts, seq, digest, raw: row.raw, derived });
    }
    Ok(diff)
}

impl PageDiff<'_> {
    /// Enrichment alone is not a change a person would call one.
    fn count(&mut self, old: &StoredRow, new: &Facts) {
        if old.facts.status == "pending" && new.status == "posted" {
            self.kept.settled += 1;
        } else if (old.facts.sums(), &old.facts.description) != (new.sums(), &new.description) {
            self.kept.changed += 1;
        }
    }
}

type ChangeEntry = (&'static str, Option<String>, Option<String>);

fn change(id: &TransactionId, (field, old, new): ChangeEntry) -> ChangeWrite {
    ChangeWrite { transaction_id: id.clone(), field, old, new }
}

impl Facts {
    fn of(row: &Transaction) -> Self {
        Self {
            date: row.date,
            amount: row.amount.minor,
            currency: row.amount.currency.code().to_owned(),
            description: row.description.clone(),
            status: row.status.as_str().to_owned(),
            kind: row.kind.clone(),
            running_balance: row.running_balance.map(|balance| balance.minor),
            category: row.category.clone(),
            counterparty: row.counterparty.clone(),
            counterparty_type: row.counterparty_type.clone(),
            processing_status: row.processing_status.clone(),
        }
    }

    fn words(&self) -> BankWords<'_> {
        BankWords {
            description: &self.description,
            counterparty: self.counterparty.as_deref(),
            category: self.category.as_deref(),
            amount: self.money(self.amount),
        }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, Currency::parse(&self.currency).unwrap_or(Currency::NONE))
    }

    /// What the sums of a day depend on.
    fn sums(&self) -> (NaiveDate, i64, &str, &str) {
        (self.date, self.amount, &self.currency, &self.status)
    }

    /// Every fact that is not what it was. A fact first told later loses nothing, so it leaves no
    /// trace.
    fn changes(&self, new: &Self) -> Vec<ChangeEntry> {
        let money = |facts: &Self, minor| facts.money(minor).to_string();
        let text = |text: &str| Some(text.to_owned());
        let entries = [
            ("status", text(&self.status), text(&new.status)),
            ("date", text(&self.date.to_string()), text(&new.date.to_string())),
            ("amount", Some(money(self, self.amount)), Some(money(new, new.amount))),
            ("currency", text(&self.currency), text(&new.currency)),
            ("description", text(&self.description), text(&new.description)),
            ("type", text(&self.kind), text(&new.kind)),
            (
                "running_balance",
                self.running_balance.map(|minor| money(self, minor)),
                new.running_balance.map(|minor| money(new, minor)),
            ),
            ("category", self.category.clone(), new.category.clone()),
            ("counterparty", self.counterparty.clone(), new.counterparty.clone()),
            ("counterparty_type", self.counterparty_type.clone(), new.counterparty_type.clone()),
            ("processing_status", self.processing_status.clone(), new.processing_status.clone()),
        ];
        entries.into_iter().filter(|(_, old, new)| old.is_some() && old != new).collect()
    }
}

pub(super) fn digest(raw: &str) -> i64 {
    let hash = Sha256::digest(raw);
    i64::from_be_bytes(hash[..8].try_into().expect("a hash is longer than eight bytes"))
}
