//! What a pass over one account stands on: whom it asks, where it keeps, whom it tells.

use std::collections::HashSet;

use chrono::NaiveDate;
use tokio_util::sync::CancellationToken;

use super::Events;
use super::order::DayOrder;
use crate::domain::{Account, AccountResult, Outcome, Stage, SyncEvent, SyncStep, TransactionId};
use crate::secret::Secret;
use crate::store::Store;
use crate::store::leases::Lease;
use crate::store::ledger::{Cursor, ListedRow, PageWrite, UnreadableRow, WriteError};
use crate::teller::{self, Client, Page, PageQuery};

/// Why a pass ended before its time.
#[derive(Debug)]
pub enum Stop {
    Cancelled,
    /// Another passbook has taken over.
    LeaseLost,
    Teller(teller::Error),
    Store(color_eyre::Report),
}

impl From<teller::Error> for Stop {
    fn from(error: teller::Error) -> Self {
        Self::Teller(error)
    }
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::LeaseLost => Self::LeaseLost,
            WriteError::Store(report) => Self::Store(report),
        }
    }
}

impl From<color_eyre::Report> for Stop {
    fn from(report: color_eyre::Report) -> Self {
        Self::Store(report)
    }
}

/// Everything a pass needs to ask, to keep and to tell.
pub struct Pass<'a> {
    pub store: &'a Store,
    pub client: Client,
    pub token: &'a Secret,
    pub account: &'a Account,
    pub lease: &'a Lease,
    pub run_id: &'a str,
    pub cancel: &'a CancellationToken,
    pub events: &'a Events,
    pub result: AccountResult,
    /// Rows first seen in this pass.
    pub came: HashSet<TransactionId>,
    /// Rows that were out of the list and are listed again.
    pub returned: HashSet<TransactionId>,
    /// Posted rows that were followed to new ids in this pass.
    pub followed: usize,
    /// What was read and concluded, to be told afterwards.
    pub steps: Vec<SyncStep>,
}

impl<'a> Pass<'a> {
    #[expect(clippy::too_many_arguments, reason = "each is one thing a pass stands on")]
    pub fn new(
        store: &'a Store,
        client: Client,
        token: &'a Secret,
        account: &'a Account,
        lease: &'a Lease,
        run_id: &'a str,
        cancel: &'a CancellationToken,
        events: &'a Events,
    ) -> Self {
        let result = super::blank_result(account, Outcome::Ok);
        let came = HashSet::new();
        let steps = Vec::new();
        let (returned, followed) = (HashSet::new(), 0);
        Self {
            store,
            client,
            token,
            account,
            lease,
            run_id,
            cancel,
            events,
            result,
            came,
            returned,
            followed,
            steps,
        }
    }

    /// The bank's today, near enough to tell a plausible date from a mistaken one.
    pub fn today(&self) -> NaiveDate {
        self.store.clock().now().date_naive()
    }

    pub fn tell(&self, stage: Stage) {
        let (account_id, new) = (self.account.id.clone(), self.result.new);
        self.events.tell(SyncEvent::Progress { account_id, stage, new });
    }

    pub async fn page(&mut self, query: &PageQuery) -> Result<Page, Stop> {
        let asking = self.client.list_transactions(self.token, self.account, query);
        let page = self.cancel.run_until_cancelled(asking).await.ok_or(Stop::Cancelled)??;
        self.result.pages += 1;
        Ok(page)
    }

    /// Keeps one page, and with it the back-fill's cursor when there is one.
    pub async fn keep(
        &mut self,
        page: &Page,
        order: &mut DayOrder,
        cursor: Option<Cursor>,
    ) -> Result<(), Stop> {
        let mut ids = HashSet::new();
        let rows: Vec<&teller::Row> =
            page.rows.iter().filter(|row| ids.insert(&row.transaction.id)).collect();
        let dates: Vec<NaiveDate> = rows.iter().map(|row| row.transaction.date).collect();
        let places = order.places(&dates);
        let oldest = dates.iter().min().copied();
        let rows = rows
            .into_iter()
            .zip(places)
            .map(|(row, seq)| ListedRow { transaction: &row.transaction, raw: &row.raw, seq })
            .collect();
        let mut bodies = HashSet::new();
        let unreadable = page
            .rejected
            .iter()
            .filter(|row| bodies.insert(&row.raw))
            .map(|row| UnreadableRow { id: row.id.as_ref(), reason: &row.reason, raw: &row.raw })
            .collect();
        let write = PageWrite {
            account_id: &self.account.id,
            lease: self.lease,
            run_id: self.run_id,
            rows,
            unreadable,
            cursor,
        };
        let kept = self.store.write_page(&write).await?;
        self.result.new += count(kept.inserted.len());
        self.result.settled += kept.settled;
        self.result.changed += kept.changed;
        self.result.quarantined += kept.quarantined;
        self.result.reached = [self.result.reached, oldest].into_iter().flatten().min();
        self.came.extend(kept.inserted);
        self.returned.extend(kept.returned);
        Ok(())
    }
}

/// Rows as the report counts them.
pub fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
