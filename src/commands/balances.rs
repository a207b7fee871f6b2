//! `passbook balances`: the snapshots, as they were measured.

use std::io::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::document::Document;
use super::table::{Align, Cell, Table};
use super::{Result, find_account, local};
use crate::cli::BalancesArgs;
use crate::domain::{AccountId, Currency, Money, Snapshot};
use crate::store::Store;

const COLUMNS: &[(&str, Align)] = &[
    ("AS OF", Align::Left),
    ("LEDGER", Align::Right),
    ("AVAILABLE", Align::Right),
    ("CUR", Align::Left),
    ("ACCOUNT", Align::Left),
];

#[derive(Serialize)]
struct Row<'a> {
    account_id: &'a AccountId,
    as_of: DateTime<Utc>,
    ledger: Option<String>,
    available: Option<String>,
    currency: Option<Currency>,
}

pub async fn balances(store: &Store, args: &BalancesArgs, out: &mut impl Write) -> Result<()> {
    let account = find_account(store, args.account.as_ref()).await?;
    let snapshots = store.load_snapshots(account.as_ref(), args.since).await?;
    write(&snapshots, args.format.json, out)
}

fn write(snapshots: &[Snapshot], json: bool, out: &mut impl Write) -> Result<()> {
    if json {
        let mut document = Document::start(out, "balances")?;
        for snapshot in snapshots {
            document.row(&row(snapshot))?;
        }
        document.finish()?;
    } else {
        let mut table = Table::new(out, COLUMNS);
        for snapshot in snapshots {
            table.row(cells(snapshot))?;
        }
        table.finish("No balances.")?;
    }
    Ok(())
}

fn row(snapshot: &Snapshot) -> Row<'_> {
    let text = |money: Option<Money>| money.map(|money| money.to_string());
    Row {
        account_id: &snapshot.account_id,
        as_of: snapshot.observed_at,
        ledger: text(snapshot.balance.ledger),
        available: text(snapshot.balance.available),
        currency: currency(snapshot),
    }
}

fn cells(snapshot: &Snapshot) -> Vec<Cell> {
    vec![
        Cell::ours(local(snapshot.observed_at)),
        Cell::money(snapshot.balance.ledger),
        Cell::money(snapshot.balance.available),
        currency(snapshot).map_or_else(Cell::unknown, |currency| Cell::ours(currency.code())),
        Cell::outside(snapshot.account_id.as_str()),
    ]
}

fn currency(snapshot: &Snapshot) -> Option<Currency> {
    let balance = snapshot.balance;
    balance.ledger.or(balance.available).map(|money| money.currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Balance;

    #[test]
    fn unknown_is_null_and_amounts_have_their_currencys_decimals() {
        let snapshot = |ledger, available| Snapshot {
            account_id: "acc_1".into(),
            observed_at: DateTime::from_timestamp(1_800_000_000, 0).unwrap(),
            balance: Balance { ledger, available },
        };
        let yen = Money::new(1200, Currency::parse("JPY").unwrap());
        let snapshots = [snapshot(None, Some(yen)), snapshot(None, None)];
        let mut out = Vec::new();
        write(&snapshots, true, &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let row = |available: Option<&str>, currency: Option<&str>| {
            serde_json::json!({
                "account_id": "acc_1",
                "as_of": "2027-01-15T08:00:00Z",
                "ledger": null,
                "available": available,
                "currency": currency,
            })
        };
        let expected = [row(Some("1200"), Some("JPY")), row(None, None)];
        assert_eq!(value, serde_json::json!({ "balances": expected }));
    }
}
