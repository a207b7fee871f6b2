//! A transfer parted, or put together again as it was found.

use crate::domain::{AccountId, TransactionId};

/// As `pb_transfers` has it: from the first to the second.
pub(super) type Pair = (AccountId, TransactionId, AccountId, TransactionId);

pub(super) use crate::domain::edit::PARTED;

pub(super) const FIND: &str = "
    select account_id, transaction_id, twin_account_id, twin_id, parted from pb_transfers
    where account_id = $1 and transaction_id = $2 and twin_account_id = $3 and twin_id = $4
    union all
    select account_id, transaction_id, twin_account_id, twin_id, parted from pb_transfers
    where account_id = $3 and transaction_id = $4 and twin_account_id = $1 and twin_id = $2";
pub(super) const SET: &str = "
    update pb_transfers set parted = $5, made_by = $6, made_at = $7
    where account_id = $1 and transaction_id = $2 and twin_account_id = $3 and twin_id = $4";
pub(super) const INSERT: &str = "
    insert into pb_transfers (account_id, transaction_id, twin_account_id, twin_id, parted,
        made_by, made_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// The rows by the ids that they have now: the bank gives some out anew.
macro_rules! set_pair {
    ($tx:ident, $applied:ident, ($keys:expr, $expected:expr, $to:expr), $now:expr) => {{
        use $crate::store::edits::transfers as sql;
        let to: Option<String> = $to;
        let mut ends: [TransactionKey; 2] = $keys;
        follow!($tx, ends);
        let [one, other] = &ends;
        let found: Option<(
            $crate::domain::AccountId,
            $crate::domain::TransactionId,
            $crate::domain::AccountId,
            $crate::domain::TransactionId,
            bool,
        )> = sqlx::query_as(sql::FIND)
            .bind(&one.account_id)
            .bind(&one.id)
            .bind(&other.account_id)
            .bind(&other.id)
            .fetch_optional(&mut *$tx)
            .await?;
        let parted = found.as_ref().is_some_and(|(.., parted)| *parted);
        let before = parted.then(|| sql::PARTED.to_owned());
        if $applied.wants(before.as_deref(), &$expected, to.as_deref()) {
            let apart = to.is_some();
            let statement = if found.is_some() { sql::SET } else { sql::INSERT };
            let pair: sql::Pair = match found {
                Some((account, id, twin_account, twin, _)) => (account, id, twin_account, twin),
                None => (
                    one.account_id.clone(),
                    one.id.clone(),
                    other.account_id.clone(),
                    other.id.clone(),
                ),
            };
            let set =
                sqlx::query(statement).bind(&pair.0).bind(&pair.1).bind(&pair.2).bind(&pair.3);
            let set = set.bind(apart).bind(if apart { "hand" } else { "found" }).bind($now);
            set.execute(&mut *$tx).await?;
            for key in [one, other] {
                let mark = sqlx::query(
                    "update pb_transactions set transfer = $3 where account_id = $1 and id = $2",
                );
                let mark = mark.bind(&key.account_id).bind(&key.id).bind(!apart);
                mark.execute(&mut *$tx).await?;
            }
            let target = Target::Transfer { key: one.clone(), twin: other.clone() };
            $applied.changes.push(Change { target, before, after: to });
        }
    }};
}
pub(super) use set_pair;
