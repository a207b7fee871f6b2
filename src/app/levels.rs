//! What was opened over a list of transactions, level by level: the groups of its rows, the rows of
//! a group, the rows behind a figure.

use super::Screen;
use super::event::Effect;
use super::grouping::Grouping;
use super::list::TransactionList;

#[derive(Clone, Debug)]
pub enum Level {
    Rows(Box<TransactionList>),
    Groups(Box<Grouping>),
}

#[derive(Clone, Debug)]
struct Opened {
    level: Level,
    /// The screen that esc leads back to.
    from: Screen,
    /// Said of the rows: `dining`, `by merchant`.
    title: String,
}

/// The topmost is what the screen of transactions shows.
#[derive(Clone, Debug, Default)]
pub struct Levels(Vec<Opened>);

impl Levels {
    pub fn open(&mut self, level: Level, from: Screen, title: impl Into<String>) {
        self.0.push(Opened { level, from, title: title.into() });
    }

    /// Takes the topmost away; says which screen stands below it.
    pub fn leave(&mut self) -> Option<Screen> {
        self.0.pop().map(|opened| opened.from)
    }

    /// Takes all away that is about groups: other levels stand below.
    pub fn leave_groups(&mut self) -> Option<Screen> {
        let first = self.0.iter().position(|opened| matches!(opened.level, Level::Groups(_)))?;
        let from = self.0[first].from;
        self.0.truncate(first);
        Some(from)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `by category ▸ dining ▸ by merchant`.
    pub fn path(&self) -> String {
        let titles = self.0.iter().map(|opened| opened.title.as_str());
        titles.filter(|title| !title.is_empty()).collect::<Vec<_>>().join(" ▸ ")
    }

    pub fn top(&self) -> Option<&Level> {
        self.0.last().map(|opened| &opened.level)
    }

    pub fn groups(&self) -> Option<&Grouping> {
        match self.top() {
            Some(Level::Groups(groups)) => Some(groups),
            _ => None,
        }
    }

    pub fn groups_mut(&mut self) -> Option<&mut Grouping> {
        match self.0.last_mut().map(|opened| &mut opened.level) {
            Some(Level::Groups(groups)) => Some(groups),
            _ => None,
        }
    }

    /// The topmost groups go by something else now.
    pub fn rename(&mut self, title: impl Into<String>) {
        if let Some(opened) = self.0.last_mut() {
            opened.title = title.into();
        }
    }

    pub fn top_mut(&mut self) -> Option<&mut Level> {
        self.0.last_mut().map(|opened| &mut opened.level)
    }

    pub fn all_groups_mut(&mut self) -> impl Iterator<Item = &mut Grouping> {
        self.0.iter_mut().filter_map(|opened| match &mut opened.level {
            Level::Groups(groups) => Some(&mut **groups),
            Level::Rows(_) => None,
        })
    }

    pub fn lists_mut(&mut self) -> impl Iterator<Item = &mut TransactionList> {
        self.0.iter_mut().filter_map(|opened| match &mut opened.level {
            Level::Rows(list) => Some(&mut **list),
            Level::Groups(_) => None,
        })
    }

    /// The rows have changed.
    pub fn reload_groups(&mut self) -> Vec<Effect> {
        self.all_groups_mut().flat_map(Grouping::reload).collect()
    }
}
