//! The user's words about transactions, set for many at once.

use std::collections::HashMap;

use crate::domain::{AccountId, TransactionId, TransactionKey};

/// Where a row stands that may have another id by now.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::store) struct Standing {
    pub id: TransactionId,
    life: String,
    replaced_by: Option<TransactionId>,
}

/// Ids in a row that a row went through: more is a circle.
pub(in crate::store) const MOST_STEPS: usize = 20;

/// The key that comes after this one; `None` where it stays.
pub(in crate::store) fn next(
    key: &TransactionKey,
    standing: Option<&Standing>,
    merged_into: Option<&AccountId>,
) -> Option<TransactionKey> {
    let Some(standing) = standing else {
        // It went along with its account.
        return Some(TransactionKey { account_id: merged_into?.clone(), id: key.id.clone() });
    };
    let id = standing.replaced_by.clone()?;
    match standing.life.as_str() {
        "replaced" => Some(TransactionKey { account_id: key.account_id.clone(), id }),
        "merged" => Some(TransactionKey { account_id: merged_into?.clone(), id }),
        _ => None,
    }
}

/// The keys by account, each once.
pub(in crate::store) fn by_account<'a>(
    keys: impl Iterator<Item = &'a TransactionKey>,
) -> HashMap<AccountId, Vec<TransactionId>> {
    let mut accounts: HashMap<AccountId, Vec<TransactionId>> = HashMap::new();
    for key in keys {
        accounts.entry(key.account_id.clone()).or_default().push(key.id.clone());
    }
    for ids in accounts.values_mut() {
        ids.sort_unstable();
        ids.dedup();
    }
    accounts
}

/// Follows every key to where its row stands now.
macro_rules! follow {
    ($tx:ident, $keys:expr) => {{
        for _ in 0..$crate::store::edits::rows::MOST_STEPS {
            let accounts = $crate::store::edits::rows::by_account($keys.iter());
            let mut moved = std::collections::HashMap::new();
            for (account, ids) in &accounts {
                let merged: Option<Option<$crate::domain::AccountId>> =
                    sqlx::query_scalar("select merged_into from pb_accounts where id = $1")
                        .bind(account)
                        .fetch_optional(&mut *$tx)
                        .await?;
                let mut standings = std::collections::HashMap::new();
                for chunk in ids.chunks($crate::store::rows::ROWS_A_STATEMENT) {
                    let mut sql = sqlx::QueryBuilder::new(
                        "select id, life, replaced_by from pb_transactions where account_id = ",
                    );
                    sql.push_bind(account).push(" and id in (");
                    let mut list = sql.separated(", ");
                    for id in chunk {
                        list.push_bind(id);
                    }
                    sql.push(")");
                    let found: Vec<$crate::store::edits::rows::Standing> =
                        sql.build_query_as().fetch_all(&mut *$tx).await?;
                    standings.extend(found.into_iter().map(|row| (row.id.clone(), row)));
                }
                for id in ids {
                    let key = TransactionKey { account_id: account.clone(), id: id.clone() };
                    let merged = merged.as_ref().and_then(Option::as_ref);
                    let next = $crate::store::edits::rows::next(&key, standings.get(id), merged);
                    moved.extend(next.map(|next| (key, next)));
                }
            }
            if moved.is_empty() {
                break;
            }
            for key in &mut $keys {
                if let Some(next) = moved.get(key) {
                    *key = next.clone();
                }
            }
        }
    }};
}

macro_rules! set_rows {
    ($tx:ident, $applied:ident, $sets:expr, $now:expr) => {{
        let mut sets: Vec<RowSet> = $sets;
        let mut keys: Vec<TransactionKey> = sets.iter().map(|set| set.key.clone()).collect();
        $crate::store::edits::rows::follow!($tx, keys);
        for (set, key) in sets.iter_mut().zip(keys) {
            set.key = key;
        }
        let accounts = $crate::store::edits::rows::by_account(sets.iter().map(|set| &set.key));
        for (account, ids) in &accounts {
            let before = $crate::store::words::load!($tx, account, ids);
            let mut after = before.clone();
            for set in sets.iter().filter(|set| set.key.account_id == *account) {
                let words = after.entry(set.key.id.clone()).or_default();
                let now = words.get(&set.field);
                if !$applied.wants(now.as_deref(), &set.expected, set.to.as_deref()) {
                    continue;
                }
                words.set(&set.field, set.to.clone());
                $applied.changes.push(Change {
                    target: Target::Row { key: set.key.clone(), field: set.field.clone() },
                    before: now,
                    after: set.to.clone(),
                });
            }
            let nothing = $crate::domain::Annotation::default();
            let rows = ids
                .iter()
                .filter_map(|id| Some((id, before.get(id).unwrap_or(&nothing), after.get(id)?)));
            $crate::store::words::save!($tx, account, rows.collect(), $now);
        }
    }};
}
pub(in crate::store) use follow;
pub(super) use set_rows;
