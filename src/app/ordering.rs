//! What keys do about the order of a list, its columns, and about putting its rows into groups.

use super::columns::Column;
use super::event::Effect;
use super::grouping::Grouping;
use super::levels::Level;
use super::list::TransactionList;
use super::overlay::Overlay;
use super::{App, Screen};
use crate::domain::{
    AccountId, Group, GroupBy, GroupKey, GroupQuery, Groups, Sort, SortKey, TransactionQuery, label,
};

impl App {
    /// By the next of what a list can be sorted by.
    pub(super) fn next_sort(&mut self) -> Vec<Effect> {
        let Some(list) = self.list() else { return Vec::new() };
        // In a list of one account, accounts are no order.
        let one = list.account().is_some();
        let keys = SortKey::ALL.into_iter().filter(|key| !one || *key != SortKey::Account);
        let mut next = keys.cycle().skip_while(|key| *key != list.sort().key).skip(1);
        next.next().map(|key| self.sort_by(Sort::by(key))).unwrap_or_default()
    }

    pub(super) fn reverse_sort(&mut self) -> Vec<Effect> {
        let sort = self.list().map(TransactionList::sort);
        sort.map(|sort| self.sort_by(sort.reverse())).unwrap_or_default()
    }

    fn sort_by(&mut self, sort: Sort) -> Vec<Effect> {
        self.picked.forget_range();
        self.tell(format!("Order: {}. s goes on, S reverses.", sort.words()));
        self.list_mut().map(|list| list.sort_by(sort)).unwrap_or_default()
    }

    /// The rows shown, put together by what they have in common.
    pub(super) fn group_by(&mut self, by: GroupBy) -> Vec<Effect> {
        let title = format!("by {}", by.word());
        if self.shows_groups()
            && let Some(groups) = self.levels.groups_mut()
        {
            let (regrouped, effects) = Grouping::open(groups.rows().clone(), by);
            *groups = regrouped;
            self.levels.rename(title);
            return effects;
        }
        let Some(rows) = self.list().map(TransactionList::all) else { return Vec::new() };
        let (groups, effects) = Grouping::open(rows, by);
        let title = match self.screen {
            Screen::Accounts => self.accounts.selected().map(|line| {
                let account = &line.overview.account;
                format!("{} {title}", label(&account.name, account.last_four.as_deref()))
            }),
            _ => None,
        }
        .unwrap_or(title);
        self.picked.clear();
        self.levels.open(Level::Groups(Box::new(groups)), self.screen, title);
        self.screen = Screen::Transactions;
        effects
    }

    /// Back to the list whose rows were put together.
    pub(super) fn ungroup(&mut self) -> Vec<Effect> {
        match self.levels.leave_groups() {
            Some(screen) => self.screen = screen,
            None => self.tell("These rows are not in groups."),
        }
        Vec::new()
    }

    /// Whether the keys go to groups, not to rows.
    pub fn shows_groups(&self) -> bool {
        self.screen == Screen::Transactions && self.levels.groups().is_some()
    }

    /// The rows of the selected group, in a list of their own; esc comes back.
    pub(super) fn open_group(&mut self) -> Vec<Effect> {
        let Some(groups) = self.levels.groups() else { return Vec::new() };
        let Some(group) = groups.selected() else { return Vec::new() };
        let name = self.group_name(group);
        let rows = match &group.key {
            // As a list of one account, which has balances.
            GroupKey::Account(id) => {
                TransactionQuery { account: Some(id.clone()), ..groups.rows().clone() }
            }
            key => {
                let filter = key.narrow(&groups.rows().filter, &name);
                TransactionQuery { filter: filter.into(), ..groups.rows().clone() }
            }
        };
        // All rows of a group are alike in what it goes by: that is no order for them.
        let sort =
            if sorts_groups(groups.by(), rows.sort.key) { Sort::default() } else { rows.sort };
        let rows = TransactionQuery { sort, ..rows };
        let (list, effects) = TransactionList::open_all_of(&rows, usize::from(self.setup.size.1));
        self.levels.open(Level::Rows(Box::new(list)), self.screen, name);
        effects
    }

    /// `Everyday ·4821`, `dining`, `Rowan Market`, `Nov 2026`.
    pub fn group_name(&self, group: &Group) -> String {
        match &group.key {
            GroupKey::Account(id) => self.account_label(id),
            GroupKey::Category(None) => "no category yet".to_owned(),
            GroupKey::Category(Some(name)) => name.replace('_', " "),
            GroupKey::Merchant(_) if group.name.is_empty() => "(no name)".to_owned(),
            GroupKey::Merchant(_) => group.name.clone(),
            GroupKey::Month(first) => first.format("%b %Y").to_string(),
        }
    }

    fn account_label(&self, id: &AccountId) -> String {
        self.accounts.find(id).map_or_else(
            || "…".to_owned(),
            |line| {
                let account = &line.overview.account;
                label(&account.name, account.last_four.as_deref())
            },
        )
    }

    pub(super) fn groups_loaded(&mut self, query: &GroupQuery, groups: &Groups) -> Vec<Effect> {
        self.read_well("Groups");
        let levels = self.levels.all_groups_mut();
        levels.flat_map(|grouping| grouping.answer(query, groups)).collect()
    }

    pub(super) fn groups_failed(&mut self, query: &GroupQuery) {
        self.levels.all_groups_mut().for_each(|grouping| grouping.failed(query));
    }

    pub(super) fn choose_columns(&mut self) -> Vec<Effect> {
        self.toggle(Overlay::Columns { selected: 0 })
    }

    /// Shows the selected column, or leaves it out.
    pub(super) fn toggle_column(&mut self) -> Vec<Effect> {
        let Some(Overlay::Columns { selected }) = self.overlay else { return Vec::new() };
        let Some(column) = Column::ALL.get(selected) else { return Vec::new() };
        self.columns.toggle(*column);
        vec![Effect::KeepColumns(self.columns)]
    }

    /// Looking for something, and nothing is opened over what was found.
    pub fn is_finding(&self) -> bool {
        self.levels.is_empty() && !self.find.is_idle()
    }
}

fn sorts_groups(by: GroupBy, key: SortKey) -> bool {
    matches!(
        (by, key),
        (GroupBy::Account, SortKey::Account)
            | (GroupBy::Category, SortKey::Category)
            | (GroupBy::Merchant, SortKey::Description)
    )
}
