//! `passbook transactions`: window after window, so that a million rows take no more memory than fifty.

use std::io::Write;
use std::sync::Arc;

use super::document::Document;
use super::table::{Align, Cell, Table};
use super::{Result, find_account, found};
use crate::cli::TransactionsArgs;
use crate::domain::{
    Anchor, Annotation, Life, Scope, Sort, Status, StoredTransaction, Summary, TransactionQuery,
    Zone,
};
use crate::export::BankRow;
use crate::store::Store;

const WINDOW: u32 = 1000;

const COLUMNS: &[(&str, Align)] = &[
    ("DATE", Align::Left),
    ("AMOUNT", Align::Right),
    ("CUR", Align::Left),
    ("STATUS", Align::Left),
    ("TYPE", Align::Left),
    ("DESCRIPTION", Align::Left),
    ("COUNTERPARTY", Align::Left),
    ("CATEGORY", Align::Left),
    ("NOTE", Align::Left),
    ("ACCOUNT", Align::Left),
    ("ID", Align::Left),
];

/// The two shapes a list can take.
enum Sheet<'a, W: Write> {
    Json(Document<'a, W>),
    Table(Table<'a, W>),
}

pub async fn transactions(
    store: &Store,
    args: &TransactionsArgs,
    out: &mut impl Write,
) -> Result<()> {
    let account = find_account(store, args.account.as_ref()).await?;
    let today = Zone::Local.day(store.clock().now());
    let filter = match &args.query {
        Some(text) => found::filter(store, text, today).await?,
        None => Arc::default(),
    };
    let mut query = TransactionQuery {
        account,
        since: args.since,
        until: args.until,
        status: args.status.as_deref().map(Status::from),
        scope: match (args.gone_only || filter.wants_gone(), args.gone) {
            (true, _) => Scope::Gone,
            (_, true) => Scope::All,
            _ => Scope::Live,
        },
        filter,
        sort: Sort { key: args.sort.unwrap_or_default(), reversed: args.reverse },
        anchor: Anchor::Newest,
        limit: WINDOW,
    };
    let mut sheet = Sheet::start(args.format.json, out)?;
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        query.limit = u32::try_from(left).unwrap_or(WINDOW).min(WINDOW);
        let window = store.load_transactions(&query).await?;
        let words = store.load_words(&window.rows).await?;
        let none = Annotation::default();
        for stored in &window.rows {
            sheet.row(stored, words.get(&stored.key()).unwrap_or(&none))?;
        }
        let Some(last) = window.rows.last().filter(|_| !window.at_end) else { break };
        query.anchor = Anchor::Older(query.sort.position(last));
        left = left.saturating_sub(window.rows.len() as u64);
    }
    match &args.query {
        Some(_) => sheet.finish_with(&store.load_summary(&query).await?),
        None => sheet.finish(),
    }
}

impl<'a, W: Write> Sheet<'a, W> {
    fn start(json: bool, out: &'a mut W) -> Result<Self> {
        Ok(if json {
            Self::Json(Document::start(out, "transactions")?)
        } else {
            Self::Table(Table::new(out, COLUMNS))
        })
    }

    fn row(&mut self, stored: &StoredTransaction, words: &Annotation) -> Result<()> {
        match self {
            Self::Json(document) => document.row(&BankRow::new(stored, words))?,
            Self::Table(table) => table.row(cells(stored, words))?,
        }
        Ok(())
    }

    fn finish_with(self, summary: &Summary) -> Result<()> {
        match self {
            Self::Json(document) => document.finish_with("totals", &found::totals(summary))?,
            Self::Table(table) => {
                let out = table.finish_and_return("No transactions.")?;
                found::write_totals(out, summary)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Json(document) => document.finish()?,
            Self::Table(table) => table.finish("No transactions.")?,
        }
        Ok(())
    }
}

fn cells(stored: &StoredTransaction, words: &Annotation) -> Vec<Cell> {
    let transaction = &stored.transaction;
    // A withdrawn row is neither pending nor posted any more.
    let status = match &stored.life {
        Life::Live => transaction.status.as_str(),
        withdrawn => withdrawn.as_str(),
    };
    vec![
        Cell::ours(transaction.date.to_string()),
        Cell::money(Some(transaction.amount)),
        Cell::ours(transaction.amount.currency.code()),
        Cell::outside(status),
        Cell::outside(&transaction.kind),
        Cell::outside(&transaction.description),
        Cell::outside_or_unknown(transaction.counterparty.as_deref()),
        Cell::outside_or_unknown(transaction.category.as_deref()),
        Cell::outside_or_unknown(words.note.as_deref()),
        Cell::outside(transaction.account_id.as_str()),
        Cell::outside(transaction.id.as_str()),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;
    use crate::domain::{Currency, Money, Transaction};

    fn stored(life: Life) -> StoredTransaction {
        let transaction = Transaction {
            id: "txn_1".into(),
            account_id: "acc_1".into(),
            date: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
            amount: Money::new(-123_456, Currency::USD),
            description: "Caf\u{e9}\u{1b}]0;title\u{7}\n\"quoted\"".into(),
            status: Status::Pending,
            kind: "card_payment".into(),
            running_balance: None,
            category: Some("dining".into()),
            counterparty: None,
            counterparty_type: None,
            processing_status: Some("complete".into()),
        };
        let instant = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let gone = life != Life::Live;
        StoredTransaction {
            shown: transaction.shown(),
            transaction,
            sequence: 1,
            replaced_by: (life == Life::Replaced).then(|| "txn_2".into()),
            life,
            first_seen_at: instant,
            gone_at: gone.then_some(instant),
            noted: false,
            account_rank: 0,
            computed_balance: None,
        }
    }

    fn words() -> Annotation {
        let (note, tags) = (Some("a\u{1b} present".into()), vec!["family".into()]);
        let name = Some("Corner caf\u{e9}".into());
        Annotation { note, name, tags, ..Annotation::default() }
    }

    fn written(rows: &[StoredTransaction], json: bool) -> String {
        let mut out = Vec::new();
        let mut sheet = Sheet::start(json, &mut out).unwrap();
        for stored in rows {
            sheet.row(stored, &words()).unwrap();
        }
        sheet.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn json_holds_every_stored_field_as_it_came() {
        let written = written(&[stored(Life::Replaced)], true);
        let value: serde_json::Value = serde_json::from_str(&written).unwrap();
        let row = serde_json::json!({
            "id": "txn_1",
            "account_id": "acc_1",
            "date": "2026-11-21",
            "description": "Caf\u{e9}\u{1b}]0;title\u{7}\n\"quoted\"",
            "amount": "-1234.56",
            "currency": "USD",
            "status": "pending",
            "type": "card_payment",
            "running_balance": null,
            "category": "dining",
            "counterparty": null,
            "counterparty_type": null,
            "processing_status": "complete",
            "first_seen_at": "2027-01-15T08:00:00Z",
            "life": "replaced",
            "gone_at": "2027-01-15T08:00:00Z",
            "replaced_by": "txn_2",
            "note": "a\u{1b} present",
            "tags": ["family"],
            "own_category": null,
            "own_name": "Corner caf\u{e9}",
        });
        assert_eq!(value, serde_json::json!({ "transactions": [row] }));
        assert!(!written.contains('\u{1b}'), "JSON escapes control characters");
    }

    #[test]
    fn the_table_is_one_safe_line_a_row() {
        let shown = written(&[stored(Life::Live), stored(Life::Gone)], false);
        assert_eq!(shown.lines().count(), 3, "{shown:?}");
        assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown:?}");
        assert!(shown.contains("-1,234.56  USD  pending  card_payment"), "{shown}");
        assert!(shown.contains("USD  gone"), "{shown}");
        assert!(shown.contains("dining    a\u{241b} present  acc_1"), "{shown}");
        assert_eq!(written(&[], false), "No transactions.\n");
    }
}
