//! How a verdict is written, and how far a sync is: each in one transaction.

use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use color_eyre::eyre::WrapErr;

use super::carry::carry;
use super::engine::with_tx;
use super::leases::{Lease, renew};
use super::ledger::{ChangeWrite, SyncState, Verdict, WriteError, log_changes};
use super::rows::ROWS_A_STATEMENT;
use super::{Store, days, words};
use crate::domain::{AccountId, Annotation, Pair, TransactionId};
use crate::mutant::{self, Mutant};

/// How often a vanished pending is looked for again.
const RECHECKS: i64 = 2;

macro_rules! write_state {
    ($tx:ident, $account:expr, $state:expr) => {{
        let state: &SyncState = $state;
        let (cursor_id, cursor_date) = state.cursor.clone().unzip();
        sqlx::query(
            "insert into pb_sync_state (account_id, head, cursor_id, cursor_date, done,
                suspect_since, suspect_digest, empty_seen, audit_due, opening, judged_at, full_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            on conflict (account_id) do update set
                head = excluded.head, cursor_id = excluded.cursor_id,
                cursor_date = excluded.cursor_date, done = excluded.done,
                suspect_since = excluded.suspect_since, suspect_digest = excluded.suspect_digest,
                empty_seen = excluded.empty_seen, audit_due = excluded.audit_due,
                opening = excluded.opening, judged_at = excluded.judged_at, full_at = excluded.full_at",
        )
        .bind($account)
        .bind(state.head)
        .bind(cursor_id)
        .bind(cursor_date)
        .bind(state.done)
        .bind(state.suspect_since)
        .bind(&state.suspect_digest)
        .bind(state.empty_seen)
        .bind(state.audit_due)
        .bind(state.opening)
        .bind(state.judged_at)
        .bind(state.full_at)
        .execute(&mut *$tx)
        .await?;
    }};
}

impl Store {
    /// Writes a verdict; returns the pairs that were made. A pair that was made or parted by hand
    /// since the rows were read is none of them: that word stands.
    pub async fn apply_verdict(
        &self,
        lease: &Lease,
        account: &AccountId,
        run_id: &str,
        verdict: &Verdict,
    ) -> Result<Vec<Pair>, WriteError> {
        let made = with_tx!(self, |tx| {
            renew!(tx, lease);
            let now = tx.now().await?;
            let mut dates: BTreeSet<NaiveDate> = BTreeSet::new();
            let mut left: Vec<&TransactionId> = Vec::new();
            let pending = (&verdict.gone, "gone", RECHECKS);
            let posted = (&verdict.withdrawn, "gone", 0);
            for (ids, life, recheck) in [pending, posted] {
                for id in ids {
                    let date: Option<NaiveDate> = sqlx::query_scalar(LEAVE)
                        .bind(account)
                        .bind(id)
                        .bind(life)
                        .bind(recheck)
                        .bind(now)
                        .bind(run_id)
                        .fetch_optional(&mut *tx)
                        .await?;
                    dates.extend(date);
                    left.extend(date.map(|_| id));
                }
            }
            for id in &verdict.gone {
                sqlx::query(REJOIN).bind(account).bind(id).execute(&mut *tx).await?;
            }
            let mut made: Vec<Pair> = Vec::new();
            if mutant::is(Mutant::HardDelete) {
                sqlx::query(FORGET).bind(account).execute(&mut *tx).await?;
            }
            for pair in &verdict.pairs {
                let date: Option<NaiveDate> = sqlx::query_scalar(REPLACE)
                    .bind(account)
                    .bind(&pair.gone)
                    .bind(&pair.came)
                    .bind(now)
                    .bind(run_id)
                    .bind(pair.tier)
                    .fetch_optional(&mut *tx)
                    .await?;
                let Some(date) = date else { continue };
                dates.insert(date);
                made.push(pair.clone());
                let from = words::of!(tx, account, &pair.gone);
                let to = words::of!(tx, account, &pair.came);
                let nothing = Annotation::default();
                let (words, carried) =
                    carry(if mutant::is(Mutant::NoCarry) { &nothing } else { &from }, &to);
                words::write!(tx, account, &pair.came, &to, &words, now);
                let carried =
                    serde_json::to_string(&carried).wrap_err("writing what was carried")?;
                sqlx::query(LINK)
                    .bind(account)
                    .bind(&pair.gone)
                    .bind(&pair.came)
                    .bind(pair.tier)
                    .bind(now)
                    .bind(carried)
                    .execute(&mut *tx)
                    .await?;
            }
            for id in &verdict.struck {
                sqlx::query(STRIKE).bind(account).bind(id).execute(&mut *tx).await?;
            }
            for id in &verdict.rechecked {
                sqlx::query(RECHECK).bind(account).bind(id).execute(&mut *tx).await?;
            }
            for chunk in verdict.resequenced.chunks(ROWS_A_STATEMENT) {
                let mut sql = sqlx::QueryBuilder::new("with places (id, seq) as (");
                sql.push_values(chunk, |mut bind, (id, seq)| {
                    bind.push_bind(id).push_bind(*seq);
                });
                sql.push(
                    ") update pb_transactions set seq = places.seq from places
                    where pb_transactions.id = places.id and pb_transactions.account_id = ",
                );
                sql.push_bind(account).build().execute(&mut *tx).await?;
            }
            let changes = changes(&left, &made);
            log_changes!(tx, account, run_id, now, changes);
            days::refresh!(tx, account, dates);
            write_state!(tx, account, &verdict.state);
            Ok(made)
        })?;
        Ok(made)
    }

    pub async fn write_sync_state(
        &self,
        lease: &Lease,
        account: &AccountId,
        state: &SyncState,
    ) -> Result<(), WriteError> {
        with_tx!(self, |tx| {
            renew!(tx, lease);
            write_state!(tx, account, state);
            Ok(())
        })?;
        Ok(())
    }

    /// The end of the list was proven: nothing older is left to fill in.
    pub async fn finish_back_fill(
        &self,
        lease: &Lease,
        account: &AccountId,
        audit_due: bool,
    ) -> Result<(), WriteError> {
        const SQL: &str = "
            update pb_sync_state
            set done = true, cursor_id = null, cursor_date = null, full_at = $2,
                audit_due = (audit_due or $3)
            where account_id = $1";
        with_tx!(self, |tx| {
            renew!(tx, lease);
            let now = tx.now().await?;
            sqlx::query(SQL).bind(account).bind(now).bind(audit_due).execute(&mut *tx).await?;
            Ok(())
        })?;
        Ok(())
    }
}

const LEAVE: &str = "
    update pb_transactions
    set life = $3, recheck = $4, strikes = 0, gone_at = $5, gone_run = $6
    where account_id = $1 and id = $2 and life = 'live' returning date";

/// What a mutant does, and nobody else.
const FORGET: &str = "delete from pb_transactions where account_id = $1 and life = 'gone'";

/// A row that the user has paired is what it was paired with again, once the bank lists it no more:
/// unless another has taken that place meanwhile.
const REJOIN: &str = "
    update pb_transactions
    set life = 'replaced', recheck = 0, replaced_by = (
        select l.posted_id from pb_links l
        where l.account_id = $1 and l.pending_id = $2 and l.made_by = 'hand' and not l.parted)
    where account_id = $1 and id = $2 and life = 'gone' and exists (
        select 1 from pb_links l
        where l.account_id = $1 and l.pending_id = $2 and l.made_by = 'hand' and not l.parted
            and not exists (
                select 1 from pb_transactions t
                where t.account_id = $1 and t.life = 'replaced' and t.life <> 'live'
                    and t.replaced_by = l.posted_id))";

/// One vanished charge becomes one posted row; that row's own earlier ids come besides.
const REPLACE: &str = "
    update pb_transactions
    set life = 'replaced', replaced_by = $3, recheck = 0, strikes = 0,
        gone_at = coalesce(gone_at, $4), gone_run = coalesce(gone_run, $5)
    where account_id = $1 and id = $2 and life <> 'replaced'
        and not exists (
            select 1 from pb_links l
            where l.account_id = $1 and l.posted_id = $3
                and (l.pending_id = $2 or (not l.parted and $6 > 0)))
    returning date";

const LINK: &str = "
    insert into pb_links
        (account_id, pending_id, posted_id, tier, made_by, parted, made_at, carried)
    values ($1, $2, $3, $4, 'sync', false, $5, $6)
    on conflict (account_id, pending_id, posted_id) do nothing";

const STRIKE: &str =
    "update pb_transactions set strikes = strikes + 1 where account_id = $1 and id = $2";

const RECHECK: &str = "
    update pb_transactions set recheck = recheck - 1
    where account_id = $1 and id = $2 and life = 'gone' and recheck > 0";

fn changes(left: &[&TransactionId], made: &[Pair]) -> Vec<ChangeWrite> {
    let paired: HashSet<&TransactionId> = made.iter().map(|pair| &pair.gone).collect();
    let gone = left.iter().filter(|id| !paired.contains(*id)).map(|id| ChangeWrite {
        transaction_id: (*id).clone(),
        field: "gone",
        old: Some("live".to_owned()),
        new: Some("gone".to_owned()),
    });
    let moved = |Pair { gone, came, .. }: &Pair| ChangeWrite {
        transaction_id: came.clone(),
        field: "id",
        old: Some(gone.to_string()),
        new: Some(came.to_string()),
    };
    gone.chain(made.iter().map(moved)).collect()
}
