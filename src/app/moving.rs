//! Moves through whatever has the keys: a row, a page, a month, or to the end.

use super::App;
use super::accounts::Pane;
use super::action::Context;
use super::columns::Column;
use super::detail::Detail;
use super::event::Effect;
use super::find::Part;
use super::list::TransactionList;
use super::overlay::Overlay;
use super::problems::problems;

/// Further than any list reaches.
const FAR: isize = isize::MAX / 2;

impl App {
    /// Rows that a page moves by: about what the list shows.
    pub(super) fn page(&self) -> isize {
        let rows = self.setup.size.1.saturating_sub(if self.is_wide() { 17 } else { 9 });
        isize::try_from(rows.max(3)).unwrap_or(isize::MAX)
    }

    /// Wide enough for the long forms of everything.
    pub fn is_wide(&self) -> bool {
        self.setup.size.0 >= 110 && self.setup.size.1 >= 24
    }

    pub(super) fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        if self.overlay.is_some() { self.move_over(rows) } else { self.move_below(rows) }
    }

    /// In what lies over the screen.
    fn move_over(&mut self, rows: isize) -> Vec<Effect> {
        let height = usize::from(self.setup.size.1);
        let below = self.context_below();
        let form_end = self.form_lines() - 1;
        match &mut self.overlay {
            Some(Overlay::Help(help)) => {
                help.move_by(rows, &self.setup.keymap, below);
            }
            Some(Overlay::Problems { selected }) => {
                let selected = selected.saturating_add_signed(rows);
                let last = problems(self).len().saturating_sub(1);
                self.overlay = Some(Overlay::Problems { selected: selected.min(last) });
            }
            Some(Overlay::Checks { top }) => {
                let last =
                    self.checks.found.as_ref().map_or(0, |it| it.checks.len().saturating_sub(1));
                *top = top.saturating_add_signed(rows).min(last);
            }
            Some(Overlay::Matching(matching)) => {
                matching.move_by(rows);
            }
            Some(Overlay::Aside(aside)) => {
                aside.move_by(rows, height.saturating_sub(12));
            }
            Some(Overlay::Settings(form)) => {
                form.selected = form.selected.saturating_add_signed(rows).min(form_end);
            }
            Some(
                Overlay::Passphrase(_)
                | Overlay::Why(_)
                | Overlay::Confirm(_)
                | Overlay::Connecting(_),
            )
            | None => {}
            Some(Overlay::Builder(_)) => return self.move_in_builder(rows),
            Some(Overlay::Form(form)) => {
                form.step(rows);
            }
            Some(Overlay::Editing(editing)) => {
                editing.move_by(rows, &self.find.names.clone().unwrap_or_default());
            }
            Some(Overlay::Rules { rules: known, selected }) => {
                let last = known.as_ref().map_or(0, |rules| rules.len().saturating_sub(1));
                *selected = selected.saturating_add_signed(rows).min(last);
            }
            Some(Overlay::Export(_)) => return self.move_in_export(rows),
            Some(Overlay::Columns { selected }) => {
                let last = Column::ALL.len() - 1;
                *selected = selected.saturating_add_signed(rows).min(last);
            }
            Some(Overlay::Categories(tree)) => {
                tree.move_by(rows);
            }
            Some(Overlay::Duplicates(doubles)) => {
                doubles.move_by(rows, self.insights.duplicates().len());
            }
            Some(Overlay::Preview(previewing)) => {
                previewing.move_by(rows);
            }
        }
        Vec::new()
    }

    /// On the screen itself.
    fn move_below(&mut self, rows: isize) -> Vec<Effect> {
        let height = usize::from(self.setup.size.1);
        match self.context_below() {
            Context::FirstRun => {
                let choices = self.setup.first_run.as_ref().map_or(0, |it| it.choices().len());
                let last = choices.saturating_sub(1);
                self.choice = self.choice.saturating_add_signed(rows).min(last);
            }
            Context::Takeover => {
                if let Some(takeover) = &mut self.takeover {
                    takeover.move_by(rows, height.saturating_sub(6));
                }
            }
            Context::Sync => self.sync.move_by(rows),
            Context::Insights => return self.insights.move_by(rows, self.today()),
            Context::Recurring => self.insights.move_series(rows),
            Context::Raw => {
                if let Some(detail) = &mut self.detail {
                    detail.scroll_raw(rows, height.saturating_sub(6));
                }
            }
            Context::Accounts if self.accounts.pane == Pane::Accounts => {
                return self.accounts.move_by(rows, height);
            }
            Context::Accounts if self.is_on_values() => self.accounts.move_value(rows),
            Context::Find if rows.abs() == 1 => return self.browse_or_enter(rows),
            Context::Transactions if self.find.part == Part::Narrow => self.find.move_by(rows),
            Context::Groups => {
                let groups = self.levels.groups_mut();
                return groups.map(|groups| groups.move_by(rows)).unwrap_or_default();
            }
            Context::Detail | Context::Accounts | Context::Transactions | Context::Find => {
                let effects = self.list_mut().map(|list| list.move_by(rows)).unwrap_or_default();
                return self.follow(effects);
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn go_to_end(&mut self, last: bool) -> Vec<Effect> {
        let in_rows = self.overlay.is_none()
            && match self.context_below() {
                Context::Transactions => self.find.part == Part::Rows,
                Context::Detail => true,
                Context::Accounts => {
                    self.accounts.pane == Pane::Transactions && !self.is_on_values()
                }
                _ => false,
            };
        if !in_rows {
            return self.move_by(if last { FAR } else { -FAR });
        }
        let go = |list: &mut TransactionList| if last { list.last() } else { list.first() };
        let effects = self.list_mut().map(go).unwrap_or_default();
        self.follow(effects)
    }

    pub(super) fn jump_month(&mut self, newer: bool) -> Vec<Effect> {
        if self.context_below() == Context::Insights {
            return self.insights.move_month(if newer { 1 } else { -1 }, self.today());
        }
        if self.list().is_some_and(|list| !list.sort().is_by_date()) {
            self.tell("Months follow each other only by date: s goes on to it.");
            return Vec::new();
        }
        let effects = self.list_mut().map(|list| list.jump_month(newer)).unwrap_or_default();
        self.follow(effects)
    }

    /// To today's month, whose rows stand first.
    pub(super) fn this_month(&mut self) -> Vec<Effect> {
        if self.context_below() == Context::Insights {
            return self.insights.move_month(FAR, self.today());
        }
        self.go_to_end(false)
    }

    /// An open transaction follows the selected row.
    pub(super) fn follow(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        let row = self.list().and_then(|list| list.selected()).cloned();
        if let (Some(detail), Some(row)) = (&mut self.detail, row)
            && detail.key() != row.key()
        {
            effects.push(Effect::LoadDetail(row.key()));
            *detail = Detail::open(row);
        }
        effects
    }
}
