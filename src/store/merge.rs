//! Two accounts that are one, under an old id and a new one: joined by the user's word only.
//!
//! For each date, amount, text and status there are as many rows afterwards as the account with
//! more of them had: never the sum. What the new id has too stays with the old one, out of every
//! list; what it lacks moves over. Words follow both ways, and nothing is deleted.

mod repaired;
mod transfers;
mod undo;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use color_eyre::Result;
use color_eyre::eyre::{Report, WrapErr as _};

use super::carry::carry;
use super::edits::rows::follow;
use super::engine::{with_db, with_tx};
use super::leases::{Lease, LeaseLost, renew};
use super::ledger::{ChangeWrite, log_changes};
use super::pairs::BY_HAND;
use super::retiring::{LEFT, Left, retire};
use super::rows::ROWS_A_STATEMENT;
use super::trace::{Ends, Trace, Transfer};
use super::{Store, days, repairs, shown, words};
use crate::domain::{AccountId, EnrollmentId, Former, Joined, TransactionId, TransactionKey};
use transfers::follow_transfers;

/// Why two accounts were not joined, or the question not answered; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    #[error("there is no account {0}")]
    Unknown(AccountId),
    #[error("{0} was not taken for another account: there is nothing to answer")]
    NotAsked(AccountId),
    #[error("the history of {0} is not read to its end yet: sync until it is, then join them")]
    Unread(AccountId),
    #[error("a sync of one of the two is under way: try again when it has ended")]
    Busy,
    #[error("there is no repair of {0} to undo")]
    NoRepair(EnrollmentId),
    #[error("{0:#}")]
    Store(Report),
}

impl From<Report> for MergeError {
    fn from(report: Report) -> Self {
        match report.downcast() {
            Ok(known) => known,
            Err(report) if report.is::<LeaseLost>() => Self::Busy,
            Err(report) => Self::Store(report),
        }
    }
}

/// The two, as far as joining looks at them.
#[derive(sqlx::FromRow)]
struct Sides {
    duplicate_of: Option<AccountId>,
    enrollment_id: EnrollmentId,
    old_enrollment: Option<EnrollmentId>,
    done: bool,
}

/// What the next statements change, as it is before them.
macro_rules! remember {
    ($tx:ident, $old:expr, $new:expr, $trace:ident, $replaced:ident) => {{
        let gone: Vec<TransactionId> =
            sqlx::query_scalar(MERGED).bind($old).fetch_all(&mut *$tx).await?;
        let gone: HashSet<TransactionId> = gone.into_iter().collect();
        $trace.followed = $replaced.into_iter().filter(|id| gone.contains(id)).collect();
        $trace.moved = sqlx::query_as(MOVING).bind($old).fetch_all(&mut *$tx).await?;
        $trace.words_before = sqlx::query_as(WORDS).bind($new).fetch_optional(&mut *$tx).await?;
        let snapshots = sqlx::query_as(SNAPSHOTS).bind($old).bind($new);
        $trace.snapshots = snapshots.fetch_all(&mut *$tx).await?;
        let repointed = sqlx::query_scalar(REPOINTED).bind($old).bind($new);
        $trace.repointed = repointed.fetch_all(&mut *$tx).await?;
    }};
}

macro_rules! mark_twins {
    ($tx:ident, $old:expr, $twins:expr) => {
        for chunk in $twins.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new("with twins (gone, came) as (");
            sql.push_values(chunk, |mut bind, (gone, came)| {
                bind.push_bind(gone).push_bind(came);
            });
            sql.push(
                ") update pb_transactions set life = 'merged', replaced_by = twins.came
                from twins
                where pb_transactions.id = twins.gone and pb_transactions.account_id = ",
            );
            sql.push_bind($old).build().execute(&mut *$tx).await?;
        }
    };
}

impl Store {
    /// The account is another one than the one it looks like. It is not asked again.
    pub async fn keep_apart(&self, account: &AccountId) -> Result<(), MergeError> {
        const SQL: &str = "update pb_accounts set duplicate_of = null where id = $1";
        self.load_sides(account).await?;
        with_tx!(self, |tx| {
            sqlx::query(SQL).bind(account).execute(&mut *tx).await?;
            Ok(())
        })?;
        Ok(())
    }

    /// Joins the account that this one looks like with it: its rows, words and balances are found
    /// under this id from now on. Neither may be in a sync meanwhile.
    pub async fn merge_account(&self, account: &AccountId) -> Result<Joined, MergeError> {
        let (old, sides) = self.load_sides(account).await?;
        if !sides.done {
            return Err(MergeError::Unread(account.clone()));
        }
        let scopes: BTreeSet<EnrollmentId> =
            [Some(sides.enrollment_id), sides.old_enrollment].into_iter().flatten().collect();
        let mut leases = Vec::new();
        let mut free = true;
        for scope in &scopes {
            match self.take_lease(scope.as_str(), BY_HAND).await? {
                Some(lease) => leases.push(lease),
                None => free = false,
            }
        }
        let joined = if free {
            self.merge_under(&leases, &old, account).await
        } else {
            Err(MergeError::Busy)
        };
        for lease in &leases {
            self.release_lease(lease).await?;
        }
        joined
    }

    /// The account that this one looks like, and what is known of both.
    async fn load_sides(&self, account: &AccountId) -> Result<(AccountId, Sides), MergeError> {
        let sides: Option<Sides> =
            with_db!(self, |db| sqlx::query_as(SIDES).bind(account).fetch_optional(db).await)
                .wrap_err("loading two accounts that may be one")?;
        let mut sides = sides.ok_or_else(|| MergeError::Unknown(account.clone()))?;
        let old = sides.duplicate_of.take();
        Ok((old.ok_or_else(|| MergeError::NotAsked(account.clone()))?, sides))
    }

    async fn merge_under(
        &self,
        leases: &[Lease],
        old: &AccountId,
        new: &AccountId,
    ) -> Result<Joined, MergeError> {
        let joined = with_tx!(self, |tx| {
            for lease in leases {
                renew!(tx, lease);
            }
            let asked: bool =
                sqlx::query_scalar(ASKED).bind(old).bind(new).fetch_one(&mut *tx).await?;
            if !asked {
                return Err(MergeError::NotAsked(new.clone()).into());
            }
            let now = tx.now().await?;
            let twins: Vec<(TransactionId, TransactionId)> =
                sqlx::query_as(TWINS).bind(old).bind(new).fetch_all(&mut *tx).await?;
            let same: Vec<(TransactionId, String, Option<TransactionId>)> =
                sqlx::query_as(SAME).bind(old).bind(new).fetch_all(&mut *tx).await?;
            let replaced: Vec<TransactionId> =
                sqlx::query_scalar(REPLACED).bind(old).bind(new).fetch_all(&mut *tx).await?;
            let mut trace = Trace { at: now, same, ..Trace::default() };

            let noted: HashSet<TransactionId> = sqlx::query_scalar(NOTED)
                .bind(old)
                .fetch_all(&mut *tx)
                .await?
                .into_iter()
                .collect();
            let there: HashMap<&TransactionId, &TransactionId> = twins
                .iter()
                .map(|(gone, came)| (gone, came))
                .chain(trace.same.iter().map(|(id, _, _)| (id, id)))
                .collect();
            for id in &noted {
                let Some(came) = there.get(id) else { continue };
                let from = words::of!(tx, old, id);
                let to = words::of!(tx, new, *came);
                let (words, carried) = carry(&from, &to);
                words::write!(tx, new, *came, &to, &words, now);
                trace.carried.push(((*came).clone(), carried));
            }

            mark_twins!(tx, old, twins);
            sqlx::query(MERGE_SAME).bind(old).bind(new).execute(&mut *tx).await?;
            // What became such a row goes with it, however long the chain.
            loop {
                let followed = sqlx::query(MERGE_BEFORE).bind(old).execute(&mut *tx).await?;
                if followed.rows_affected() == 0 {
                    break;
                }
            }

            remember!(tx, old, new, trace, replaced);
            let dates: Vec<NaiveDate> =
                sqlx::query_scalar(DAYS).bind(old).fetch_all(&mut *tx).await?;
            let moved = sqlx::query(MOVE).bind(old).bind(new).bind(now).execute(&mut *tx).await?;
            for sql in FOLLOW {
                sqlx::query(sql).bind(old).bind(new).execute(&mut *tx).await?;
            }
            sqlx::query("delete from pb_days where account_id = $1")
                .bind(old)
                .execute(&mut *tx)
                .await?;
            days::refresh!(tx, new, dates);
            let changes: Vec<ChangeWrite> = twins
                .iter()
                .map(|(gone, came)| ChangeWrite {
                    transaction_id: came.clone(),
                    field: "id",
                    old: Some(gone.to_string()),
                    new: Some(came.to_string()),
                })
                .collect();
            log_changes!(tx, new, BY_HAND, now, changes);
            for sql in ANSWERED {
                sqlx::query(sql).bind(old).bind(new).execute(&mut *tx).await?;
            }
            follow_transfers!(tx, old, new, trace);
            let left: Option<Left> =
                sqlx::query_as(LEFT).bind(old).bind(new).fetch_optional(&mut *tx).await?;
            if let Some(left) = left.as_ref().filter(|left| left.accounts == 0) {
                trace.retired = retire!(tx, &left.id, now);
            }
            sqlx::query(AUDIT).bind(new).execute(&mut *tx).await?;
            shown::derive_account!(tx, new);
            trace.words_after = sqlx::query_as(WORDS).bind(new).fetch_optional(&mut *tx).await?;
            let known = twins.len() + trace.same.len();
            let enrollment: EnrollmentId =
                sqlx::query_scalar(STANDS).bind(new).fetch_one(&mut *tx).await?;
            trace.twins = twins.into_iter().map(|(gone, _)| gone).collect();
            repairs::record!(tx, old, new, trace, now);
            Ok(Joined {
                old: old.clone(),
                known: u64::try_from(known).unwrap_or(u64::MAX),
                moved: moved.rows_affected(),
                enrollment,
                former: left.map(Former::from),
            })
        })?;
        Ok(joined)
    }
}

const SIDES: &str = "
    select a.duplicate_of, a.enrollment_id, o.enrollment_id as old_enrollment,
        coalesce(s.done, false) as done
    from pb_accounts a
        left join pb_accounts o on o.id = a.duplicate_of
        left join pb_sync_state s on s.account_id = a.id
    where a.id = $1 and a.merged_into is null";

const STANDS: &str = "select enrollment_id from pb_accounts where id = $1";

/// Somebody else may have answered since.
const ASKED: &str = "select count(*) > 0 from pb_accounts where id = $2 and duplicate_of = $1";

/// The k-th of some equal rows under the old id and the k-th under the new one.
const TWINS: &str = "
    with
        old as (
            select o.id, o.date, o.amount, o.description, o.status, row_number() over (
                partition by o.date, o.amount, o.description, o.status
                order by o.seq desc, o.id) as place
            from pb_transactions o
            where o.account_id = $1 and o.life = 'live' and not exists (
                select 1 from pb_transactions s where s.account_id = $2 and s.id = o.id)),
        new as (
            select n.id, n.date, n.amount, n.description, n.status, row_number() over (
                partition by n.date, n.amount, n.description, n.status
                order by n.seq desc, n.id) as place
            from pb_transactions n
            where n.account_id = $2 and n.life = 'live' and not exists (
                select 1 from pb_transactions s where s.account_id = $1 and s.id = n.id))
    select old.id as gone, new.id as came
    from old join new on new.date = old.date and new.amount = old.amount
        and new.description = old.description and new.status = old.status
        and new.place = old.place
    order by old.id";

/// A bank may keep the ids of rows when that of their account changes.
const SAME: &str = "
    select o.id, o.life, o.replaced_by from pb_transactions o
        join pb_transactions n on n.account_id = $2 and n.id = o.id
    where o.account_id = $1";

/// Those of which the next statements may make merged ones.
const REPLACED: &str = "
    select o.id from pb_transactions o
    where o.account_id = $1 and o.life = 'replaced' and not exists (
        select 1 from pb_transactions n where n.account_id = $2 and n.id = o.id)";

const MERGED: &str = "select id from pb_transactions where account_id = $1 and life = 'merged'";

const MOVING: &str = "
    select id, life, replaced_by, recheck, strikes, gone_at, merged_from from pb_transactions
    where account_id = $1 and life <> 'merged'";

const WORDS: &str = "select name, position, hidden from pb_account_words where account_id = $1";

/// Those that the next statements copy.
const SNAPSHOTS: &str = "
    select s.observed_at from pb_balance_snapshots s
    where s.account_id = $1 and not exists (
        select 1 from pb_balance_snapshots n
        where n.account_id = $2 and n.observed_at <= s.observed_at)";

const REPOINTED: &str = "select id from pb_accounts where duplicate_of = $1 and id <> $2";

const NOTED: &str = "
    select transaction_id from pb_annotations where account_id = $1
    union select transaction_id from pb_tags where account_id = $1";

const MERGE_SAME: &str = "
    update pb_transactions set life = 'merged', replaced_by = id
    where account_id = $1 and exists (
        select 1 from pb_transactions n where n.account_id = $2 and n.id = pb_transactions.id)";

const MERGE_BEFORE: &str = "
    update pb_transactions set life = 'merged'
    where account_id = $1 and life = 'replaced' and exists (
        select 1 from pb_transactions s
        where s.account_id = $1 and s.id = pb_transactions.replaced_by and s.life = 'merged')";

const DAYS: &str =
    "select distinct date from pb_transactions where account_id = $1 and life = 'live'";

/// A pending row does not settle under the old id any more: the next walk looks for what it became.
const MOVE: &str = "
    update pb_transactions set account_id = $2, merged_from = $1, fence = 0, strikes = 0,
        recheck = case when life = 'live' and status <> 'posted' then 2 else recheck end,
        gone_at = case when life = 'live' and status <> 'posted' then $3 else gone_at end,
        life = case when life = 'live' and status <> 'posted' then 'gone' else life end
    where account_id = $1 and life <> 'merged'";

/// What is told of rows that have moved goes with them: under the old id only the others are left.
macro_rules! follow {
    ($table:literal, $id:literal) => {
        concat!(
            "update ",
            $table,
            " set account_id = $2
            where account_id = $1 and not exists (
                select 1 from pb_transactions t
                where t.account_id = $1 and t.id = ",
            $table,
            ".",
            $id,
            ")"
        )
    };
}

const FOLLOW: [&str; 7] = [
    concat!(follow!("pb_raw_replies", "id"), " and kind = 'transaction'"),
    follow!("pb_transaction_changes", "transaction_id"),
    follow!("pb_annotations", "transaction_id"),
    follow!("pb_tags", "transaction_id"),
    follow!("pb_links", "pending_id"),
    // Balances of before the new id was known.
    "insert into pb_balance_snapshots (account_id, observed_at, ledger, available, currency)
    select $2, s.observed_at, s.ledger, s.available, s.currency
    from pb_balance_snapshots s
    where s.account_id = $1 and not exists (
        select 1 from pb_balance_snapshots n
        where n.account_id = $2 and n.observed_at <= s.observed_at)",
    // What the user calls the account, and where it stands.
    "insert into pb_account_words (account_id, name, position, hidden, edited_at)
    select $2, w.name, w.position, w.hidden, w.edited_at
    from pb_account_words w where w.account_id = $1
    on conflict (account_id) do update set
        name = coalesce(pb_account_words.name, excluded.name),
        position = coalesce(pb_account_words.position, excluded.position)",
];

const ANSWERED: [&str; 2] = [
    "update pb_accounts set merged_into = $2, duplicate_of = null where id = $1",
    "update pb_accounts set duplicate_of = case when id = $2 then null else $2 end
    where duplicate_of = $1",
];

/// What stood before the first row is another sum now: the next full walk finds it.
const AUDIT: &str =
    "update pb_sync_state set opening = null, audit_due = true where account_id = $1";
