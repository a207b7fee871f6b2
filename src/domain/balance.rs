//! What an account held after each of its rows, where the bank does not say.

use super::money::Money;
use super::transaction::{Life, Status, StoredTransaction};

/// Fills in what stood after each posted row that has no balance from the bank. The rows are
/// neighbours of one account, oldest first, and `before` is what stood before them.
///
/// Nothing is filled in where the chain does not hold: where the bank says another balance of a row
/// in between, where currencies differ, or where a sum is too large. A wrong balance is worse than
/// none.
pub fn compute(rows: &mut [&mut StoredTransaction], before: Money) {
    let Some(balances) = chain(rows, before) else { return };
    for (row, balance) in rows.iter_mut().zip(balances) {
        if row.transaction.running_balance.is_none() {
            row.computed_balance = balance;
        }
    }
}

/// `None` for a row that moves nothing yet.
fn chain(rows: &[&mut StoredTransaction], before: Money) -> Option<Vec<Option<Money>>> {
    let mut balance = before;
    let step = |row: &&mut StoredTransaction| {
        if !moves(row) {
            return Some(None);
        }
        balance = balance.checked_add(row.transaction.amount)?;
        let told = row.transaction.running_balance;
        told.is_none_or(|told| told == balance).then_some(Some(balance))
    };
    rows.iter().map(step).collect()
}

fn moves(row: &StoredTransaction) -> bool {
    row.life == Life::Live && row.transaction.status == Status::Posted
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{Currency, Transaction};

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn row(amount: i64, told: Option<i64>) -> StoredTransaction {
        let transaction = Transaction {
            id: "txn".into(),
            account_id: "acc".into(),
            date: "2026-11-22".parse().unwrap(),
            amount: usd(amount),
            description: String::new(),
            status: Status::Posted,
            kind: "card_payment".to_owned(),
            running_balance: told.map(usd),
            category: None,
            counterparty: None,
            counterparty_type: None,
            processing_status: None,
        };
        StoredTransaction {
            shown: transaction.shown(),
            transaction,
            sequence: 0,
            life: Life::Live,
            replaced_by: None,
            first_seen_at: DateTime::UNIX_EPOCH,
            gone_at: None,
            noted: false,
            account_rank: 0,
            computed_balance: None,
        }
    }

    fn computed(mut rows: Vec<StoredTransaction>) -> Vec<Option<i64>> {
        compute(&mut rows.iter_mut().collect::<Vec<_>>(), usd(1_000));
        rows.iter().map(|row| row.computed_balance.map(|balance| balance.minor)).collect()
    }

    #[test]
    fn each_row_stands_on_the_one_before_and_the_banks_own_word_stays() {
        let rows = vec![row(-100, None), row(50, Some(950)), row(-25, None)];
        assert_eq!(computed(rows), [Some(900), None, Some(925)]);
    }

    #[test]
    fn what_is_pending_or_withdrawn_moves_nothing() {
        let mut pending = row(-500, None);
        pending.transaction.status = Status::Pending;
        let mut gone = row(-500, None);
        gone.life = Life::Gone;
        assert_eq!(computed(vec![pending, gone, row(-25, None)]), [None, None, Some(975)]);
    }

    #[test]
    fn a_chain_that_breaks_anywhere_is_none_at_all() {
        let mut euros = row(1, None);
        euros.transaction.amount.currency = Currency::parse("EUR").unwrap();
        for broken in [row(50, Some(1)), euros, row(i64::MAX, None)] {
            assert_eq!(computed(vec![row(-100, None), broken, row(-25, None)]), [None; 3]);
        }
    }
}
