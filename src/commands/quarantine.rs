//! `passbook quarantine`: the rows of the bank's that could not be read, raw, and read once more.

use std::io::Write;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::document::Document;
use super::table::{Align, Cell, Table};
use super::{Result, local};
use crate::cli::QuarantineArgs;
use crate::domain::{AccountId, QuarantinedRow, Retried, SafeText, TransactionId};
use crate::store::Store;
use crate::sync;

/// Rows shown at most: far more is a bank to be asked again, not a few odd rows.
const MOST: u32 = 10_000;

const COLUMNS: &[(&str, Align)] = &[
    ("LAST LISTED", Align::Left),
    ("ACCOUNT", Align::Left),
    ("ID", Align::Left),
    ("WHY IT COULD NOT BE READ", Align::Left),
];

#[derive(Serialize)]
struct Row<'a> {
    account_id: &'a AccountId,
    transaction_id: Option<&'a TransactionId>,
    reason: &'a str,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    raw: &'a str,
}

pub async fn quarantine(store: &Store, args: &QuarantineArgs, out: &mut impl Write) -> Result<()> {
    if args.retry {
        let retried = sync::retry_quarantine(store).await?;
        tracing::info!(read = retried.read, "reading the rows in quarantine once more");
        if !args.format.json {
            let Retried { read, overtaken, unreadable, busy } = retried;
            let why = if busy > 0 { ", a sync of their bank is running" } else { "" };
            write!(out, "{read} could be read after all, {unreadable} still cannot, ")?;
            writeln!(out, "{overtaken} were overtaken by what is stored, {busy} wait{why}.")?;
        }
    }
    let rows = store.load_quarantine(MOST).await?;
    if args.format.json {
        let mut document = Document::start(out, "quarantine")?;
        for row in &rows {
            document.row(&json(row))?;
        }
        document.finish()?;
    } else if args.raw {
        for row in &rows {
            // The bank's own bytes, made safe for a terminal; --json has them as they came.
            writeln!(out, "{}", SafeText::new(&row.raw))?;
        }
    } else {
        let mut table = Table::new(out, COLUMNS);
        for row in &rows {
            table.row(cells(row))?;
        }
        table.finish("No row of the bank's is kept aside.")?;
    }
    Ok(out.flush()?)
}

fn json(row: &QuarantinedRow) -> Row<'_> {
    Row {
        account_id: &row.account_id,
        transaction_id: row.transaction_id.as_ref(),
        reason: &row.reason,
        first_seen_at: row.first_seen_at,
        last_seen_at: row.last_seen_at,
        raw: &row.raw,
    }
}

fn cells(row: &QuarantinedRow) -> Vec<Cell> {
    vec![
        Cell::ours(local(row.last_seen_at)),
        Cell::outside(row.account_id.as_str()),
        Cell::outside_or_unknown(row.transaction_id.as_ref().map(TransactionId::as_str)),
        Cell::outside(&row.reason),
    ]
}
