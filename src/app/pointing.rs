//! What becomes of what the mouse does: the picture has said what lies under it.

use super::accounts::Pane;
use super::action::{Action, Context};
use super::event::Effect;
use super::mouse::{Mouse, Target};
use super::overlay::Overlay;
use super::{App, Screen, find, insights};

/// A wheel's notch, in rows.
const NOTCH: isize = 3;
/// Neither pane may become narrower, in columns.
const NARROWEST: (u16, u16) = (26, 44);

impl App {
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        match mouse {
            Mouse::Wheel { target, down } => self.wheel(target, if down { NOTCH } else { -NOTCH }),
            Mouse::Press { target, double } => {
                self.notice = None;
                self.dragging = target == Some(Target::Divider);
                target.map(|target| self.pressed_on(target, double)).unwrap_or_default()
            }
            Mouse::Drag { column } if self.dragging => {
                let width = self.setup.size.0;
                let column = column.max(NARROWEST.0).min(width.saturating_sub(NARROWEST.1));
                let share = u32::from(column) * 1000 / u32::from(width.max(1));
                self.divider = u16::try_from(share).ok();
                Vec::new()
            }
            Mouse::Release if std::mem::take(&mut self.dragging) => {
                self.divider.map(|share| Effect::KeepDivider { share }).into_iter().collect()
            }
            Mouse::Drag { .. } | Mouse::Release => Vec::new(),
        }
    }

    /// Columns of the left pane on a screen so wide, where the user has drawn the line.
    pub fn left_columns(&self, width: u16) -> Option<u16> {
        let columns = (u32::from(width) * u32::from(self.divider?) + 500) / 1000;
        let columns = u16::try_from(columns).ok()?;
        Some(columns.max(NARROWEST.0).min(width.saturating_sub(NARROWEST.1)))
    }

    fn pressed_on(&mut self, target: Target, double: bool) -> Vec<Effect> {
        let mut effects = match target {
            Target::Tab(screen) => {
                self.overlay = None;
                return self.show(screen);
            }
            Target::Hint(action) => return self.act(action),
            Target::Divider => return Vec::new(),
            Target::Pane(pane) => {
                self.accounts.pane = pane;
                return Vec::new();
            }
            Target::Account(place) => {
                self.accounts.pane = Pane::Accounts;
                self.move_by(away(place, self.accounts.selected_index()))
            }
            Target::Transaction(place) => {
                self.accounts.pane = Pane::Transactions;
                self.find.part = find::Part::Rows;
                let selected = self.list().map(super::list::TransactionList::selected_index);
                self.move_by(selected.map_or(0, |selected| away(place, selected)))
            }
            Target::Narrowing(place) => {
                self.find.part = find::Part::Narrow;
                self.move_by(away(place, self.find.selected()))
            }
            Target::Insight(part, place) => {
                self.insights.part = part;
                let selected = match part {
                    insights::Part::Flow => place,
                    insights::Part::Spending => self.insights.line,
                    insights::Part::Findings => self.insights.finding,
                };
                self.move_by(away(place, selected))
            }
            Target::Line(place) => {
                let selected = self.selected_line();
                self.move_by(selected.map_or(0, |selected| away(place, selected)))
            }
        };
        if double {
            effects.extend(self.act(Action::Open));
        }
        effects
    }

    /// Over a pane that has not the keys, that one's rows move and the keys stay.
    fn wheel(&mut self, target: Option<Target>, rows: isize) -> Vec<Effect> {
        let over = match target {
            Some(Target::Account(_) | Target::Pane(Pane::Accounts)) => Some(Pane::Accounts),
            Some(Target::Transaction(_) | Target::Pane(Pane::Transactions)) => {
                Some(Pane::Transactions)
            }
            _ => None,
        };
        let keys = self.accounts.pane;
        match over.filter(|_| self.overlay.is_none() && self.screen == Screen::Accounts) {
            Some(pane) => {
                self.accounts.pane = pane;
                let effects = self.move_by(rows);
                self.accounts.pane = keys;
                effects
            }
            None => self.move_by(rows),
        }
    }

    /// The chosen line of a list that is neither the accounts nor transactions.
    fn selected_line(&self) -> Option<usize> {
        Some(match &self.overlay {
            Some(Overlay::Help(help)) => help.selected,
            Some(
                Overlay::Problems { selected }
                | Overlay::Rules { selected, .. }
                | Overlay::Columns { selected },
            ) => *selected,
            Some(Overlay::Matching(matching)) => matching.selected,
            Some(Overlay::Aside(aside)) => aside.selected,
            Some(Overlay::Settings(form)) => form.selected,
            Some(Overlay::Builder(builder)) => builder.selected(),
            Some(Overlay::Editing(editing)) => editing.selected(),
            Some(Overlay::Categories(tree)) => tree.selected(),
            Some(_) => return None,
            None => match self.context_below() {
                Context::FirstRun => self.choice,
                Context::Takeover => self.takeover.as_ref()?.selected,
                Context::Sync => self.sync.selected,
                Context::Recurring => self.insights.series,
                Context::Groups => self.levels.groups()?.selected_index(),
                _ => return None,
            },
        })
    }
}

fn away(place: usize, selected: usize) -> isize {
    place.cast_signed() - selected.cast_signed()
}
