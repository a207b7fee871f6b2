//! Accounts kept by hand, with every value.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{AccountOverview, Hand, HandAccount, HandAccountId, HandKind, HandValue};

/// Whether one is hidden stands with the words about other accounts.
pub(super) const ACCOUNTS: &str = "
    select h.id, h.name, h.kind, h.currency, h.position, h.closed,
        coalesce(w.hidden, false) as hidden
    from pb_hand_accounts h left join pb_account_words w on w.account_id = 'by-hand:' || h.id";

pub(super) const VALUES: &str =
    "select account_id, day, amount from pb_hand_values order by account_id, day";

/// One of them, as its table has it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct HandRow {
    id: HandAccountId,
    #[sqlx(flatten)]
    told: Told,
    hidden: bool,
}

/// What the user said about it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Told {
    name: String,
    kind: String,
    currency: String,
    position: i64,
    closed: bool,
}

impl From<Told> for HandAccount {
    fn from(row: Told) -> Self {
        let Told { name, kind, currency, position, closed } = row;
        // A kind of a later program's is something of worth.
        let kind = HandKind::parse(&kind).unwrap_or(HandKind::Asset);
        Self { name, kind, currency, position, closed }
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct ValueRow {
    account_id: HandAccountId,
    day: NaiveDate,
    amount: i64,
}

/// In the user's order.
pub(super) fn assemble(
    mut accounts: Vec<HandRow>,
    values: Vec<ValueRow>,
) -> impl Iterator<Item = AccountOverview> {
    let mut by_account: HashMap<HandAccountId, Vec<HandValue>> = HashMap::new();
    for ValueRow { account_id, day, amount } in values {
        by_account.entry(account_id).or_default().push(HandValue { day, minor: amount });
    }
    accounts
        .sort_by(|one, other| (one.told.position, &one.id).cmp(&(other.told.position, &other.id)));
    accounts.into_iter().map(move |HandRow { id, told, hidden }| {
        let values = by_account.remove(&id).unwrap_or_default();
        AccountOverview::by_hand(Hand { id, account: told.into(), values }, hidden)
    })
}
