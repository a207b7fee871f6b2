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
/// stay. Asks the bank nothing: what it has changed or taken away since, the next sync sets right.
pub async fn retry_quarantine(store: &Store) -> Result<Retried> {
    let run_id = Uuid::now_v7().to_string();
    let rows = store.load_quarantine(MOST).await?;
    let mut retried = Retried { unreadable: rows.len(), ..Retried::default() };
    for account in store.load_accounts().await? {
        let rows: Vec<_> = rows.iter().filter(|row| row.account_id == account.id).collect();
        let readable: Vec<_> =
            rows.into_iter().filter_map(|row| Some((row, read(row, &account)?))).collect();
        if readable.is_empty() {
            continue;
        }
        retried.unreadable -= readable.len();
        let Some(lease) = store.take_lease(account.enrollment_id.as_str(), &run_id).await? else {
            retried.busy += readable.len();
            continue;
        };
        let kept = keep(store, &account, (&lease, &run_id), &readable).await;
        store.release_lease(&lease).await?;
        match kept {
            Ok(()) => retried.read += readable.len(),
            Err(WriteError::LeaseLost) => retried.busy += readable.len(),
            Err(WriteError::Store(report)) => return Err(report),
        }
    }
    Ok(retried)
}

fn read(row: &QuarantinedRow, account: &Account) -> Option<Row> {
    let mut page = wire::read_page(format!("[{}]", row.raw).as_bytes(), account).ok()?;
    page.rows.pop().filter(|_| page.length == 1)
}

/// Of one row that was unreadable in several ways, the latest counts.
async fn keep(
    store: &Store,
    account: &Account,
    (lease, run_id): (&Lease, &str),
    readable: &[(&QuarantinedRow, Row)],
) -> Result<(), WriteError> {
    let mut ids = HashSet::new();
    let latest = readable.iter().map(|(_, row)| row);
    let latest = latest.filter(|row| ids.insert(&row.transaction.id));
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
    let digests: Vec<&str> = readable.iter().map(|(row, _)| row.digest.as_str()).collect();
    store.resolve_quarantine(lease, &account.id, &digests).await
}
