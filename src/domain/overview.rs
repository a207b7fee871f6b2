//! What the accounts screen opens with, loaded in one go.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::account::{Account, Enrollment, Snapshot};
use super::hand::Hand;
use super::history::History;
use super::money::{Currency, Money};
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
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct AccountOverview {
    /// By the user's name for it, where there is one.
    pub account: Account,
    /// What the bank calls it, where that is another name.
    pub bank_name: Option<String>,
    /// The user wants it out of sight, and in no total.
    pub hidden: bool,
    /// No bank tells about it.
    pub hand: Option<Hand>,
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
    /// One that is kept by hand.
    pub fn by_hand(hand: Hand, hidden: bool) -> Self {
        let account = hand.as_account();
        Self { hidden, hand: Some(hand), ..Self::bare(account) }
    }

    /// One of which nothing more is known.
    pub fn bare(account: Account) -> Self {
        Self {
            account,
            bank_name: None,
            hidden: false,
            hand: None,
            latest: None,
            snapshots: Vec::new(),
            flows: Vec::new(),
            reach: None,
            pending: 0,
            complete: true,
            synced_at: None,
            currency_assumed: false,
            possible_duplicate: false,
        }
    }

    /// What it holds today: as measured last, or as the user said.
    pub fn ledger(&self, today: NaiveDate) -> Option<Money> {
        match &self.hand {
            Some(hand) => hand.value_on(today).map(|it| Money::new(it.minor, hand.currency())),
            None => self.latest.as_ref().and_then(|snapshot| snapshot.balance.ledger),
        }
    }

    /// Its days up to today, from all that was loaded of it.
    pub fn history(&self, today: NaiveDate, days: usize, zone: Zone) -> History {
        if let Some(hand) = &self.hand {
            return hand.history(today, days);
        }
        let ledger = |snapshot: &Snapshot| {
            Some((zone.day(snapshot.observed_at), snapshot.balance.ledger?.minor))
        };
        let measured = self.snapshots.iter().filter_map(ledger).collect();
        let flows = self.flows.iter().map(|flow| (flow.date, flow.minor)).collect();
        History::build(today, days, &measured, &flows, self.reach)
    }

    /// What the bank calls it.
    pub fn said_name(&self) -> &str {
        self.bank_name.as_deref().unwrap_or(&self.account.name)
    }

    /// Whether it counts in what the accounts come to.
    pub fn counts(&self) -> bool {
        !self.possible_duplicate && !self.hidden
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
    /// As the user placed them, else by institution and as the bank lists them; those kept by hand
    /// come last. Hidden ones too.
    pub accounts: Vec<AccountOverview>,
    pub enrollments: Vec<Enrollment>,
    /// This month's rows, a currency each.
    pub month: BTreeMap<Currency, MonthTotals>,
    pub last_run: Option<SyncRun>,
    /// Unreadable rows waiting in quarantine.
    pub quarantined: i64,
}
