//! Transfers follow the rows of an account that is joined with another, and so does what the user said
//! are none.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::TransactionKey;
use crate::store::trace::{Ends, Transfer};

/// What becomes of the pairs of the old account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Following {
    pub moved: Vec<(Ends, Ends)>,
    /// Found ones that gave way to the user's word, or whose rows have a pair already.
    pub lost: Vec<Transfer>,
}

impl Following {
    /// Rows that are half of a transfer now, or no longer.
    pub fn touched(&self) -> Vec<TransactionKey> {
        let lost = self.lost.iter().map(Transfer::ends).flat_map(<[TransactionKey; 2]>::from);
        once(ends(&self.moved).cloned().chain(lost).collect())
    }
}

/// Four of each: where it was, then where it is.
pub(super) fn ends(moved: &[(Ends, Ends)]) -> impl Iterator<Item = &TransactionKey> {
    moved.iter().flat_map(|((out, into), (out_now, into_now))| [out, into, out_now, into_now])
}

pub(super) fn once(mut keys: Vec<TransactionKey>) -> Vec<TransactionKey> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// `ours` are the old account's pairs with their ends as they are now, `others` the new one's own.
/// What the user said of two rows stands; what was found for the new account stands before what was
/// found for the old one.
pub(super) fn follow(ours: Vec<(Transfer, Ends)>, others: Vec<Transfer>) -> Following {
    let mut following = Following::default();
    let mut standing: BTreeMap<Ends, Transfer> =
        others.into_iter().map(|pair| (in_order(pair.ends()), pair)).collect();
    let (by_hand, found): (Vec<_>, Vec<_>) =
        ours.into_iter().partition(|(pair, _)| pair.is_by_hand());
    for (pair, ends) in by_hand {
        let place = in_order(ends.clone());
        if standing.get(&place).is_some_and(Transfer::is_by_hand) {
            following.lost.push(pair);
            continue;
        }
        following.moved.push((pair.ends(), ends));
        following.lost.extend(standing.insert(place, pair));
    }
    let paired = standing.iter().filter(|(_, pair)| !pair.parted);
    let mut taken: BTreeSet<TransactionKey> =
        paired.flat_map(|((one, other), _)| [one.clone(), other.clone()]).collect();
    for (pair, ends) in found {
        let (one, other) = in_order(ends.clone());
        let is_free = !taken.contains(&one)
            && !taken.contains(&other)
            && one.account_id != other.account_id
            && !standing.contains_key(&(one.clone(), other.clone()));
        if is_free {
            taken.extend([one, other]);
            following.moved.push((pair.ends(), ends));
        } else {
            following.lost.push(pair);
        }
    }
    following
}

/// A pair that was made by hand may run either way.
fn in_order((one, other): Ends) -> Ends {
    if one <= other { (one, other) } else { (other, one) }
}

/// Once rows and accounts are joined: what is said of pairs follows, and is written into the trace.
macro_rules! follow_transfers {
    ($tx:ident, $old:expr, $new:expr, $trace:ident) => {{
        use $crate::store::merge::transfers as sql;
        let pairs: Vec<Transfer> =
            sqlx::query_as(sql::OF_BOTH).bind($old).bind($new).fetch_all(&mut *$tx).await?;
        let (ours, others): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|pair| pair.account_id == *$old || pair.twin_account_id == *$old);
        let ends = ours.iter().map(Transfer::ends).flat_map(|(out, into)| [out, into]);
        let mut keys: Vec<TransactionKey> = ends.collect();
        follow!($tx, keys);
        let ends = keys.chunks_exact(2).map(|ends| (ends[0].clone(), ends[1].clone()));
        let following = sql::follow(ours.into_iter().zip(ends).collect(), others);
        sql::forget_pairs!($tx, following.lost);
        sql::move_pairs!($tx, following.moved.iter().map(|(from, to)| (from, to)));
        sql::mark_rows!($tx, following.touched());
        $trace.transfers = following.moved;
        $trace.lost = following.lost;

        let parted: Vec<(TransactionId, TransactionId)> =
            sqlx::query_as(sql::PARTED).bind($old).bind($new).fetch_all(&mut *$tx).await?;
        let old_row = |id: &TransactionId| TransactionKey {
            account_id: AccountId::clone($old),
            id: id.clone(),
        };
        let mut keys: Vec<TransactionKey> = parted.iter().map(|(_, came)| old_row(came)).collect();
        follow!($tx, keys);
        for ((gone, came), key) in parted.into_iter().zip(keys) {
            if key.id != came {
                sql::part_from!($tx, $new, &gone, &came, &key.id);
                $trace.parted.push((gone, came, key.id));
            }
        }
    }};
}
pub(super) use follow_transfers;

/// Takes that back, once rows and accounts are apart again.
macro_rules! part_transfers {
    ($tx:ident, $old:expr, $trace:expr) => {{
        use $crate::store::merge::transfers as sql;
        let trace: &Trace = $trace;
        let mut keys: Vec<TransactionKey> = sql::ends(&trace.transfers).cloned().collect();
        // A row may have had another id since.
        follow!($tx, keys);
        let ends = keys.chunks_exact(2).map(|ends| (ends[0].clone(), ends[1].clone()));
        let ends: Vec<Ends> = ends.collect();
        sql::move_pairs!($tx, ends.chunks_exact(2).map(|moved| (&moved[1], &moved[0])));
        sql::restore_pairs!($tx, trace.lost);
        keys.extend(trace.lost.iter().map(Transfer::ends).flat_map(<[TransactionKey; 2]>::from));
        sql::mark_rows!($tx, sql::once(keys));
        for (gone, came, is) in &trace.parted {
            sql::part_from!($tx, $old, gone, is, came);
        }
    }};
}
pub(super) use part_transfers;

macro_rules! forget_pairs {
    ($tx:ident, $pairs:expr) => {
        for pair in &$pairs {
            let forget = sqlx::query($crate::store::merge::transfers::FORGET);
            let forget = forget.bind(&pair.account_id).bind(&pair.transaction_id);
            forget.bind(&pair.twin_account_id).bind(&pair.twin_id).execute(&mut *$tx).await?;
        }
    };
}
pub(super) use forget_pairs;

/// From the first ends to the second.
macro_rules! move_pairs {
    ($tx:ident, $moves:expr) => {{
        let moves: Vec<(&Ends, &Ends)> = $moves.collect();
        for chunk in moves.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new("with moves (a, b, c, d, e, f, g, h) as (");
            sql.push_values(chunk, |mut bind, ((out, into), (out_now, into_now))| {
                for key in [out, into, out_now, into_now] {
                    bind.push_bind(&key.account_id).push_bind(&key.id);
                }
            });
            sql.push($crate::store::merge::transfers::MOVE).build().execute(&mut *$tx).await?;
        }
    }};
}
pub(super) use move_pairs;

macro_rules! restore_pairs {
    ($tx:ident, $pairs:expr) => {
        for pair in &$pairs {
            let restore = sqlx::query($crate::store::merge::transfers::RESTORE);
            let restore = restore.bind(&pair.account_id).bind(&pair.transaction_id);
            let restore = restore.bind(&pair.twin_account_id).bind(&pair.twin_id);
            let restore = restore.bind(&pair.made_by).bind(pair.parted).bind(&pair.reason);
            restore.bind(pair.made_at).execute(&mut *$tx).await?;
        }
    };
}
pub(super) use restore_pairs;

/// Says on each of these rows whether it is half of a transfer.
macro_rules! mark_rows {
    ($tx:ident, $keys:expr) => {{
        let keys: Vec<TransactionKey> = $keys;
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let mut sql = sqlx::QueryBuilder::new("with touched (a, b) as (");
            sql.push_values(chunk, |mut bind, key| {
                bind.push_bind(&key.account_id).push_bind(&key.id);
            });
            sql.push($crate::store::merge::transfers::MARK).build().execute(&mut *$tx).await?;
        }
    }};
}
pub(super) use mark_rows;

macro_rules! part_from {
    ($tx:ident, $account:expr, $gone:expr, $was:expr, $is:expr) => {
        let part = sqlx::query($crate::store::merge::transfers::PART).bind($account).bind($gone);
        part.bind($was).bind($is).execute(&mut *$tx).await?;
    };
}
pub(super) use part_from;

pub(super) const OF_BOTH: &str = "
    select account_id, transaction_id, twin_account_id, twin_id, made_by, parted, reason, made_at
    from pb_transfers
    where account_id in ($1, $2) or twin_account_id in ($1, $2)
    order by account_id, transaction_id, twin_account_id, twin_id";

pub(super) const FORGET: &str = "
    delete from pb_transfers
    where account_id = $1 and transaction_id = $2 and twin_account_id = $3 and twin_id = $4";

pub(super) const MOVE: &str = ") update pb_transfers
    set account_id = e, transaction_id = f, twin_account_id = g, twin_id = h from moves
    where account_id = a and transaction_id = b and twin_account_id = c and twin_id = d";

pub(super) const RESTORE: &str = "
    insert into pb_transfers (account_id, transaction_id, twin_account_id, twin_id, made_by,
        parted, reason, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";

pub(super) const MARK: &str = ") update pb_transactions
    set transfer = exists (
            select 1 from pb_transfers p
            where p.account_id = a and p.transaction_id = b and not p.parted)
        or exists (
            select 1 from pb_transfers p
            where p.twin_account_id = a and p.twin_id = b and not p.parted)
    from touched where account_id = a and id = b";

/// Rows that came along and were parted from one that did not.
pub(super) const PARTED: &str = "
    select l.pending_id, l.posted_id from pb_links l
        join pb_transactions t on t.account_id = $1 and t.id = l.posted_id
    where l.account_id = $2 and l.parted";

pub(super) const PART: &str = "
    update pb_links set posted_id = $4
    where account_id = $1 and pending_id = $2 and posted_id = $3 and parted";

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::AccountId;

    fn key(text: &str) -> TransactionKey {
        let (account, id) = text.split_once('/').unwrap();
        TransactionKey { account_id: AccountId::from(account), id: id.into() }
    }

    fn pair(out: &str, into: &str, made_by: &str) -> Transfer {
        let (out, into) = (key(out), key(into));
        Transfer {
            account_id: out.account_id,
            transaction_id: out.id,
            twin_account_id: into.account_id,
            twin_id: into.id,
            made_by: made_by.to_owned(),
            parted: made_by == "hand",
            reason: None,
            made_at: DateTime::UNIX_EPOCH,
        }
    }

    fn ours(out: &str, made_by: &str, now: &str) -> (Transfer, Ends) {
        (pair(out, "far/x", made_by), (key(now), key("far/x")))
    }

    #[test]
    fn what_is_free_follows_and_what_the_user_said_takes_the_place_of_what_was_found() {
        let found = follow(vec![ours("old/a", "found", "new/b")], vec![]);
        assert_eq!(
            found.moved,
            [(pair("old/a", "far/x", "").ends(), (key("new/b"), key("far/x")))]
        );
        // Found under the new id before the two were one, in either direction.
        for rival in [pair("new/b", "far/x", "found"), pair("far/x", "new/b", "found")] {
            let parted = follow(vec![ours("old/a", "hand", "new/b")], vec![rival.clone()]);
            assert_eq!((parted.moved.len(), parted.lost), (1, vec![rival]));
        }
    }

    #[test]
    fn a_row_is_half_of_one_transfer_only() {
        for rival in [pair("new/b", "far/x", "found"), pair("new/b", "far/y", "found")] {
            let (ours, to) = ours("old/a", "found", "new/b");
            let following = follow(vec![(ours.clone(), to)], vec![rival]);
            assert_eq!(following, Following { moved: vec![], lost: vec![ours] });
        }
        let within = (pair("old/a", "new/z", "found"), (key("new/b"), key("new/z")));
        assert_eq!(follow(vec![within], vec![]).moved, []);
    }

    #[test]
    fn what_was_said_under_both_ids_is_said_once() {
        let (ours, to) = ours("old/a", "hand", "new/b");
        let following = follow(vec![(ours.clone(), to)], vec![pair("new/b", "far/x", "hand")]);
        assert_eq!(following, Following { moved: vec![], lost: vec![ours] });
    }
}
