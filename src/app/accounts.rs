//! State of the accounts screen: the accounts with their days, the selected one, and its rows.

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Effect;
use super::list::TransactionList;
use crate::domain::{AccountId, AccountOverview, EnrollmentState, History, Money, Overview, Zone};

/// Days in a sparkline and in the chart.
pub const DAYS: usize = 90;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    #[default]
    Accounts,
    Transactions,
}

/// An account as its line and its chart show it.
#[derive(Clone, Debug)]
pub struct AccountLine {
    pub overview: AccountOverview,
    pub history: History,
}

impl AccountLine {
    pub fn id(&self) -> &AccountId {
        &self.overview.account.id
    }

    pub fn ledger(&self) -> Option<Money> {
        self.overview.latest.as_ref().and_then(|snapshot| snapshot.balance.ledger)
    }

    /// The same of `day` at its end; `None` when unknown.
    pub fn ledger_on(&self, day: NaiveDate) -> Option<Money> {
        let day = self.history.days.iter().find(|known| known.date == day)?;
        day.value.map(|minor| Money::new(minor, self.overview.account.currency))
    }

    fn new(overview: AccountOverview, today: NaiveDate, zone: Zone) -> Self {
        let history = overview.history(today, DAYS, zone);
        Self { overview, history }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub lines: Vec<AccountLine>,
    pub overview: Overview,
    pub loaded: bool,
    pub pane: Pane,
    /// Only the pane with the keys is shown.
    pub zoomed: bool,
    /// Always below `lines.len()`; 0 when there are none.
    selected: usize,
    /// Of the selected account and its neighbours: moving on shows rows at once.
    lists: Vec<TransactionList>,
}

impl Accounts {
    pub fn selected_index(&self) -> usize {
        self.selected
    }

    pub fn selected(&self) -> Option<&AccountLine> {
        self.lines.get(self.selected)
    }

    pub fn find(&self, id: &AccountId) -> Option<&AccountLine> {
        self.lines.iter().find(|line| line.id() == id)
    }

    /// The rows of the selected account.
    pub fn list(&self) -> Option<&TransactionList> {
        let id = self.selected()?.id();
        self.lists.iter().find(|list| list.account() == Some(id))
    }

    pub fn list_mut(&mut self) -> Option<&mut TransactionList> {
        let id = self.lines.get(self.selected)?.id();
        self.lists.iter_mut().find(|list| list.account() == Some(id))
    }

    pub fn lists_mut(&mut self) -> impl Iterator<Item = &mut TransactionList> {
        self.lists.iter_mut()
    }

    /// Takes in what the store holds; the selected account stays selected.
    pub fn show(
        &mut self,
        overview: Overview,
        today: NaiveDate,
        zone: Zone,
        height: usize,
    ) -> Vec<Effect> {
        let selected = self.selected().map(|line| line.id().clone());
        self.lines = overview
            .accounts
            .iter()
            .map(|account| AccountLine::new(account.clone(), today, zone))
            .collect();
        self.overview = overview;
        self.loaded = true;
        let same = selected.and_then(|id| self.lines.iter().position(|line| *line.id() == id));
        self.selected = same.unwrap_or(0);
        self.open_lists(height)
    }

    pub fn move_by(&mut self, accounts: isize, height: usize) -> Vec<Effect> {
        let last = self.lines.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(accounts).min(last);
        self.open_lists(height)
    }

    fn open_lists(&mut self, height: usize) -> Vec<Effect> {
        let from = self.selected.saturating_sub(1);
        let near: Vec<AccountId> = self
            .lines
            .iter()
            .skip(from)
            .take(self.selected - from + 2)
            .map(|l| l.id().clone())
            .collect();
        self.lists.retain(|list| list.account().is_some_and(|id| near.contains(id)));
        let selected = self.selected().map(|line| line.id().clone());
        // The selected one is asked for first.
        let order = selected.iter().chain(near.iter().filter(|id| Some(*id) != selected.as_ref()));
        let mut effects = Vec::new();
        for id in order {
            if !self.lists.iter().any(|list| list.account() == Some(id)) {
                let (list, asked) = TransactionList::open(Some(id.clone()), height);
                self.lists.push(list);
                effects.extend(asked);
            }
        }
        effects
    }

    /// When the institution of this line was last synced, and whether it needs the user.
    pub fn freshness(&self, institution: &str) -> Freshness {
        let lines = self.lines.iter().filter(|l| l.overview.account.institution.id == institution);
        let synced: Vec<Option<DateTime<Utc>>> =
            lines.map(|line| line.overview.synced_at).collect();
        let enrollments = &self.overview.enrollments;
        let needs_you = enrollments.iter().any(|enrollment| {
            enrollment.institution.id == institution && enrollment.state != EnrollmentState::Healthy
        });
        Freshness {
            // The oldest speaks for all: one account never synced makes the bank's figures old.
            at: synced.iter().copied().min().flatten(),
            needs_you,
        }
    }

    /// The latest time that any account was synced.
    pub fn last_synced(&self) -> Option<DateTime<Utc>> {
        self.lines.iter().filter_map(|line| line.overview.synced_at).max()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// `None`: never.
    pub at: Option<DateTime<Utc>>,
    pub needs_you: bool,
}
