//! Reads the rows in quarantine once more: this passbook may know what an older one did not.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use color_eyre::Result;
use uuid::Uuid;

use crate::domain::{Account, QuarantinedRow, Retried};
use crate::store::Store;
use crate::store::leases::Lease;
use crate::store::ledger::{ListedRow, PageWrite, WriteError};
use crate::teller::{Row, wire};

/// Rows read again at once: a list far longer is a bank to be asked again, not a few odd rows.
const MOST: u32 = 500;

/// Stores each row that reads well now as a page would, under the lease of its bank; the others
/// stay. A row that a sync has stored or withdrawn since is overtaken: its old body changes nothing.
/// Asks the bank nothing: what it has changed or taken away since, the next sync sets right.
pub async fn retry_quarantine(store: &Store) -> Result<Retried> {
    let run_id = Uuid::now_v7().to_string();
    let rows = store.load_quarantine(MOST).await?;
    let mut retried = Retried { unreadable: rows.len(), ..Retried::default() };
    for account in store.load_accounts().await? {
        let rows: Vec<&QuarantinedRow> =
            rows.iter().filter(|row| row.account_id == account.id).collect();
        if rows.is_empty() {
            continue;
        }
        let Some(lease) = store.take_lease(account.enrollment_id.as_str(), &run_id).await? else {
            let readable = rows.iter().filter(|row| read(row, &account).is_some()).count();
            retried.unreadable -= readable;
            retried.busy += readable;
            continue;
        };
        let kept = keep(store, &account, (&lease, &run_id), &rows).await;
        store.release_lease(&lease).await?;
        match kept {
            Ok((read, overtaken)) => {
                retried.unreadable -= read + overtaken;
                retried.read += read;
                retried.overtaken += overtaken;
            }
            Err(WriteError::LeaseLost) => {
                retried.unreadable -= rows.len();
                retried.busy += rows.len();
            }
            Err(WriteError::Store(report)) => return Err(report),
        }
    }
    Ok(retried)
}

fn read(row: &QuarantinedRow, account: &Account) -> Option<Row> {
    let mut page = wire::read_page(format!("[{}]", row.raw).as_bytes(), account).ok()?;
    page.rows.pop().filter(|_| page.length == 1)
}

/// Stores what can be read; says how many those are, and how many were overtaken. Of one row that
/// was unreadable in several ways, the latest counts.
async fn keep(
    store: &Store,
    account: &Account,
    (lease, run_id): (&Lease, &str),
    rows: &[&QuarantinedRow],
) -> Result<(usize, usize), WriteError> {
    // Under the lease: no sync of this bank's can store a row meanwhile.
    let overtaken = store.load_overtaken(&account.id).await?;
    let (past, rows): (Vec<_>, Vec<_>) =
        rows.iter().copied().partition(|row| overtaken.contains(&row.digest));
    let readable: Vec<(&QuarantinedRow, Row)> =
        rows.into_iter().filter_map(|row| Some((row, read(row, account)?))).collect();
    if !readable.is_empty() {
        store_rows(store, account, (lease, run_id), readable.iter().map(|(_, row)| row)).await?;
    }
    let solved = readable.iter().map(|(row, _)| row).chain(&past);
    let digests: Vec<&str> = solved.map(|row| row.digest.as_str()).collect();
    if !digests.is_empty() {
        store.resolve_quarantine(lease, &account.id, &digests).await?;
    }
    Ok((readable.len(), past.len()))
}

async fn store_rows(
    store: &Store,
    account: &Account,
    (lease, run_id): (&Lease, &str),
    readable: impl Iterator<Item = &Row>,
) -> Result<(), WriteError> {
    let mut ids = HashSet::new();
    let latest = readable.filter(|row| ids.insert(&row.transaction.id));
    let mut lowest: HashMap<NaiveDate, i64> = HashMap::new();
    let mut rows = Vec::new();
    for row in latest {
        // Below what is known of that day, until a sync reads the bank's own order.
        let date = row.transaction.date;
        let below = match lowest.get(&date) {
            Some(place) => Some(*place),
            None => store.load_lowest_place(&account.id, date).await?,
        };
        let seq = below.map_or(0, |place| place - 1);
        lowest.insert(date, seq);
        rows.push(ListedRow { transaction: &row.transaction, raw: &row.raw, seq });
    }
    let page = PageWrite {
        account_id: &account.id,
        lease,
        run_id,
        rows,
        unreadable: Vec::new(),
        cursor: None,
    };
    store.write_page(&page).await?;
    Ok(())
}
