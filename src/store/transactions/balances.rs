//! Balances after rows for which the bank gives none.
//!
//! A sync that has read all of an account keeps what stood before its first row: the balance that was
//! measured, less all that is posted. What stood before a window is that and the sums of the days
//! before it, one a day, and the rows of its first day that the window lacks. So no row of the history
//! is read, however far down the window is.

use color_eyre::Result;
use color_eyre::eyre::WrapErr as _;

use crate::domain::{Money, Scope, SortKey, Status, StoredTransaction, TransactionQuery, balance};
use crate::store::Store;
use crate::store::engine::with_db;

/// Nothing where the sums cannot be trusted: the history is not whole, or looks wrong, or the account
/// has rows of several currencies.
const BEFORE: &str = "
    select s.opening,
        (select cast(coalesce(sum(d.posted), 0) as bigint) from pb_days d
            where d.account_id = s.account_id and d.day < $2) as days,
        (select cast(coalesce(sum(t.amount), 0) as bigint) from pb_transactions t
            where t.life = 'live' and t.account_id = s.account_id and t.date = $2
                and t.status = 'posted' and (t.seq, t.id) < ($3, $4)) as same_day
    from pb_sync_state s
    where s.account_id = $1 and s.opening is not null and s.done and not s.audit_due
        and s.suspect_since is null
        and 1 = (select count(distinct d.currency) from pb_days d where d.account_id = s.account_id)";

#[derive(sqlx::FromRow)]
struct Before {
    opening: i64,
    days: i64,
    same_day: i64,
}

impl Store {
    /// Fills in what can be known of neighbouring rows of one account.
    pub(super) async fn fill_balances(
        &self,
        query: &TransactionQuery,
        rows: &mut [StoredTransaction],
    ) -> Result<()> {
        if !is_plain(query) || !rows.iter().any(is_wanting) {
            return Ok(());
        }
        let mut rows: Vec<&mut StoredTransaction> = rows.iter_mut().collect();
        rows.sort_by_cached_key(|row| row.position());
        let Some(first) = rows.first() else { return Ok(()) };
        let (position, currency) = (first.position(), first.transaction.amount.currency);
        let before: Option<Before> = with_db!(self, |db| {
            sqlx::query_as(BEFORE)
                .bind(&query.account)
                .bind(position.date)
                .bind(position.sequence)
                .bind(&position.id)
                .fetch_optional(db)
                .await
        })
        .wrap_err("adding up an account's balance")?;
        let before =
            before.and_then(|it| it.opening.checked_add(it.days)?.checked_add(it.same_day));
        if let Some(before) = before {
            balance::compute(&mut rows, Money::new(before, currency));
        }
        Ok(())
    }
}

/// Whether rows that stand together in the list follow each other in the account.
fn is_plain(query: &TransactionQuery) -> bool {
    query.account.is_some()
        && matches!(query.sort.key, SortKey::Date | SortKey::Account)
        && query.filter.is_empty()
        && query.status.is_none()
        && query.scope == Scope::Live
}

fn is_wanting(row: &StoredTransaction) -> bool {
    row.transaction.running_balance.is_none() && row.transaction.status == Status::Posted
}
