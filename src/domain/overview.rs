//! What the accounts screen opens with, loaded in one go.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::account::{Account, Enrollment, Snapshot};
use super::history::History;
use super::money::Currency;
use super::sync::SyncRun;
use super::zone::Zone;

/// The posted sum of one day on one account, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub date: NaiveDate,
    pub minor: i64,
}

/// One account with what its line and its chart need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountOverview {
    pub account: Account,
    pub latest: Option<Snapshot>,
    /// Live snapshots of the days shown plus the last one before them, oldest first.
    pub snapshots: Vec<Snapshot>,
    /// Posted live rows of the days shown, one sum a day, oldest first.
    pub flows: Vec<Flow>,
    /// The first day from which all rows are stored; `None` when there are none.
    pub reach: Option<NaiveDate>,
    /// Sum of live pending rows, minor units.
    pub pending: i64,
    /// The whole history is stored, not only a part from today back.
    pub complete: bool,
    /// When the last sync of this account was judged, UTC.
    pub synced_at: Option<DateTime<Utc>>,
    /// No bank has said it yet: the next sync will.
    pub currency_assumed: bool,
    /// Perhaps the same account under a new id: kept out of totals until answered.
    pub possible_duplicate: bool,
}

impl AccountOverview {
    /// Its days up to today, from all that was loaded of it.
    pub fn history(&self, today: NaiveDate, days: usize, zone: Zone) -> History {
        let ledger = |snapshot: &Snapshot| {
            Some((zone.day(snapshot.observed_at), snapshot.balance.ledger?.minor))
        };
        let measured: BTreeMap<NaiveDate, i64> = self.snapshots.iter().filter_map(ledger).collect();
        let flows = self.flows.iter().map(|flow| (flow.date, flow.minor)).collect();
        History::build(today, days, &measured, &flows, self.reach)
    }
}

/// Live rows of one calendar month in one currency, minor units. Pending rows count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthTotals {
    pub money_in: i64,
    /// Negative or zero.
    pub money_out: i64,
}

impl MonthTotals {
    pub fn net(self) -> i64 {
        self.money_in.saturating_add(self.money_out)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Ordered by institution, then as the bank lists them.
    pub accounts: Vec<AccountOverview>,
    pub enrollments: Vec<Enrollment>,
    /// This month's rows, a currency each.
    pub month: BTreeMap<Currency, MonthTotals>,
    pub last_run: Option<SyncRun>,
    /// Unreadable rows waiting in quarantine.
    pub quarantined: i64,
}
