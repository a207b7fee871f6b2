//! Lists that are sorted by account: one list by date after the other, in the order of the
//! accounts' names. No index could hold that order, and none is needed.

use crate::domain::{AccountId, Anchor, Lead, Position, Sort, SortKey, TransactionQuery, fold};

/// What an account is called, for its place among all.
#[derive(sqlx::FromRow)]
pub(super) struct Called {
    id: AccountId,
    name: String,
    last_four: Option<String>,
}

/// Every account that a row can belong to.
pub(super) const CALLED: &str = "
    select a.id, coalesce(w.name, a.name) as name, a.last_four
    from pb_accounts a left join pb_account_words w on w.account_id = a.id";

/// The part of one account.
#[derive(Debug)]
pub(super) struct Part {
    pub rank: u32,
    pub query: TransactionQuery,
}

/// Whether the accounts lead: in a list of one account they say nothing.
pub(super) fn is_by_account(query: &TransactionQuery) -> bool {
    query.sort.key == SortKey::Account && query.account.is_none()
}

/// Sorted here: the engines collate differently.
pub(super) fn ranked(mut accounts: Vec<Called>) -> Vec<AccountId> {
    accounts.sort_by_cached_key(|one| (fold(&one.name), one.last_four.clone(), one.id.clone()));
    accounts.into_iter().map(|account| account.id).collect()
}

/// What is to be asked, nearest account first, of a query that is not reversed.
pub(super) fn parts(query: &TransactionQuery, accounts: &[AccountId]) -> Vec<Part> {
    let part = |(rank, account): (u32, &AccountId), anchor| {
        let (account, sort) = (Some(account.clone()), Sort::default());
        Part { rank, query: TransactionQuery { account, sort, anchor, ..query.clone() } }
    };
    let all: Vec<(u32, &AccountId)> = (0..).zip(accounts).collect();
    let place = |position: &Position| {
        let place = accounts.iter().position(|account| *account == position.account_id);
        place.unwrap_or(accounts.len())
    };
    match &query.anchor {
        Anchor::Newest => all.iter().map(|one| part(*one, Anchor::Newest)).collect(),
        Anchor::Oldest => all.iter().rev().map(|one| part(*one, Anchor::Oldest)).collect(),
        Anchor::Older(position) => {
            let place = place(position);
            let own = all.get(place).map(|one| part(*one, Anchor::Older(by_date(position))));
            let rest = all.iter().skip(place + 1).map(|one| part(*one, Anchor::Newest));
            own.into_iter().chain(rest).collect()
        }
        Anchor::Newer(position) => {
            let place = place(position);
            let own = all.get(place).map(|one| part(*one, Anchor::Newer(by_date(position))));
            let before = all[..place].iter().rev().map(|one| part(*one, Anchor::Oldest));
            own.into_iter().chain(before).collect()
        }
    }
}

/// As a list by date knows it.
pub(super) fn by_date(position: &Position) -> Position {
    Position { lead: Lead::None, ..position.clone() }
}
