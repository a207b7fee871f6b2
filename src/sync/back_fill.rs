//! Older history, page after page, until the bank's list ends: resumes where it stopped.

use std::collections::HashSet;

use super::order::DayOrder;
use super::pass::{Pass, Stop};
use super::walk;
use crate::domain::{Stage, SyncStep, TransactionId};
use crate::mutant::{self, Mutant};
use crate::store::ledger::{Cursor, SyncState, WriteError};
use crate::teller::PageQuery;

/// Tries to find a row of ours that the bank still knows, to go on with the back-fill.
const CURSOR_TRIES: usize = 4;

impl Pass<'_> {
    /// Reads older and older pages until the list ends; each page is kept with the cursor below it.
    /// Above a cursor that an earlier pass has left, rows may have come since: `resumed` has the
    /// next pass read everything once.
    pub async fn back_fill(&mut self, resumed: bool) -> Result<(), Stop> {
        let state = self.store.load_sync_state(&self.account.id).await?;
        let (false, Some(cursor)) = (state.done, state.cursor) else { return Ok(()) };
        let before = self.result.pages;
        let done = self.fill_below(cursor, resumed).await?;
        self.steps.push(SyncStep::BackFill {
            pages: usize::try_from(self.result.pages - before).unwrap_or_default(),
            oldest: self.result.reached,
            done,
        });
        Ok(())
    }

    /// Whether the end of the list was reached, and proven.
    async fn fill_below(&mut self, mut cursor: Cursor, resumed: bool) -> Result<bool, Stop> {
        let lowest = self.store.load_lowest_place(&self.account.id, cursor.1).await?;
        let mut order = lowest.map_or_else(DayOrder::default, |seq| DayOrder::below(cursor.1, seq));
        let mut used = HashSet::from([cursor.0.clone()]);
        let mut tries = 0;
        let mut unread: Option<TransactionId> = None;
        for number in 1.. {
            self.tell(Stage::BackFill(number));
            let query = PageQuery {
                count: Some(walk::PAGE_ROWS),
                from_id: Some(unread.as_ref().unwrap_or(&cursor.0).clone()),
                ..PageQuery::default()
            };
            let page = match self.page(&query).await {
                Err(Stop::Teller(error)) if walk::lost_cursor(&error) => None,
                other => Some(other?),
            };
            let ended = match &page {
                Some(page) if page.length > 0 => false,
                Some(_) => walk::proves_end(self, &cursor, unread.as_ref()).await?,
                None => false,
            };
            if ended {
                let account = &self.account.id;
                self.store.finish_back_fill(self.lease, account, resumed).await?;
                return Ok(true);
            }
            let next = match &page {
                Some(page) if page.length > 0 => {
                    let next = walk::last_posted(page).or_else(|| walk::last_readable(page));
                    let Some(next) = next else {
                        // The cursor stays above: nobody knows the day of a row that cannot be read.
                        self.keep(page, &mut order, None).await?;
                        unread = walk::last_unreadable(page);
                        match &unread {
                            Some(id) if used.insert(id.clone()) => continue,
                            _ => return Ok(false),
                        }
                    };
                    unread = None;
                    if mutant::is(Mutant::CursorBeforeRows) {
                        self.save_cursor(&next).await?;
                    }
                    self.keep(page, &mut order, Some(next.clone())).await?;
                    Some(next)
                }
                _ => {
                    tries += 1;
                    self.store.load_newer_posted(&self.account.id, &cursor).await?
                }
            };
            let Some(next) = next.filter(|_| tries <= CURSOR_TRIES) else {
                self.restart_back_fill().await?;
                return Ok(false);
            };
            if !used.insert(next.0.clone()) {
                return Ok(false);
            }
            cursor = next;
        }
        Ok(false)
    }

    async fn save_cursor(&self, cursor: &Cursor) -> Result<(), WriteError> {
        let state =
            self.store.load_sync_state(&self.account.id).await.map_err(WriteError::Store)?;
        let state = SyncState { cursor: Some(cursor.clone()), ..state };
        self.store.write_sync_state(self.lease, &self.account.id, &state).await
    }

    /// No row of ours is known to the bank any more: the next pass reads the list from the top.
    async fn restart_back_fill(&self) -> Result<(), WriteError> {
        let mut state =
            self.store.load_sync_state(&self.account.id).await.map_err(WriteError::Store)?;
        state.audit_due = true;
        self.store.write_sync_state(self.lease, &self.account.id, &state).await
    }
}
