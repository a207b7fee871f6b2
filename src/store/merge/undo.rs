//! Taking two accounts apart again, as they were before they were joined: what the user has written
//! since, and what the bank has sent since, stays.

use std::collections::BTreeSet;

use color_eyre::Result;

use super::transfers::part_transfers;
use super::{AUDIT, MergeError};
use crate::domain::{AccountId, EnrollmentId, TransactionKey};
use crate::store::edits::rows::follow;
use crate::store::engine::with_tx;
use crate::store::leases::{Lease, renew};
use crate::store::pairs::BY_HAND;
use crate::store::retiring::{RETIREMENTS, Retired, bring_back};
use crate::store::rows::ROWS_A_STATEMENT;
use crate::store::trace::{AccountWords, Ends, Trace, Transfer};
use crate::store::{Store, carry, days, repairs, shown, words};

/// One statement for each few hundred ids, its text ending where the list begins.
macro_rules! each_of {
    ($tx:ident, $ids:expr, |$sql:ident| $begin:expr, $after:expr) => {
        for chunk in $ids.chunks(ROWS_A_STATEMENT) {
            let mut $sql = sqlx::QueryBuilder::new("");
            $begin;
            $sql.push(" in (");
            let mut list = $sql.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            $sql.push(")");
            $sql.push($after);
            $sql.build().execute(&mut *$tx).await?;
        }
    };
}

/// The rows of the old account go back as they were, and those of the new one give back what they
/// took over.
macro_rules! part {
    ($tx:ident, $old:expr, $new:expr, $trace:expr, $now:expr) => {{
        let (old, new): (&AccountId, &AccountId) = ($old, $new);
        let (trace, now): (&Trace, _) = ($trace, $now);
        // What settled under the new id since then gives back the words of the charge it was.
        for row in trace.moved.iter().filter(|row| row.life == "live") {
            carry::undo!($tx, new, &row.id, now);
        }
        for chunk in trace.moved.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new(
                "with back (id, life, replaced_by, recheck, strikes, gone_at, merged_from) as (",
            );
            sql.push_values(chunk, |mut bind, row| {
                bind.push_bind(&row.id)
                    .push_bind(&row.life)
                    .push_bind(&row.replaced_by)
                    .push_bind(row.recheck)
                    .push_bind(row.strikes)
                    .push_bind(row.gone_at)
                    .push_bind(&row.merged_from);
            });
            sql.push(
                ") update pb_transactions set life = back.life, replaced_by = back.replaced_by,
                    recheck = back.recheck, strikes = back.strikes, gone_at = back.gone_at,
                    merged_from = back.merged_from, fence = 0, account_id = ",
            );
            sql.push_bind(old);
            sql.push(
                " from back where pb_transactions.id = back.id and pb_transactions.account_id = ",
            );
            sql.push_bind(new).build().execute(&mut *$tx).await?;
        }
        let moved: Vec<_> = trace.moved.iter().map(|row| &row.id).collect();
        for (table, column, more) in FOLLOWERS {
            each_of!(
                $tx,
                moved,
                |sql| sql
                    .push("update ")
                    .push(table)
                    .push(" set account_id = ")
                    .push_bind(old)
                    .push(" where account_id = ")
                    .push_bind(new)
                    .push(" and ")
                    .push(column),
                more
            );
        }
        let twins: Vec<_> = trace.twins.iter().collect();
        each_of!(
            $tx,
            twins,
            |sql| sql
                .push("update pb_transactions set life = 'live', replaced_by = null")
                .push(" where life = 'merged' and account_id = ")
                .push_bind(old)
                .push(" and id"),
            ""
        );
        let followed: Vec<_> = trace.followed.iter().collect();
        each_of!(
            $tx,
            followed,
            |sql| sql
                .push("update pb_transactions set life = 'replaced' where account_id = ")
                .push_bind(old)
                .push(" and id"),
            ""
        );
        for (id, life, replaced_by) in &trace.same {
            let same = sqlx::query(SAME).bind(old).bind(id).bind(life).bind(replaced_by);
            same.execute(&mut *$tx).await?;
        }
        for (id, carried) in &trace.carried {
            let before = words::of!($tx, new, id);
            let words = carry::take_back(&before, carried);
            words::write!($tx, new, id, &before, &words, now);
        }
        for snapshot in &trace.snapshots {
            let forget = sqlx::query(SNAPSHOT).bind(new).bind(snapshot.observed_at);
            forget.execute(&mut *$tx).await?;
        }
        let words: Option<AccountWords> =
            sqlx::query_as(super::WORDS).bind(new).fetch_optional(&mut *$tx).await?;
        // Not what the user has said since.
        if words == trace.words_after {
            match &trace.words_before {
                Some(before) => {
                    let back = sqlx::query(ACCOUNT_WORDS).bind(new).bind(&before.name);
                    let back = back.bind(before.position).bind(before.hidden);
                    back.execute(&mut *$tx).await?;
                }
                None => {
                    sqlx::query(NO_WORDS).bind(new).execute(&mut *$tx).await?;
                }
            }
        }
        let repointed: Vec<_> = trace.repointed.iter().collect();
        each_of!(
            $tx,
            repointed,
            |sql| sql
                .push("update pb_accounts set duplicate_of = ")
                .push_bind(old)
                .push(" where duplicate_of = ")
                .push_bind(new)
                .push(" and id"),
            ""
        );
        part_transfers!($tx, old, trace);
        days::refresh_all!($tx, old);
        days::refresh_all!($tx, new);
        sqlx::query(AUDIT).bind(new).execute(&mut *$tx).await?;
        let log = sqlx::query(LOG).bind(new).bind(BY_HAND).bind(trace.at);
        log.execute(&mut *$tx).await?;
    }};
}

/// An account that is one of its own again needs its enrollment, whichever repair had left none there.
macro_rules! retirements {
    ($tx:ident, $account:expr) => {{
        let repairs: Vec<(EnrollmentId, String)> =
            sqlx::query_as(RETIREMENTS).bind($account).fetch_all(&mut *$tx).await?;
        let mut retired: Vec<Retired> = Vec::new();
        for (id, moves) in repairs {
            let moves: repairs::Moves = serde_json::from_str(&moves)?;
            retired.extend(moves.retired().filter(|retired| retired.id == id).cloned());
        }
        retired
    }};
}

impl Store {
    /// Undoes the newest repair of an enrollment that can be undone. Neither account may be in a sync
    /// meanwhile.
    pub async fn undo_repair(
        &self,
        enrollment: &EnrollmentId,
    ) -> Result<repairs::Undone, MergeError> {
        let repair = self
            .load_repair(enrollment)
            .await?
            .ok_or_else(|| MergeError::NoRepair(enrollment.clone()))?;
        let mut scopes: BTreeSet<EnrollmentId> = self.scopes_of(&repair.moves).await?;
        scopes.insert(enrollment.clone());
        let mut leases = Vec::new();
        let mut free = true;
        for scope in &scopes {
            match self.take_lease(scope.as_str(), BY_HAND).await? {
                Some(lease) => leases.push(lease),
                None => free = false,
            }
        }
        let undone =
            if free { self.undo_under(&leases, &repair).await } else { Err(MergeError::Busy) };
        for lease in &leases {
            self.release_lease(lease).await?;
        }
        undone
    }

    async fn scopes_of(&self, moves: &repairs::Moves) -> Result<BTreeSet<EnrollmentId>> {
        let mut scopes = BTreeSet::new();
        for join in &moves.joins {
            for account in [&join.old, &join.new] {
                scopes.extend(self.load_enrollment_with(account).await?);
            }
        }
        Ok(scopes)
    }

    async fn undo_under(
        &self,
        leases: &[Lease],
        repair: &repairs::Repair,
    ) -> Result<repairs::Undone, MergeError> {
        let undone = with_tx!(self, |tx| {
            for lease in leases {
                renew!(tx, lease);
            }
            let now = tx.now().await?;
            let closed = sqlx::query(CLOSE).bind(&repair.id).bind(now).execute(&mut *tx).await?;
            if closed.rows_affected() == 0 {
                return Err(MergeError::NoRepair(repair.enrollment.clone()).into());
            }
            let mut undone = repairs::Undone::default();
            for join in repair.moves.joins.iter().rev() {
                let (old, new) = (&join.old, &join.new);
                if let Some(trace) = &join.trace {
                    part!(tx, old, new, trace, now);
                    undone.rows += trace.moved.len() + trace.twins.len() + trace.same.len();
                }
                // Asked again: it may have been answered wrongly.
                sqlx::query(ASK).bind(old).bind(new).execute(&mut *tx).await?;
                for account in [old, new] {
                    shown::derive_account!(tx, account);
                }
                undone.accounts.push((old.clone(), new.clone()));
            }
            let mut retired: Vec<Retired> = repair.moves.retired().cloned().collect();
            for join in &repair.moves.joins {
                retired.extend(retirements!(tx, &join.old));
            }
            for retired in &retired {
                if bring_back!(tx, retired) {
                    undone.back.push(retired.id.clone());
                }
            }
            Ok(undone)
        })?;
        // Found anew the next time where it fails.
        if let Err(report) = self.refresh_transfers().await {
            tracing::warn!("{report:#}");
        }
        Ok(undone)
    }
}

/// Tables that say something of a row, and its column there.
const FOLLOWERS: [(&str, &str, &str); 5] = [
    ("pb_raw_replies", "id", " and kind = 'transaction'"),
    ("pb_transaction_changes", "transaction_id", ""),
    ("pb_annotations", "transaction_id", ""),
    ("pb_tags", "transaction_id", ""),
    ("pb_links", "pending_id", ""),
];

const CLOSE: &str = "update pb_repairs set undone_at = $2 where id = $1 and undone_at is null";

const ASK: &str = "
    update pb_accounts set duplicate_of = case when id = $2 then $1 end,
        merged_into = case when id = $1 then null else merged_into end
    where id = $1 and merged_into = $2 or id = $2";

const SAME: &str = "
    update pb_transactions set life = $3, replaced_by = $4 where account_id = $1 and id = $2";

const SNAPSHOT: &str =
    "delete from pb_balance_snapshots where account_id = $1 and observed_at = $2";

const ACCOUNT_WORDS: &str = "
    update pb_account_words set name = $2, position = $3, hidden = $4 where account_id = $1";

const NO_WORDS: &str = "delete from pb_account_words where account_id = $1";

/// That a row was another one's twin is said no more.
const LOG: &str = "
    delete from pb_transaction_changes
    where account_id = $1 and run_id = $2 and changed_at = $3 and field = 'id'";
