//! The lists of transactions that there are, and the one that the keys move in.

use super::levels::Level;
use super::list::TransactionList;
use super::{App, Screen};
use crate::domain::AccountId;

impl App {
    /// The list that the screen shows.
    pub fn list(&self) -> Option<&TransactionList> {
        match self.screen {
            Screen::Accounts => self.accounts.list(),
            Screen::Transactions => self.transactions(),
            _ => None,
        }
    }

    pub(super) fn list_mut(&mut self) -> Option<&mut TransactionList> {
        match self.screen {
            Screen::Accounts => self.accounts.list_mut(),
            Screen::Transactions => match self.levels.top_mut() {
                Some(Level::Rows(list)) => Some(list),
                Some(Level::Groups(_)) => None,
                None => self.all.as_mut(),
            },
            _ => None,
        }
    }

    /// What the screen of transactions shows: what was opened over a list, or all.
    pub(super) fn transactions(&self) -> Option<&TransactionList> {
        match self.levels.top() {
            Some(Level::Rows(list)) => Some(list),
            Some(Level::Groups(_)) => None,
            None => self.all.as_ref(),
        }
    }

    pub(super) fn all_lists(&mut self) -> impl Iterator<Item = &mut TransactionList> {
        self.accounts.lists_mut().chain(&mut self.all).chain(self.levels.lists_mut())
    }

    /// The lists of this account, or those of all: each answers only to its own question.
    pub(super) fn lists(
        &mut self,
        account: Option<&AccountId>,
    ) -> impl Iterator<Item = &mut TransactionList> {
        self.all_lists().filter(move |list| list.account() == account)
    }
}
