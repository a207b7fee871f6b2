//! An enter that came before the first rows did: it acts once they are there.

use super::App;
use super::accounts::Pane;
use super::action::Context;
use super::event::Effect;

impl App {
    /// Whether enter would find nothing to open only because nothing has arrived yet.
    pub(super) fn awaits_rows(&self) -> bool {
        match self.context() {
            Context::Accounts if self.accounts.pane == Pane::Accounts => !self.accounts.loaded,
            Context::Accounts | Context::Transactions => {
                self.list().is_some_and(|list| !list.is_loaded())
            }
            Context::Groups => self.levels.groups().is_some_and(|groups| !groups.is_loaded()),
            _ => false,
        }
    }

    /// Enter is kept in mind; any other key lets it go.
    pub(super) fn open_later(&mut self) -> Vec<Effect> {
        self.opens_late = true;
        Vec::new()
    }

    /// What enter asked for, if its rows have come.
    pub(super) fn open_late(&mut self) -> Vec<Effect> {
        if !self.opens_late || self.awaits_rows() {
            return Vec::new();
        }
        self.opens_late = false;
        let waited =
            matches!(self.context(), Context::Accounts | Context::Transactions | Context::Groups);
        if waited { self.open() } else { Vec::new() }
    }
}
