//! State of the accounts screen: the accounts with their days, the selected one, and its rows.

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Effect;
use super::list::TransactionList;
use crate::domain::{
    AccountId, AccountOverview, EnrollmentState, Hand, HandValue, History, Money, Overview, Zone,
};

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
    ledger: Option<Money>,
}

impl AccountLine {
    pub fn id(&self) -> &AccountId {
        &self.overview.account.id
    }

    pub fn ledger(&self) -> Option<Money> {
        self.ledger
    }

    /// The account, where it is one that is kept by hand.
    pub fn hand(&self) -> Option<&Hand> {
        self.overview.hand.as_ref()
    }

    /// The same of `day` at its end; `None` when unknown.
    pub fn ledger_on(&self, day: NaiveDate) -> Option<Money> {
        let day = self.history.days.iter().find(|known| known.date == day)?;
        day.value.map(|minor| Money::new(minor, self.overview.account.currency))
    }

    fn new(overview: AccountOverview, today: NaiveDate, zone: Zone) -> Self {
        let ledger = overview.ledger(today);
        let history = overview.history(today, DAYS, zone);
        Self { overview, history, ledger }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Accounts {
    pub lines: Vec<AccountLine>,
    /// Out of sight, as the user wants them.
    pub hidden: Vec<AccountLine>,
    /// Hidden ones are among the lines for now.
    pub shows_hidden: bool,
    pub overview: Overview,
    pub loaded: bool,
    pub pane: Pane,
    /// Only the pane with the keys is shown.
    pub zoomed: bool,
    /// Always below `lines.len()`; 0 when there are none.
    selected: usize,
    /// Of an account kept by hand, counted from its newest value.
    value: usize,
    /// To be selected once it is there.
    pub wanted: Option<AccountId>,
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

    /// Hidden or not.
    pub fn find(&self, id: &AccountId) -> Option<&AccountLine> {
        self.lines.iter().chain(&self.hidden).find(|line| line.id() == id)
    }

    /// The selected value of the selected account, with its place from the newest.
    pub fn value(&self) -> Option<(usize, HandValue)> {
        let values = &self.selected()?.hand()?.values;
        let place = self.value.min(values.len().checked_sub(1)?);
        Some((place, values[values.len() - 1 - place]))
    }

    pub fn move_value(&mut self, rows: isize) {
        let Some(hand) = self.selected().and_then(AccountLine::hand) else { return };
        let last = hand.values.len().saturating_sub(1);
        self.value = self.value.saturating_add_signed(rows).min(last);
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
        let wanted =
            self.wanted.take_if(|id| overview.accounts.iter().any(|it| it.account.id == *id));
        let selected = wanted.or_else(|| self.selected().map(|line| line.id().clone()));
        let lines = overview.accounts.iter().map(|it| AccountLine::new(it.clone(), today, zone));
        let shown = |line: &AccountLine| self.shows_hidden || !line.overview.hidden;
        (self.lines, self.hidden) = lines.partition(shown);
        self.overview = overview;
        self.loaded = true;
        let same = selected.and_then(|id| self.lines.iter().position(|line| *line.id() == id));
        let last = self.lines.len().saturating_sub(1);
        self.selected = same.unwrap_or(self.selected.min(last));
        self.open_lists(height)
    }

    /// The accounts that the user has hidden among the others, or not.
    pub fn show_hidden(
        &mut self,
        shown: bool,
        today: NaiveDate,
        zone: Zone,
        height: usize,
    ) -> Vec<Effect> {
        self.shows_hidden = shown;
        let overview = std::mem::take(&mut self.overview);
        self.show(overview, today, zone, height)
    }

    pub fn move_by(&mut self, accounts: isize, height: usize) -> Vec<Effect> {
        let last = self.lines.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(accounts).min(last);
        self.value = 0;
        self.open_lists(height)
    }

    fn open_lists(&mut self, height: usize) -> Vec<Effect> {
        let from = self.selected.saturating_sub(1);
        let near: Vec<AccountId> = self
            .lines
            .iter()
            .skip(from)
            .take(self.selected - from + 2)
            .filter(|line| line.hand().is_none())
            .map(|l| l.id().clone())
            .collect();
        self.lists.retain(|list| list.account().is_some_and(|id| near.contains(id)));
        let selected = self.selected().filter(|line| line.hand().is_none());
        let selected = selected.map(|line| line.id().clone());
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
        let mut here = enrollments.iter().filter(|one| one.institution.id == institution);
        Freshness {
            ended: here.clone().next().is_some() && here.all(|one| one.removed_at.is_some()),
            // The oldest speaks for all: one account never synced makes the bank's figures old.
            at: synced.iter().copied().min().flatten(),
            needs_you,
        }
    }

    /// The latest time that any account was synced.
    pub fn last_synced(&self) -> Option<DateTime<Utc>> {
        let lines = self.lines.iter().chain(&self.hidden);
        lines.filter_map(|line| line.overview.synced_at).max()
    }

    /// The day of the oldest value that holds today: it speaks for all that are kept by hand.
    pub fn oldest_value(&self, today: NaiveDate) -> Option<NaiveDate> {
        let hands = self.lines.iter().filter_map(AccountLine::hand);
        hands.filter_map(|hand| hand.value_on(today)).map(|value| value.day).min()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// `None`: never.
    pub at: Option<DateTime<Utc>>,
    pub needs_you: bool,
    /// The user ended it: nothing new comes from there.
    pub ended: bool,
}
